"""`lms backup`, `lms restore`, `lms copy-database`: the installation as one archive, and its move to another database."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from lms import config
from lms.cli.database import bind


@click.command("backup")
@click.argument("target", type=click.Path(path_type=Path), required=False)
@click.option("--keep", type=click.IntRange(1), help="Delete all but the latest N archives of the folder.")
def backup(target: Path | None, keep: int | None) -> None:
    """Write everything (database, files, secrets, list of plugins) to one archive; people can go on working.

    TARGET is a file, or a folder to put a file named by the time into; default: backups in the instance folder.
    The secrets of the installation are closed in it with a passphrase that lies beside the signing keys, in
    instance/keys, which is in no archive: keep a copy of that folder apart, for without it an archive is half of one.
    """
    from lms.db import connection  # noqa: PLC0415  heavy; `lms --help` stays quick
    from lms.operations import archive  # noqa: PLC0415

    bind()
    place = target or config.settings().instance / "backups"
    file = place if place.suffix == ".zip" else place / archive.default_name()
    with connection():
        manifest = archive.make(file)
    size = file.stat().st_size / 1e6
    click.echo(
        f"✔ {file}: {manifest.rows} rows of {len(manifest.tables)} tables, {len(manifest.files)} files, {size:.1f} MB"
    )
    keys = sum(1 for _key in (config.settings().instance / "keys").glob("*.pem"))
    click.echo(
        f"  {keys} private keys and what opens its secrets are not in it: keep a copy of instance/keys apart"
        " (docs/operators.md)"
    )
    for old in archive.keep_latest(file.parent, keep) if keep else ():
        click.echo(f"  deleted {old.name}")


@click.command("restore")
@click.argument("source", type=click.Path(path_type=Path))
@click.option(
    "--check", "only_check", is_flag=True, help="Only read the archive and say whether it is whole."
)
def restore(source: Path, only_check: bool) -> None:
    """Fill an empty installation from an archive, whole or not at all. LMS_INSTANCE and LMS_DATABASE say where."""
    from lms.operations import archive, restoring  # noqa: PLC0415

    if only_check:
        manifest = archive.check(source)
        click.echo(f"✔ Whole: {manifest.rows} rows, {len(manifest.files)} files, made {manifest.made_at} UTC")
        return
    bind()
    manifest = restoring.restore(source, _note)
    click.echo(
        f"✔ Restored: {manifest.rows} rows of {len(manifest.tables)} tables, {len(manifest.files)} files"
    )


@click.command("copy-database")
@click.option(
    "--to", "target", required=True, help="The empty database, like postgresql://user@host/kimbang."
)
def copy_database(target: str) -> None:
    """Copy the database into another, empty one: from SQLite to PostgreSQL, for example. Stop the site first."""
    from lms.operations import restoring  # noqa: PLC0415

    bind()
    manifest = restoring.copy_database(target, _note)
    click.echo(f"✔ Copied and compared: {manifest.rows} rows of {len(manifest.tables)} tables.")
    click.echo("  Start the site with LMS_DATABASE naming the new database; the instance folder stays.")


def _note(text: str) -> None:
    if sys.stderr.isatty():
        click.echo(f"  {text}", err=True)


commands = [backup, restore, copy_database]
