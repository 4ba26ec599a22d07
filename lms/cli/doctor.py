"""`lms doctor`: is this installation sound, in plain sentences, with what to do where it is not."""

from __future__ import annotations

import click

from lms.cli.context import with_app

MARKS = {
    "ok": click.style("✔", fg="green"),
    "warn": click.style("!", fg="yellow"),
    "bad": click.style("✖", fg="red"),
}


@click.command("doctor")
@with_app
def doctor() -> None:
    """Look at settings, secrets, database, disk, backups, plugins, fonts, work and the audit record; exit 1 when something is broken."""
    from lms.operations.checks import examine  # noqa: PLC0415  heavy; `lms --help` stays quick

    broken = False
    for finding in examine():
        click.echo(f"{MARKS[finding.level]} {finding.sentence}")
        if finding.remedy:
            click.echo(f"    → {finding.remedy}")
        broken = broken or finding.level == "bad"
    raise SystemExit(1 if broken else 0)


commands = [doctor]
