"""Everything about closing rolls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from flask_babel import gettext as _

from courses.models import ClassSession, Klass
from courses.queries import all_sessions
from lms import audit, clock
from lms.access.models import User
from lms.db import atomic, lock
from lms.errors import Conflict
from lms.events import publish
from lms.plugins import setting
from plugins.attendance import queries
from plugins.attendance.errors import AlreadyLocked, MarksMissing, NotConfirmed
from plugins.attendance.events import RollLocked
from plugins.attendance.models import Roll

SHOWN_NAMES = 5


@dataclass(frozen=True)
class LockResult:
    """Which sessions' rolls were locked, and which could not be, with the sentence why."""

    locked: list[ClassSession] = field(default_factory=list)
    refused: list[tuple[ClassSession, str]] = field(default_factory=list)


@atomic
def lock_roll(session: ClassSession, *, by: User | None) -> Roll:
    """Close a session's roll; later changes become amendments. Due by the end of the session's day.

    Raises AlreadyLocked, NotConfirmed, MarksMissing (with the learners' names).
    """
    roll = Roll.get_or_none(Roll.session == session)
    if roll is None:
        raise NotConfirmed(_("The roll of session %(number)s was not taken yet.", number=session.number))
    roll = lock(roll)
    if roll.locked_at is not None:
        raise AlreadyLocked(_("The roll of session %(number)s is already locked.", number=session.number))
    if roll.confirmed_at is None:
        raise NotConfirmed(_("The roll of session %(number)s was not confirmed yet.", number=session.number))
    _must_be_complete(session)
    roll.locked_at, roll.locked_by = clock.now(), by
    roll.save(only=[Roll.locked_at, Roll.locked_by])
    audit.record(by, "attendance.lock", session)
    publish(RollLocked(session_id=session.id))
    return roll


def lock_rolls(sessions: Sequence[ClassSession], *, by: User | None) -> LockResult:
    """Lock several rolls; one that cannot be locked does not keep the others open."""
    result = LockResult()
    for session in sessions:
        try:
            lock_roll(session, by=by)
        except Conflict as why:
            result.refused.append((session, str(why)))
        else:
            result.locked.append(session)
    return result


def lock_past_days() -> LockResult:
    """Lock the confirmed rolls of days that are over, where the class wants it so."""
    start_of_today = clock.from_local(datetime.combine(clock.today(), datetime.min.time()))
    sessions = (
        all_sessions()
        .switch(ClassSession)
        .join(Roll, on=(Roll.session == ClassSession.id))
        .where(
            ClassSession.starts_at < start_of_today,
            Roll.confirmed_at < start_of_today,
            Roll.locked_at.is_null(),
            ClassSession.cancelled_at.is_null(),
        )
        .limit(500)
    )
    wanted = [one for one in sessions if setting("attendance.lock_at_day_end", klass=one.klass)]
    return lock_rolls(wanted, by=None)


def confirmed_sessions(klass: Klass) -> list[ClassSession]:
    """Sessions of the class whose roll waits for the lock, oldest first."""
    return list(
        all_sessions()
        .switch(ClassSession)
        .join(Roll, on=(Roll.session == ClassSession.id))
        .where(
            ClassSession.klass == klass,
            ClassSession.cancelled_at.is_null(),
            Roll.confirmed_at.is_null(False),
            Roll.locked_at.is_null(),
        )
    )


def _must_be_complete(session: ClassSession) -> None:
    missing = [row.name for row in queries.unmarked(queries.roll_rows(session))]
    if not missing:
        return
    shown, more = missing[:SHOWN_NAMES], len(missing) - SHOWN_NAMES
    names = ", ".join(shown) + (_(" and %(count)s more", count=more) if more > 0 else "")
    raise MarksMissing(
        _(
            "Session %(number)s has learners without a mark: %(names)s. Open the roll and confirm it again.",
            number=session.number,
            names=names,
        ),
        learners=missing,
    )
