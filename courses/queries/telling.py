"""Who hears of a changed or cancelled session, known before it is saved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from courses.models import ClassSession, Klass
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
    return told_of_all(session.klass, [session])


def told_of_all(klass: Klass, sessions: Sequence[ClassSession]) -> Told | None:
    """The same for many sessions of a class; everybody is counted once."""
    still = [row for row in sessions if not row.cancelled_at and row.ends_at > clock.now()]
    if klass.state not in KNOWN_STATES or not still:
        return None
    ids = {row.lecturer_id for row in still if row.lecturer_id}
    return Told(
        reach(accounts_of_learners(klass), TOPIC),
        reach(accounts_of_lecturers(ids).values(), TOPIC),
    )
