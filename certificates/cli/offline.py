"""`lms certificates offline`: the offline check as one file."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import click

from certificates.offline import making
from lms.cli.context import with_app
from lms.errors import NotFound

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command("offline")
@click.argument("out", type=_FILE, required=False)
@click.option(
    "--check", "given", type=_FILE, help="Is this the file as it was made last? Exit code 1 when it is not."
)
@with_app
def offline(out: Path | None, given: Path | None) -> None:
    """Make the offline check as one file, now; write it to OUT. The worker makes it by itself whenever it changes."""
    if given is not None:
        return _compare(given)
    making.make()
    said = making.facts()
    if not said:
        raise NotFound(
            "There is nothing to make it of yet: publish keys (lms keys publish) and let the worker publish the status lists."
        )
    if out is not None:
        shutil.copyfile(making.file_path(), out)
    click.echo(f"✔ {out or making.file_path()}, made {said['made_at']}, {said['bytes'] / 1048576:.1f} MB")
    click.echo(f"  SHA-256 {said['sha256']}")


def _compare(given: Path) -> None:
    wanted = making.facts().get("sha256")
    if hashlib.sha256(given.read_bytes()).hexdigest() == wanted:
        click.echo("✔ it is the present file, unchanged")
        return
    click.echo("✖ it is another file than the present one: changed, or of another date")
    raise click.exceptions.Exit(1)
