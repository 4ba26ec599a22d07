"""Timetable of enrolment."""

from __future__ import annotations

from lms.importing import drafts
from lms.jobs import every


@every(hours=24)
def tidy_lists() -> None:
    """Remove lists that nobody finished, and the files of finished ones, after their time."""
    drafts.tidy()
