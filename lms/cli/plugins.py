"""`lms plugins list|enable|disable|new|doctor`."""

from __future__ import annotations

from pathlib import Path

import click

from lms.cli.context import loaded_registry, with_app


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


@plugins.command("new")
@click.argument("name")
@click.option(
    "--into", type=click.Path(path_type=Path), default=None, help="Folder to make it in (default: plugins/)."
)
def new(name: str, into: Path | None) -> None:
    """Start a plugin: manifest, one table, one page, one answer, a test, translations."""
    from lms.plugins.scaffolding import make  # noqa: PLC0415

    folder = make(name, into)
    click.echo(f"✔ {folder}\n  Next: lms migrate, then open /{name}")


commands = [plugins]
