"""Who hears of a changed or cancelled session, known before it is saved."""

from __future__ import annotations

from dataclasses import dataclass

from courses.models import ClassSession
from courses.queries.calendar import accounts_of_learners, accounts_of_lecturers
from lms import clock
from lms.notify.reach import Reach, reach

TOPIC = "courses.timetable"
#: States in which people outside the school know the timetable.
KNOWN_STATES = ("enrolling", "running", "cancelled")


@dataclass(frozen=True)
class Told:
    """Learners, and the lecturer as it stands; whoever takes the session over hears of it as well."""

    learners: Reach
    lecturers: Reach


def told_of(session: ClassSession) -> Told | None:
    """Who is told when the session moves or is cancelled; None when nobody is: not announced yet, or over."""
    if session.klass.state not in KNOWN_STATES or session.cancelled_at or session.ends_at <= clock.now():
        return None
    ids = [session.lecturer_id] if session.lecturer_id else []
    return Told(
        reach(accounts_of_learners(session.klass), TOPIC),
        reach(accounts_of_lecturers(ids).values(), TOPIC),
    )
