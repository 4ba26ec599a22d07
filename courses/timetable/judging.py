"""Compare the lines of a timetable with the class: new, changed, the same, or in conflict. Writes nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime, time
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from courses.models import ClassSession, Klass, Lecturer, Room
from courses.timetable.holidays import holiday
from courses.timetable.known import Known, day_of
from courses.timetable.reading import Calendar, Hours, Line, Times, weekday_name
from lms import clock, text
from lms.importing import values
from lms.importing.columns import Entry
from lms.importing.kinds import Verdict
from lms.importing.preview import APPLICABLE, Choice, Status
from lms.plugins import setting

#: Options of a timetable as a whole, and what a person answers to take one line.
TAKE_BUSY, CANCEL_MISSING, ANYWAY = "take_busy", "cancel_missing", "anyway"


def calendar(klass: Klass) -> Calendar:
    """Hours of the parts of the day as the settings say, and the class's own days."""
    hours = {part: hours_of(setting(f"courses.{part}_hours")) for part in ("morning", "afternoon", "evening")}
    return Calendar(hours, klass.starts_on, klass.ends_on)


def hours_of(written: str) -> Hours:
    """ "07:30-11:00" as two times. Raises ValueError."""
    begin, _sign, end = written.partition("-")
    return time.fromisoformat(begin.strip()), time.fromisoformat(end.strip())


def label(session: ClassSession) -> str:
    """A session in one line: "03/03/2025 07:30 · Chuyên đề 1"."""
    return f"{clock.local(session.starts_at):%d/%m/%Y %H:%M} · {session.topic}"


def judge(entry: Entry, line: Line, known: Known) -> Verdict:
    """How a sound line stands to the session it speaks of (`entry.record`), if there is one."""
    session, times = entry.record, line.times
    if times is None or (line.skipped and session is None):
        return Verdict(Status.SKIPPED, line.skipped)
    entry.facts |= _facts(line, times, session, known)
    entry.notes += _remarks(line, session, entry.facts, known)
    if (twin := _twin(line.number, times, known)) is not None:
        return Verdict(Status.CONFLICT, _("Row %(row)d already has this time.", row=twin))
    chosen = entry.file["chosen"]
    if (other := _in_the_way(session, times, known, cancelling=CANCEL_MISSING in chosen)) is not None:
        return Verdict(Status.CONFLICT, _("The class has a session then: %(session)s.", session=label(other)))
    verdict = _compare(entry.facts, session, known)
    if verdict.status not in APPLICABLE or not (clashes := _clashes(entry.facts, times, known)):
        return verdict
    entry.facts["busy"] = True
    if TAKE_BUSY in chosen or entry.fixes.get("record_chosen") == ANYWAY:
        entry.notes += clashes
        return verdict
    take = Choice(ANYWAY, _("Yes, although somebody or the room is needed twice"))
    return Verdict(Status.CONFLICT, " ".join(clashes), (take,))


def _twin(number: int, times: Times, known: Known) -> int | None:
    """The number of an earlier row at this time. Notes the row's own time."""
    day = known.taken.setdefault(day_of(times[0]), {})
    twin = next((earlier for earlier, other in day.items() if _meet(times, other)), None)
    day[number] = times
    return twin


def _in_the_way(session: ClassSession | None, times: Times, known: Known, *, cancelling: bool) -> ClassSession | None:  # fmt: skip
    """Another session of the class that stays as it is at that time."""
    leaving = known.missing if cancelling else {}
    for other in known.staying.get(day_of(times[0]), ()):
        if other != session and other.id not in leaving and _meet(times, (other.starts_at, other.ends_at)):
            return other
    return None


def _meet(one: Times, other: Times) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _compare(facts: Mapping[str, Any], session: ClassSession | None, known: Known) -> Verdict:
    if session is None:
        return Verdict(Status.NEW, _("New session."))
    changes = "; ".join(_changes(session, facts))
    if not changes:
        return Verdict(Status.SAME, _("Already in the class."))
    if reason := known.locks.get(session.id):
        return Verdict(Status.CONFLICT, reason)
    return Verdict(Status.CHANGED, changes, done=changes)


def _facts(line: Line, times: Times, session: ClassSession | None, known: Known) -> dict[str, Any]:
    """What will be written, as plain values: what the line says, over what is on record."""
    facts: dict[str, Any] = {
        "starts_at": times[0].isoformat(),
        "ends_at": times[1].isoformat(),
        "topic": line.topic,
        "periods": line.periods if line.periods is not None else getattr(session, "periods", 0),
    }
    return facts | _room(line, session, known) | _lecturer(line, session, known)


def _room(line: Line, session: ClassSession | None, known: Known) -> dict[str, Any]:
    room: Room | None = session.room if session is not None and session.room_id else None
    if line.room:
        room = known.rooms.get(text.fold(line.room))
        if room is None:
            return {"room_id": None, "room": line.room, "new_room": True}
    if room is None:
        return {"room_id": None, "room": ""}
    return {"room_id": room.id, "room": room.name, "capacity": room.capacity}


