"""What should happen next in the life of a class: one deed, so that a page can fill one button."""

from __future__ import annotations

from collections.abc import Sequence

from courses import review
from courses.hookspecs import ClosingCheck
from courses.models import Klass


def next_step(
    klass: Klass, *, learners: int, sessions: int, to_come: int, checks: Sequence[ClosingCheck] = ()
) -> str:
    """The name of the next deed, empty when the class only has to be waited for or is over.

    One of: dates, announce, timetable, learners, start, start_review, first_open_line, close.
    """
    match klass.state:
        case "draft":
            return "announce" if klass.starts_on and klass.ends_on else "dates"
        case "enrolling":
            if not sessions:
                return "timetable"
            return "start" if learners else "learners"
        case "running":
            return "" if to_come else "start_review"
        case "reviewing":
            return "first_open_line" if review.blockers(list(checks)) else "close"
        case _:
            return ""
