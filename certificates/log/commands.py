"""`lms log`: the public log from the command line; `lms certificates audit`."""

from __future__ import annotations

from pathlib import Path

import click

from certificates.log import checkpoints, reading, witness, witnesses
from lms.cli.context import with_app


@click.group("log")
def log() -> None:
    """The public log of certificates."""


@log.command("status")
@with_app
def status() -> None:
    """How long the log is, what of it is signed and published, and its public key."""
    last, key = checkpoints.latest(), checkpoints.key()
    click.echo(f"entries    {reading.size()}")
    click.echo(f"published  {last.size if last else 0}")
    click.echo(f"key        {checkpoints.vkey(key) if key else '–'}")
    if last is not None:
        click.echo(f"\n{last.note}", nl=False)


@log.command("sign")
@with_app
def sign() -> None:
    """Sign the present state now; the worker does so every minute."""
    made = checkpoints.make()
    click.echo(f"✔ {made.size} entries are signed" if made else "✔ nothing new to sign")


@log.command("witness")
@click.argument("url")
@click.option("--state", type=click.Path(path_type=Path), required=True, help="File with the last state.")
@click.option("--key", default="", help="The log's public key, as printed in the regulation.")
@click.option("--evidence", type=click.Path(path_type=Path), help="Folder for evidence.")
@click.option("--mirror", type=click.Path(path_type=Path), help="Folder that keeps every entry.")
def watch(url: str, state: Path, key: str, evidence: Path | None, mirror: Path | None) -> None:
    """Compare the log at URL with the last state and keep the new one; for cron, at an institution that does not run the log.

    Ends with 0 (well), 1 (could not be checked now) or 3 (alarm: evidence is kept). The same program is one file that
    needs nothing but Python: URL/witness.py.
    """
    raise click.exceptions.Exit(witness.watch(url, state, key, evidence, mirror))


@log.group("witnesses")
def group() -> None:
    """Who is sent every signed state."""


@group.command("list")
@with_app
def listed() -> None:
    """Every witness with the last size it took."""
    for one in witnesses.all_of_them():
        waits = f"  ✖ {one.error}" if one.error else ""
        click.echo(f"{one.id:>3}  {one.title}  {one.address}  {one.size}{waits}")


@group.command("add")
@click.argument("title")
@click.argument("address")
@with_app
def add(title: str, address: str) -> None:
    """Send every signed state to ADDRESS (https://… or an e-mail address) of the institution TITLE."""
    made, secret = witnesses.add(title, address, by=None)
    click.echo(f"✔ {made.title} is sent every signed state from now on")
    if secret:
        click.echo(f"  Secret of its signatures, shown once: {secret}")


@group.command("remove")
@click.argument("number", type=int)
@with_app
def remove(number: int) -> None:
    """Send nothing to the witness NUMBER any more."""
    witnesses.remove(witnesses.witness_or_404(number), by=None)
    click.echo("✔ removed")
