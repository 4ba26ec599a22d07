"""`lms audit`: check the record."""

from __future__ import annotations

import click

from lms.cli.context import with_app


@click.group("audit")
def audit_group() -> None:
    """The audit record."""


@audit_group.command("verify")
@with_app
def verify() -> None:
    """Read the whole record; exit 1 and name the first row that was edited, deleted or reordered."""
    from lms.audit import verify_chain  # noqa: PLC0415  models need the application
    from lms.audit.models import AuditHead  # noqa: PLC0415

    broken = verify_chain()
    if broken is not None:
        click.echo(click.style(f"✖ {broken}", fg="red"), err=True)
        raise SystemExit(1)
    head = AuditHead.get_or_none()
    click.echo(
        f"✔ {head.number if head else 0} deeds, unbroken; the last digest is {head.digest if head else '–'}"
    )


commands = [audit_group]
