"""`lms mail returned`, `lms mail fetch`: letters that come back."""

from __future__ import annotations

import os
import sys

import click

from lms.cli.context import with_app

#: "Try again later" to a mail server that pipes a message into a command.
TRY_LATER = 75
_CHUNK = 65_536


@click.group("mail")
def mail() -> None:
    """Mail that comes back."""


@mail.command("returned")
@click.option("--to", "delivered_to", help="The address it came to, when the message does not say.")
def returned(delivered_to: str | None) -> None:
    """Read one returned message on stdin, from a pipe of the mail server.

    Ends with 0 whatever the message is, so that the mail server never answers it; with 75 when the platform cannot
    take it now and the mail server shall try again.
    """
    raw = _whole_input()
    names = (delivered_to, os.environ.get("ORIGINAL_RECIPIENT"), os.environ.get("RECIPIENT"))
    try:
        click.echo(_take(raw, [name for name in names if name]))
    except Exception as problem:
        click.echo(f"✖ {type(problem).__name__}: {problem}", err=True)
        sys.exit(TRY_LATER)


@mail.command("fetch")
@with_app
def fetch() -> None:
    """Take what is new in the folder for returns now; the worker does so every minute."""
    from lms.notify.returned import folder  # noqa: PLC0415  models need the application

    click.echo(f"✔ {folder.fetch()} messages looked at")


@with_app
def _take(raw: bytes, delivered_to: list[str]) -> str:
    from lms.notify.returned.taking import take  # noqa: PLC0415  models need the application

    return take(raw, delivered_to).sentence


def _whole_input() -> bytes:
    """What comes on stdin, as far as it is read at all; the rest is let go, so that the mail server can finish."""
    from lms.notify.returned.reports import MOST_BYTES  # noqa: PLC0415  heavy; `lms --help` stays quick

    stream = sys.stdin.buffer
    raw = stream.read(MOST_BYTES + 1)
    while stream.read(_CHUNK):
        pass
    return raw


commands = [mail]
