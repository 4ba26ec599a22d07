"""`lms certificates`: keys, checking a paper, the audit."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from certificates import keyset, queries, services, verification
from certificates.archive.__main__ import verify_kept
from certificates.auditing.command import audit
from certificates.cli.offline import offline
from certificates.services import archives
from certificates.token import Malformed, NotAnId, base32, read_address, read_typed, verify_fragment
from certificates.token.algorithms import ED25519, ES256
from lms import clock
from lms.cli.context import with_app
from lms.errors import Invalid, NotFound
from lms.people.models import Organisation


@click.group("certificates")
def cli() -> None:
    """Certificates: check a paper, make a signing key."""


cli.add_command(audit)
cli.add_command(verify_kept)
cli.add_command(offline)


@cli.command("verify")
@click.argument("what")
@with_app
def verify(what: str) -> None:
    """Check the address in a QR code (quote it: it holds a #), or a typed code. Exit code 0 only when genuine and in force."""
    digits = ""
    try:
        if "/c/" in what:
            _base, identifier, digits = read_address(what)
        else:
            try:
                identifier = read_typed(what)
            except NotAnId:
                identifier = base32.decode(what)
    except (Malformed, NotAnId) as wrong:
        raise Invalid(f"This is neither an address of a certificate nor a code ({wrong}).") from wrong
    verdict = verification.look_up(base32.path_id(identifier), clock.today())
    code = verdict.code if verdict else "unknown"
    if digits:
        outcome = verify_fragment(identifier, digits, keyset.book().keys)
        click.echo(f"signature  {outcome.code}{' (' + outcome.detail + ')' if outcome.detail else ''}")
        if outcome.genuine and outcome.token and outcome.token.body:
            body = outcome.token.body
            for label, value in (
                ("name", body.name),
                ("birth", body.birth),
                ("programme", body.programme),
                ("issued on", body.issued_on),
                ("serial", body.serial),
                ("posts", ", ".join(map(str, body.posts)) or "-"),
            ):
                click.echo(f"{label:10} {value}")
        if not outcome.genuine:
            code = "not_genuine"
    click.echo(
        f"register   {verdict.code if verdict else 'unknown'}{f' since {verdict.since}' if verdict and verdict.since else ''}"
    )
    click.echo(click.style(f"verdict    {code}", fg="green" if code == "genuine" else "red", bold=True))
    if code != "genuine":
        raise click.exceptions.Exit(1)


@cli.command("keep")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@with_app
def keep(folder: Path) -> None:
    """Write everything published into FOLDER, so that papers can be checked when the service is gone."""
    count = archives.keep(folder)
    click.echo(f"✔ {count} files in {folder}; check with: lms certificates verify-kept {folder} PAPER.pdf")


@cli.command("key")
@click.argument("organisation")
@click.option(
    "--from",
    "first",
    required=True,
    type=click.DateTime(["%Y-%m-%d"]),
    help="First day on which it may sign.",
)
@click.option(
    "--to", "last", required=True, type=click.DateTime(["%Y-%m-%d"]), help="Last day on which it may sign."
)
@click.option("--algorithm", type=click.Choice([ED25519, ES256]), default=ED25519, show_default=True)
@click.option("--hardware", is_flag=True, help="Inside the module of LMS_PKCS11_MODULE; then ES256.")
@with_app
def key(organisation: str, first: datetime, last: datetime, algorithm: str, hardware: bool) -> None:
    """Make a signing key for the issuer with the organisation's code; one a year is usual."""
    found = Organisation.get_or_none(Organisation.code == organisation)
    issuer = queries.issuer_of(found.id, first.date()) if found else None
    if issuer is None:
        raise NotFound(f"No issuer profile of {organisation} on {first.date()}.")
    made = services.create_key(
        issuer, first.date(), last.date(), by=None, algorithm=algorithm, in_hardware=hardware
    )
    click.echo(f"✔ key {made.kid} ({made.algorithm}) of {issuer.name}, {made.not_before} – {made.not_after}")
    if not hardware:
        click.echo(
            "  Keep a copy of its file and of the passphrase apart from each other; no archive holds them."
        )
