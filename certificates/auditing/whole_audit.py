"""All of the audit, one after the other."""

from __future__ import annotations

from collections.abc import Callable

from certificates.auditing.entries_audit import LogAudit
from certificates.auditing.findings import Report
from certificates.auditing.numbers_audit import audit_numbers, audit_roster, audit_two_persons
from certificates.auditing.published_audit import audit_published
from certificates.auditing.register_audit import RegisterAudit
from lms import clock


def audit(*, files: bool = True, done: Callable[[int], None] = lambda _count: None) -> Report:
    """Work everything out again; returns what was looked at and every row that is not as it was.

    Reads the register and the log once, in portions, with bounded memory, and writes nothing. `files`: hash every PDF
    too. `done` hears how many certificates were done. An audit looks from inside: whoever can rewrite the database
    *and* sign with the log's key is seen by witnesses alone.
    """
    report = Report(clock.now())
    began = clock.monotonic()
    LogAudit(report).run()
    RegisterAudit(report, files=files, done=done).run()
    audit_numbers(report)
    audit_roster(report)
    audit_two_persons(report)
    audit_published(report)
    report.seconds = clock.monotonic() - began
    return report
