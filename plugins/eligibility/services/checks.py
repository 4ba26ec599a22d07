"""Note that somebody asked for a verdict. The verdict itself is never kept: it is computed when asked."""

from __future__ import annotations

from datetime import date

from lms.access.models import User
from lms.audit import record
from lms.db import atomic
from lms.people.models import Official
from plugins.eligibility.engine.verdict import Verdict

CHECKED = "eligibility.check"


@atomic
def record_check(official: Official, verdict: Verdict, *, by: User) -> None:
    """Put a check on the audit record: who asked about whom, for which post and day, under which rules."""
    record(
        by,
        CHECKED,
        official,
        post=verdict.post.code,
        on=_iso(verdict.on),
        outcome=str(verdict.outcome),
        rules=verdict.rules_version,
    )


def _iso(day: date) -> str:
    return day.isoformat()
