"""Take the judged lines of a timetable into a class, and take them back: each in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from peewee import fn

from courses import queries
from courses.events import SessionsChanged
from courses.models import SCHEDULABLE_STATES, ClassSession, Klass, Lecturer, Room
from courses.services.classes import WrongState, must_be
from courses.services.reference import add_lecturer, add_room, find_lecturer, find_room
from courses.services.sessions import locked, renumber
from courses.timetable.judging import label
from courses.timetable.teachers import Teacher
from lms import audit, clock
from lms.access.models import User
from lms.db import atomic, lock
from lms.events import publish
from lms.importing import dependants
from lms.importing.columns import Entry
from lms.importing.kinds import Change
from lms.importing.preview import APPLICABLE
from lms.importing.records import rows_of, stored, typed
from lms.people.models import Organisation

#: Beside the values of the first session that was written: the days a class without dates took from its timetable.
DATES = "_dates"


def must_schedule(klass: Klass) -> None:
    """Raise WrongState when the timetable of the class no longer changes; holds the class until the transaction ends."""
    must_be(lock(klass), *SCHEDULABLE_STATES)


@atomic
def import_sessions(
    klass: Klass, entries: Sequence[Entry], *, by: User, cancel_missing: bool = False
) -> list[Change]:
    """Write the new and changed lines of a judged timetable; returns what changed, enough to take it back.

    `cancel_missing` calls off sessions that no line speaks of, except those a plugin holds.
    Raises WrongState. Publishes SessionsChanged.
    """
    must_schedule(klass)
    sessions = {session.id: session for session in queries.sessions(klass)}
    changes = _call_off(klass, sessions, entries) if cancel_missing else []
    for entry in entries:
        if entry.status in APPLICABLE:
            changes.append(_write(klass, entry, sessions, by))
    renumber(klass)
    if changes:
        changes[0] = _with_dates(changes[0], _fill_dates(klass))
        publish(SessionsChanged(class_id=klass.id, by_id=by.id))
    return changes


def _call_off(klass: Klass, sessions: Mapping[int, ClassSession], entries: Sequence[Entry]) -> list[Change]:
    mentioned = {entry.facts.get("session_id") for entry in entries}
    held = locked(klass)
    free = [number for number in sessions if number not in mentioned and number not in held]
    now = clock.now()
    ClassSession.update(cancelled_at=now).where(ClassSession.id.in_(free or [-1])).execute()
    return [Change(0, number, {"cancelled_at": None}, {"cancelled_at": now.isoformat()}) for number in free]


def _write(klass: Klass, entry: Entry, sessions: Mapping[int, ClassSession], by: User) -> Change:
    facts = entry.facts
    values = {
        "starts_at": datetime.fromisoformat(facts["starts_at"]),
        "ends_at": datetime.fromisoformat(facts["ends_at"]),
        "topic": facts["topic"],
        "periods": facts["periods"],
        "lecturer": _lecturer(facts, by),
        "room": _room(facts, by),
    }
    if entry.record is None:
        made = ClassSession.create(klass=klass, number=0, **values)
        return Change(entry.number, made.id, None, _plain(made, values))
    before = sessions[entry.record.id]
    ClassSession.update(**values).where(ClassSession.id == before.id).execute()
    old, new = _plain(before, values), _plain(ClassSession.get_by_id(before.id), values)
    changed = [name for name in new if new[name] != old[name]]
    return Change(entry.number, before.id, {one: old[one] for one in changed}, {one: new[one] for one in changed})  # fmt: skip


def _plain(session: ClassSession, names: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in stored(session).items() if name in names}


def _room(facts: Mapping[str, Any], by: User) -> int | None:
    if not facts.get("new_room"):
        return facts["room_id"]  # type: ignore[no-any-return]
    room: Room = find_room(facts["room"]) or add_room(facts["room"], by=by)
    return int(room.id)


def _lecturer(facts: Mapping[str, Any], by: User) -> int | None:
    if not facts.get("new_lecturer"):
        return facts["lecturer_id"]  # type: ignore[no-any-return]
    teacher = Teacher(**facts["new_lecturer"])
    known: Lecturer | None = find_lecturer(teacher.name)
    if known is None:
        known = add_lecturer(
            teacher.name,
            by=by,
            academic_title=teacher.title,
            visiting=teacher.visiting,
            unnamed=teacher.unnamed,
            organisation=Organisation.get_or_none(Organisation.id == facts["agency_id"]),
        )
    return int(known.id)


def _fill_dates(klass: Klass) -> list[str] | None:
    """A class without dates takes those of its timetable; returns them."""
    if klass.starts_on or klass.ends_on:
        return None
    first, last = ClassSession.select(fn.MIN(ClassSession.starts_at), fn.MAX(ClassSession.ends_at)).where(queries.live(klass)).scalar(as_tuple=True)  # fmt: skip
    if not first:
        return None
    days = [clock.local(moment).date() for moment in (first, last)]
    Klass.update(starts_on=days[0], ends_on=days[1]).where(Klass.id == klass.id).execute()
    return [day.isoformat() for day in days]


def _with_dates(change: Change, days: list[str] | None) -> Change:
    after = {**change.after, DATES: days} if days else change.after
    return Change(change.number, change.id, change.before, after)


# --- taking back -----------------------------------------------------------------------------------


def timetable_obstacles(changes: Sequence[Change]) -> list[str]:
    """What stands in the way of taking an import back, in sentences: a held or used session, a later change."""
    sessions = {one.id: one for one in rows_of(ClassSession, [change.id for change in changes])}
    if len(sessions) < len(changes):
        return [_("Sessions of this import are no longer there.")]
    klass = next(iter(sessions.values())).klass
    try:
        must_be(klass, *SCHEDULABLE_STATES)
    except WrongState as refused:
        return [str(refused)]
    held, used = locked(klass), dependants.of(ClassSession, list(sessions))
    found = []
    for change in changes:
        session = sessions[change.id]
        if reason := held.get(session.id):
            found.append(f"{label(session)}: {reason}")
        elif session.id in used:
            found.append(_("%(session)s: there are entries in %(where)s.", session=label(session), where=", ".join(used[session.id])))  # fmt: skip
        elif _changed_since(session, change):
            found.append(_("%(session)s: it was changed again later.", session=label(session)))
    return found or _occupied(klass, changes, sessions)


def _changed_since(session: ClassSession, change: Change) -> bool:
    now = stored(session)
    gone = change.before is None and session.cancelled_at is not None
    return gone or any(now[name] != value for name, value in change.after.items() if name != DATES)


def _occupied(klass: Klass, changes: Sequence[Change], sessions: Mapping[int, ClassSession]) -> list[str]:
    """Sessions that came later and stand where an earlier time has to come back."""
    later = [one for one in queries.sessions(klass) if one.id not in sessions]
    found = []
    for change in changes:
        if change.before is None or not {"starts_at", "ends_at", "cancelled_at"} & set(change.before):
            continue
        session = sessions[change.id]
        times = {"starts_at": session.starts_at, "ends_at": session.ends_at}
        times |= {name: value for name, value in typed(ClassSession, change.before).items() if name in times}
        for other in later:
            if other.starts_at < times["ends_at"] and times["starts_at"] < other.ends_at:
                found.append(_("%(session)s stands where a session has to come back.", session=label(other)))
    return found


@atomic
def take_timetable_back(changes: Sequence[Change], *, by: User) -> None:
    """Take an import back: what it added is withdrawn, what it changed or called off is as before.

    `timetable_obstacles` was asked. Publishes SessionsChanged.
    """
    sessions = {one.id: one for one in rows_of(ClassSession, [change.id for change in changes])}
    klass = lock(next(iter(sessions.values())).klass)
    added = [change.id for change in changes if change.before is None]
    ClassSession.update(cancelled_at=clock.now(), withdrawn=True).where(
        ClassSession.id.in_(added or [-1])
    ).execute()
    for change in changes:
        if change.before:
            values = typed(ClassSession, change.before)
            ClassSession.update(**values).where(ClassSession.id == change.id).execute()
    _take_dates_back(klass, changes[0].after.get(DATES))
    renumber(klass)
    audit.record(by, "courses.timetable_taken_back", klass, count=len(changes))
    publish(SessionsChanged(class_id=klass.id, by_id=by.id))


def _take_dates_back(klass: Klass, days: list[str] | None) -> None:
    now = [day.isoformat() for day in (klass.starts_on, klass.ends_on) if day]
    if days and days == now:
        Klass.update(starts_on=None, ends_on=None).where(Klass.id == klass.id).execute()