def _lecturer(line: Line, session: ClassSession | None, known: Known) -> dict[str, Any]:
    """Who teaches: a name that fits the session's own lecturer means that one."""
    own: Lecturer | None = session.lecturer if session is not None and session.lecturer_id else None
    teacher = line.teacher
    if teacher is None:
        lecturer = (
            None if line.written.get("lecturer") else own
        )  # "Tự học" is nobody, a blank cell says nothing
    elif own is not None and text.fold(teacher.name) in {own.name_folded, text.fold(str(own))}:
        lecturer = own
    else:
        lecturer = known.lecturers.find(teacher)
        if lecturer is None:
            agency = known.agencies.get(text.fold(teacher.organisation))
            return {"lecturer_id": None, "lecturer": str(teacher), "new_lecturer": vars(teacher), "agency_id": agency}  # fmt: skip
    if lecturer is None:
        return {"lecturer_id": None, "lecturer": ""}
    return {"lecturer_id": lecturer.id, "lecturer": str(lecturer), "unnamed": lecturer.unnamed}


def _remarks(line: Line, session: ClassSession | None, facts: Mapping[str, Any], known: Known) -> list[str]:
    notes = []
    day, klass = line.day, known.klass
    if day and (name := holiday(day)):
        notes.append(_("%(date)s is a public holiday: %(name)s.", date=day.strftime("%d/%m/%Y"), name=name))
    if day and _outside(day, klass):
        notes.append(_("The day is outside the dates of the class."))
    if line.periods is None and session is None:
        notes.append(_("No number of periods is given; the session counts none."))
    if facts.get("new_room") and _first(f"room {text.fold(line.room)}", known.mentioned):
        notes.append(_("The room “%(name)s” is new and will be added.", name=line.room))
    if facts.get("new_lecturer") and _first(str(line.teacher), known.mentioned):
        notes.append(_("“%(name)s” is new and will be added to the lecturers.", name=str(line.teacher)))
        if line.teacher and line.teacher.unnamed:
            notes.append(_("The agency still has to name the speaker."))
    if facts.get("capacity") and klass.capacity and facts["capacity"] < klass.capacity:
        notes.append(_("The room has %(room)d seats, the class %(klass)d.", room=facts["capacity"], klass=klass.capacity))  # fmt: skip
    return [str(note) for note in notes]


def _first(name: str, mentioned: set[str]) -> bool:
    """Whether this is the first line to say so."""
    if name in mentioned:
        return False
    mentioned.add(name)
    return True


def _outside(day: date, klass: Klass) -> bool:
    return bool((klass.starts_on and day < klass.starts_on) or (klass.ends_on and day > klass.ends_on))


def _changes(session: ClassSession, facts: Mapping[str, Any]) -> list[str]:
    """What the line would change in the session, in sentences."""
    changes = []
    begin, end = (datetime.fromisoformat(facts[key]) for key in ("starts_at", "ends_at"))
    if (session.starts_at, session.ends_at) != (begin, end):
        changes.append(
            _(
                "hours: %(old)s → %(new)s",
                old=_span(session.starts_at, session.ends_at),
                new=_span(begin, end),
            )
        )
    if values.text(session.topic) != facts["topic"]:
        changes.append(_("topic: “%(old)s” → “%(new)s”", old=session.topic, new=facts["topic"]))
    if session.periods != facts["periods"]:
        changes.append(_("periods: %(old)d → %(new)d", old=session.periods, new=facts["periods"]))
    if facts.get("new_lecturer") or session.lecturer_id != facts["lecturer_id"]:
        nobody = _("nobody")
        changes.append(_("lecturer: %(old)s → %(new)s", old=session.lecturer or nobody, new=facts["lecturer"] or nobody))  # fmt: skip
    if facts.get("new_room") or session.room_id != facts["room_id"]:
        changes.append(
            _("room: %(old)s → %(new)s", old=session.room or _("none"), new=facts["room"] or _("none"))
        )
    return [str(change) for change in changes]


def _clashes(facts: Mapping[str, Any], times: Times, known: Known) -> list[str]:
    """Other classes that hold the lecturer, the room or learners at that time. A warning: the officer decides."""
    clashes = []
    for other in known.busy.get(day_of(times[0]), ()):
        if not _meet(times, (other.starts_at, other.ends_at)):
            continue
        if facts["lecturer_id"] and other.lecturer_id == facts["lecturer_id"] and not facts.get("unnamed"):
            clashes.append(_("The lecturer teaches class %(code)s at that time.", code=other.class_code))
        if facts["room_id"] and other.room_id == facts["room_id"]:
            clashes.append(_("Class %(code)s has the room at that time.", code=other.class_code))
        if learners := known.shared.get(other.klass_id):
            clashes.append(ngettext("%(num)d learner is in class %(code)s at that time.",
                                    "%(num)d learners are in class %(code)s at that time.", learners, code=other.class_code))  # fmt: skip
    return [str(clash) for clash in clashes]


def _span(starts_at: datetime, ends_at: datetime) -> str:
    begin, end = clock.local(starts_at), clock.local(ends_at)
    return f"{begin:%d/%m/%Y %H:%M}–{end:%H:%M}"


def shown(line: Line, columns: Collection[str]) -> dict[str, str]:
    """A line as the preview prints it, in the columns that the file has."""
    day = f"{weekday_name(line.day)}, {line.day:%d/%m/%Y}" if line.day else line.written.get("date", "")
    hours = f"{line.starts:%H:%M}–{line.ends:%H:%M}" if line.starts and line.ends else ""
    periods = line.written.get("periods", "")
    if line.periods is not None:
        periods = ngettext("%(num)s period", "%(num)s periods", line.periods)
    cells = {
        "date": day,
        "weekday": line.written.get("weekday", ""),
        "time": hours or line.written.get("time", "") or line.written.get("part", ""),
        "topic": line.topic,
        "periods": periods,
        "lecturer": str(line.teacher) if line.teacher else line.written.get("lecturer", ""),
        "room": line.room,
    }
    return {key: value for key, value in cells.items() if value or key in columns}
