"""Check a paper with kept files: `lms certificates verify-kept`, or without any installation `python -m certificates.archive`."""

from __future__ import annotations

from pathlib import Path

import click

from certificates import archive
from lms import clock


@click.command("verify-kept")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("what")
@click.option("--root", default="", help="The root's public key, as printed in the regulation.")
@click.option("--log-key", default="", help="The key of the log, as printed in the regulation.")
def verify_kept(folder: Path, what: str, root: str, log_key: str) -> None:
    """Check a PDF or an address (quote it) with the files in FOLDER alone: no service, no database, no network.

    Ends with 0 when genuine and not revoked as far as the files know, 1 when not, 2 when the files prove nothing.
    """
    try:
        answer = archive.check(folder, what, clock.today(), root=root, log_key=log_key)
    except archive.NotUsable as wrong:
        click.echo(click.style(f"✖ {wrong}", fg="red"), err=True)
        raise click.exceptions.Exit(2) from wrong
    for label, value in answer.lines:
        click.echo(f"{label:10} {value}")
    if answer.known_until:
        click.echo(
            f"{'known':10} until {answer.known_until:%d/%m/%Y %H:%M} UTC; later changes are not in these files"
        )
    if not (root and log_key):
        click.echo(
            f"{'compare':10} root and key of the log in the folder with the regulation, or give --root and --log-key"
        )
    said = f"{answer.code}{f' ({answer.detail})' if answer.detail else ''}"
    good = answer.code == archive.GENUINE
    click.echo(click.style(f"verdict    {said}", fg="green" if good else "red", bold=True))
    if not good:
        raise click.exceptions.Exit(1)


if __name__ == "__main__":
    verify_kept()
