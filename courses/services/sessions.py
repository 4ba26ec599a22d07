"""The sessions of a class, one by one. Times are naive UTC."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from courses.events import SessionsChanged
from courses.models import SCHEDULABLE_STATES, ClassSession, Klass, Lecturer, Room
from courses.queries import live
from courses.services.classes import must_be
from lms import audit, clock, text
from lms.access.models import User
from lms.db import atomic, lock
from lms.errors import Conflict, Invalid
from lms.events import publish
from lms.plugins import ask


class SessionLocked(Conflict):
    """A plugin holds the session as it is: its roll is locked, for example."""

    code = "session_locked"


@atomic
def add_session(
    klass: Klass,
    *,
    by: User | None,
    starts_at: datetime,
    ends_at: datetime,
    topic: str,
    periods: int = 0,
    lecturer: Lecturer | None = None,
    room: Room | None = None,
    required: bool = True,
) -> ClassSession:
    """Add a session. Raises Invalid naming the field, WrongState. Publishes SessionsChanged."""
    klass = lock(klass)
    must_be(klass, *SCHEDULABLE_STATES)
    values = session_values(klass, None, starts_at, ends_at, topic, periods)
    session = ClassSession.create(
        klass=klass, number=0, lecturer=lecturer, room=room, required=required, **values
    )
    renumber(klass)
    audit.record(by, "courses.session_added", klass, session_id=session.id, starts_at=starts_at)
    publish(SessionsChanged(class_id=klass.id, by_id=getattr(by, "id", None)))
    return ClassSession.get_by_id(session.id)  # type: ignore[no-any-return]


@atomic
def change_session(
    session: ClassSession,
    *,
    by: User | None,
    starts_at: datetime,
    ends_at: datetime,
    topic: str,
    periods: int,
    lecturer: Lecturer | None,
    room: Room | None,
    required: bool,
) -> ClassSession:
    """Move a session, or change its topic, lecturer or room.

    Raises Invalid, WrongState, SessionLocked. Publishes SessionsChanged.
    """
    klass = lock(session.klass)
    must_be(klass, *SCHEDULABLE_STATES)
    must_be_free(klass, session)
    if session.cancelled_at is not None:
        raise Conflict(_("This session was cancelled. Add a new one instead."), code="already_cancelled")
    values = session_values(klass, session, starts_at, ends_at, topic, periods)
    values |= {"lecturer": lecturer, "room": room, "required": required}
    before = ClassSession.get_by_id(session.id)
    changed = sorted(
        name for name, value in values.items() if before.__data__[name] != getattr(value, "id", value)
    )
    ClassSession.update(**values).where(ClassSession.id == session.id).execute()
    renumber(klass)
    audit.record(by, "courses.session_changed", klass, session_id=session.id, changed=changed)
    publish(SessionsChanged(class_id=klass.id, by_id=getattr(by, "id", None)))
    return ClassSession.get_by_id(session.id)  # type: ignore[no-any-return]


@atomic
def cancel_session(session: ClassSession, *, by: User | None) -> None:
    """Call a session off; the row stays. Raises WrongState, SessionLocked, Conflict when it is already off."""
    klass = lock(session.klass)
    must_be(klass, *SCHEDULABLE_STATES)
    must_be_free(klass, session)
    if ClassSession.get_by_id(session.id).cancelled_at is not None:
        raise Conflict(_already_off(), code="already_cancelled")
    _call_off(klass, [session], by)


@atomic
def cancel_sessions(klass: Klass, session_ids: Sequence[int], *, by: User | None) -> dict[int, str]:
    """Call many sessions of a class off: one new numbering, one SessionsChanged. Answers those that stay: id → why."""
    klass = lock(klass)
    rows = _own(klass, session_ids)
    stay = _with_reason(rows, reasons_against_cancelling(klass, rows))
    _call_off(klass, [row for row in rows if row.id not in stay], by)
    return stay


@atomic
def restore_sessions(klass: Klass, session_ids: Sequence[int], *, by: User | None) -> dict[int, str]:
    """Let sessions that were called off take place after all. Answers those that stay cancelled: id → why.

    Publishes SessionsChanged: calendars show them again.
    """
    klass = lock(klass)
    rows = _own(klass, session_ids)
    stay = _with_reason(rows, _reasons_against_restoring(klass, rows))
    back = [row for row in rows if row.id not in stay]
    if not back:
        return stay
    ids = [row.id for row in back]
    ClassSession.update(cancelled_at=None).where(ClassSession.id.in_(ids)).execute()
    renumber(klass)
    for row in back:
        audit.record(by, "courses.session_restored", klass, session_id=row.id, starts_at=row.starts_at)
    publish(SessionsChanged(class_id=klass.id, by_id=getattr(by, "id", None)))
    return stay


def reasons_against_cancelling(klass: Klass, sessions: Sequence[ClassSession]) -> list[str]:
    """For each session of the class why it cannot be called off, empty when it can; the plugins are asked once."""
    if klass.state not in SCHEDULABLE_STATES:
        return [_("The class is under review or over; its timetable no longer changes.")] * len(sessions)
    held = locked(klass)
    return [held.get(row.id) or (_already_off() if row.cancelled_at else "") for row in sessions]


def _reasons_against_restoring(klass: Klass, sessions: Sequence[ClassSession]) -> list[str]:
    if klass.state not in SCHEDULABLE_STATES:
        return [_("The class is under review or over; its timetable no longer changes.")] * len(sessions)
    taken = [
        (row.starts_at, row.ends_at)
        for row in ClassSession.select(ClassSession.starts_at, ClassSession.ends_at).where(live(klass))
    ]
    reasons = []
    for row in sessions:
        reason = "" if row.cancelled_at else _("Takes place already.")
        if not reason and any(starts < row.ends_at and ends > row.starts_at for starts, ends in taken):
            reason = _("The class already has a session at that time.")
        if not reason:
            taken.append((row.starts_at, row.ends_at))
        reasons.append(reason)
    return reasons


def _call_off(klass: Klass, rows: Sequence[ClassSession], by: User | None) -> None:
    if not rows:
        return
    ids = [row.id for row in rows]
    ClassSession.update(cancelled_at=clock.now()).where(ClassSession.id.in_(ids)).execute()
    renumber(klass)
    for row in rows:
        audit.record(by, "courses.session_cancelled", klass, session_id=row.id, starts_at=row.starts_at)
    publish(SessionsChanged(class_id=klass.id, by_id=getattr(by, "id", None)))


def _own(klass: Klass, session_ids: Sequence[int]) -> list[ClassSession]:
    mine = ClassSession.select().where(
        ClassSession.klass == klass, ClassSession.id.in_(list(session_ids)), ~ClassSession.withdrawn
    )
    return list(mine.order_by(ClassSession.starts_at, ClassSession.id))


def _with_reason(rows: Sequence[ClassSession], reasons: Sequence[str]) -> dict[int, str]:
    return {row.id: reason for row, reason in zip(rows, reasons, strict=True) if reason}


def _already_off() -> str:
    return _("This session has already been cancelled.")


def locked(klass: Klass) -> dict[int, str]:
    """Sessions the plugins hold as they are: session id → why."""
    return {one.session_id: str(one.reason) for one in ask("session_locks", klass=klass)}


def must_be_free(klass: Klass, session: ClassSession) -> None:
    """Raise SessionLocked when a plugin holds the session."""
    if reason := locked(klass).get(session.id):
        raise SessionLocked(reason)


def session_values(
    klass: Klass,
    session: ClassSession | None,
    starts_at: datetime,
    ends_at: datetime,
    topic: str,
    periods: int,
) -> dict[str, Any]:
    """The row of a session as it is stored. Raises Invalid naming every field that cannot be used."""
    topic = text.clean_line(topic)
    taken = ClassSession.select().where(
        live(klass), ClassSession.starts_at < ends_at, ClassSession.ends_at > starts_at
    )
    if session is not None:
        taken = taken.where(ClassSession.id != session.id)
    wrong = {
        "topic": "" if 1 <= len(topic) <= 300 else _("Please give a topic of at most 300 characters."),
        "ends_at": _("The session ends before it starts.") if ends_at <= starts_at else "",
        "periods": "" if 0 <= periods <= 20 else _("Please give 0 to 20 periods."),
        "starts_at": _("The class already has a session at that time.") if taken.exists() else "",
    }
    if fields := {name: sentence for name, sentence in wrong.items() if sentence}:
        raise Invalid(fields=fields)
    return {"starts_at": starts_at, "ends_at": ends_at, "topic": topic, "periods": periods}


def renumber(klass: Klass) -> None:
    """Number the sessions 1, 2, 3 … by time; those called off keep the number they had."""
    ordered = (
        ClassSession.select(ClassSession.id, ClassSession.number)
        .where(live(klass))
        .order_by(ClassSession.starts_at)
    )
    for number, session in enumerate(ordered, 1):
        if session.number != number:
            ClassSession.update(number=number).where(ClassSession.id == session.id).execute()
