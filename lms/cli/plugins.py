"""`lms plugins list|enable|disable|purge|preflight`; `new`, `words` and `doctor` stand in `authoring`."""

from __future__ import annotations

import click

from lms.cli.authoring import doctor, new, words
from lms.cli.context import loaded_registry, with_app
from lms.errors import Conflict


@click.group("plugins")
def plugins() -> None:
    """See plugins, switch them on and off, start a new one."""


@plugins.command("list")
@with_app
def show() -> None:
    """Every plugin found, with its state and the reason for it."""
    from lms.plugins.switch import state_of  # noqa: PLC0415

    for found in loaded_registry().in_order():
        state, reason = state_of(found.name)
        core = " (core)" if found.plugin.required else ""
        click.echo(
            f"{found.name:<16} {found.plugin.version:<8} {state}{core}{'  ' + reason if reason else ''}"
        )


@plugins.command("purge")
@click.argument("name")
@click.option("--typed", default=None, help="The name once more, instead of typing it when asked.")
@with_app
def purge(name: str, typed: str | None) -> None:
    """Archive a plugin that is off or gone, then drop its tables; records of legal value stay."""
    from lms.operations import purging  # noqa: PLC0415

    loaded_registry()
    wanted = purging.plan(name)
    if wanted.refusal:
        raise Conflict(wanted.refusal)
    for table in wanted.dropped:
        click.echo(f"✖ {table.name:<32} {table.rows:>9} rows go")
    for table, reason in wanted.kept:
        click.echo(f"✔ {table.name:<32} {table.rows:>9} rows stay. {reason}")
    done = purging.purge(name, typed or click.prompt(f"Type the name {name} to go on"), by=None)
    click.echo(
        f"✔ {done.tables} tables with {done.rows} rows removed, {done.kept} kept. Archive: {done.archive}"
    )


@plugins.command("preflight")
@click.option("--rehearse", is_flag=True, help="Also run the pending steps on a copy; nothing is changed.")
def preflight(rehearse: bool) -> None:
    """What an upgrade would do and what stands against it; exit 1 when something does."""
    from lms.cli.database import bind  # noqa: PLC0415
    from lms.db import connection  # noqa: PLC0415
    from lms.operations import preflight as before  # noqa: PLC0415

    bind()
    with connection():
        reports = before.reports()
        tried = before.rehearse() if rehearse else None
    marks = {"ok": "✔", "warn": "…", "bad": "✖"}
    for report in reports:
        click.echo(f"{report.name} {report.stored or '(new)'} → {report.version}")
        for finding in report.findings:
            click.echo(f"  {marks[finding.level]} {finding.sentence}")
        for change in report.changes:
            for sign, names in (("+", change.added), ("−", change.gone)):
                click.echo("".join(f"  {sign} {change.part}: {name}\n" for name in names), nl=False)
    if not reports:
        click.echo("✔ Nothing to upgrade.")
    if tried is not None:
        click.echo("\n".join(tried.lines))
        click.echo(f"{'✔' if tried.clear else '✖'} Rehearsal in {tried.seconds} s; nothing was changed.")
    clear = all(report.clear for report in reports) and (tried is None or tried.clear)
    raise SystemExit(0 if clear else 1)


@plugins.command("enable")
@click.argument("name")
@with_app
def enable(name: str) -> None:
    """Switch a plugin on for the site."""
    _switch(name, True)


@plugins.command("disable")
@click.argument("name")
@with_app
def disable(name: str) -> None:
    """Switch a plugin off for the site; its data stays."""
    _switch(name, False)


def _switch(name: str, on: bool) -> None:
    from lms.plugins import services  # noqa: PLC0415

    services.switch(name, on, by=None)
    click.echo(f"✔ {name} is {'on' if on else 'off'}. Running processes follow within a second.")


plugins.add_command(new)
plugins.add_command(doctor)
plugins.add_command(words)

commands = [plugins]
