"""`lms log`: the public log from the command line; `lms certificates audit`."""

from __future__ import annotations

from pathlib import Path

import click

from certificates.log import checkpoints, cosignatures, reading, rotation, witness, witnesses
from certificates.log.models import LogKey
from lms.cli.context import with_app
from lms.errors import Invalid


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


@log.command("rotate-key")
@click.option(
    "--days",
    type=click.IntRange(1, rotation.MOST_DAYS),
    default=30,
    show_default=True,
    help="Days on which both keys sign.",
)
@with_app
def rotate_key(days: int) -> None:
    """Make the next key of the log, announce it in the log, and let both sign for some days."""
    made = rotation.rotate(days)
    click.echo(
        f"✔ announced as entry {made.seq}; from {made.alone_from:%d/%m/%Y %H:%M} UTC the new key signs alone"
    )
    click.echo(f"  {checkpoints.vkey(made.key)}")
    click.echo(
        "  Print this line in the regulation in the place of the old one, and keep a copy of the key's file."
    )


@log.command("keys")
@with_app
def listed_keys() -> None:
    """Every key of the log, the newest last; those that sign now are marked."""
    now = {one.id for one in checkpoints.signing_keys()}
    for one in LogKey.select().order_by(LogKey.id):
        click.echo(f"{'✔' if one.id in now else ' '} {one.created_at:%d/%m/%Y}  {checkpoints.vkey(one)}")


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


@log.group("cosignatures")
def cosigned() -> None:
    """Countersignatures of witnesses over signed states (C2SP cosignature/v1)."""


@cosigned.command("add")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@with_app
def add_cosignatures(file: Path) -> None:
    """Take in a countersigned state that a witness sent as a FILE."""
    size, new = cosignatures.import_file(file.read_text(encoding="utf-8"))
    if not new:
        raise Invalid("No line in it is a new signature by the key of a witness. See: lms log witnesses key")
    click.echo(f"✔ {new} new over the state of {size} entries")


@cosigned.command("list")
@with_app
def list_cosignatures() -> None:
    """Each witness with the newest state it countersigned."""
    for one in cosignatures.newest():
        click.echo(
            f"{one.title}  {one.name}  {one.size}  {one.signed_at:%d/%m/%Y %H:%M} UTC, {one.hours} h ago"
        )


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


@group.command("key")
@click.argument("number", type=int)
@click.argument("vkey")
@with_app
def set_key(number: int, vkey: str) -> None:
    """Take countersignatures of the witness NUMBER by its key VKEY (NAME+KEYHASH+BASE64); "-" takes none any more."""
    cosignatures.set_key(witnesses.witness_or_404(number), "" if vkey == "-" else vkey)
    click.echo("✔ kept")


@group.command("remove")
@click.argument("number", type=int)
@with_app
def remove(number: int) -> None:
    """Send nothing to the witness NUMBER any more."""
    witnesses.remove(witnesses.witness_or_404(number), by=None)
    click.echo("✔ removed")
