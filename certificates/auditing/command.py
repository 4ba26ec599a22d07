"""`lms certificates audit`."""

from __future__ import annotations

import json

import click

from certificates.auditing.whole_audit import audit as audit_all
from lms.cli.context import with_app


@click.command("audit")
@click.option("--json", "as_json", is_flag=True, help="The result as JSON, for programs.")
@click.option("--files/--no-files", default=True, help="Compare every PDF with its hash too.")
@with_app
def audit(as_json: bool, files: bool) -> None:
    """Work out every signature, number, log entry, status and paper again; name each row that is not as it was.

    Exit code 0 when all fits, 1 when something does not. It writes nothing.
    """
    report = audit_all(files=files)
    if as_json:
        click.echo(json.dumps(report.as_json(), ensure_ascii=False, indent=1))
    else:
        for one in report.findings:
            click.echo(f"{one.table} {one.row} ({one.label}): {one.sentence}")
        if report.total > len(report.findings):
            click.echo(f"… and {report.total - len(report.findings)} more")
        looked = ", ".join(f"{number} {what}" for what, number in sorted(report.counts.items()))
        click.echo(f"looked at: {looked or 'nothing'}; {report.seconds:.1f} s")
        good = not report.total
        words = (
            "✔ everything is as it was signed, numbered and logged"
            if good
            else f"✖ {report.total} rows are not"
        )
        click.echo(click.style(words, fg="green" if good else "red", bold=True))
    if report.total:
        raise click.exceptions.Exit(1)
