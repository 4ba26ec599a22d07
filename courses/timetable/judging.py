"""Compare the lines of a timetable with the class: new, changed, the same, in conflict, or wrong. Writes nothing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from typing import Any

from flask_babel import gettext as _

from courses.models import ClassSession, Klass
from courses.timetable.holidays import holiday
from courses.timetable.known import Busy, Known, look_up
from courses.timetable.reading import Calendar, Hours, Line, read, weekday_name
from courses.timetable.teachers import Teacher
from lms import clock, text
from lms.importing import values
from lms.importing.preview import Preview, RowJudgement, Status, skipped
from lms.importing.sheets import Grid
from lms.plugins import setting


def judge(grid: Grid, klass: Klass) -> Preview:
    """Every row of the grid with its verdict. Raises Invalid when the grid is no timetable."""
    header, rows, lines = read(grid, calendar(klass))
    known = look_up(klass, lines)
    judged = [*skipped(rows), *_judge_lines(lines, klass, known)]
    judged.sort(key=lambda row: row.number)
    present = [key for key in ("date", "part", "topic", "periods", "lecturer", "room") if key not in {"periods", "lecturer", "room"} or key in header.columns]  # fmt: skip
    titles = {"date": _("Date"), "part": _("Hours"), "topic": _("Topic"), "periods": _("Periods"), "lecturer": _("Lecturer"), "room": _("Room")}  # fmt: skip
    untouched = _untouched(judged, known)
    facts = {
        "header_row": header.last + 1,
        "new_rooms": _unique(row.facts["room"] for row in judged if row.facts.get("room_is_new")),
        "new_lecturers": _unique(
            str(Teacher(**row.facts["teacher"])) for row in judged if row.facts.get("lecturer_is_new")
        ),
        "untouched": [session.id for session in untouched],
        "untouched_labels": [label(session) for session in untouched],
        "periods": sum(row.facts.get("periods", 0) for row in judged),
    }
    facts["digest"] = _digest(judged, facts)
    return Preview(
        tuple((key, str(titles[key])) for key in present),
        judged,
        notes=_notes(grid, klass, facts),
        facts=facts,
    )


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


# --- one line after the other ----------------------------------------------------------------------


def _judge_lines(lines: list[Line], klass: Klass, known: Known) -> list[RowJudgement]:
    taken: dict[int, tuple[datetime, datetime]] = {}
    pairs = _pair(lines, known.sessions)
    judged = []
    for line in lines:
        row = _judge_line(line, klass, known, pairs.get(line.number), taken)
        if row.status not in {Status.ERROR, Status.SKIPPED}:
            taken.setdefault(line.number, _times(line))
        judged.append(row)
    return judged


def _judge_line(
    line: Line,
    klass: Klass,
    known: Known,
    session: ClassSession | None,
    taken: Mapping[int, tuple[datetime, datetime]],
) -> RowJudgement:
    row = RowJudgement(line.number, Status.NEW, values=_shown(line), notes=line.notes)
    if line.skipped:
        row.status, row.reason, row.facts = Status.SKIPPED, line.skipped, {"kind": "data"}
        return row
    if line.problems:
        row.status, row.reason, row.problems = Status.ERROR, line.problems[0].sentence, line.problems
        return row
    starts_at, ends_at = _times(line)
    row.facts = _facts(line, starts_at, ends_at, known)
    row.notes += _remarks(line, klass, row.facts, known.mentioned)
    twin = next(
        (number for number, (begin, end) in taken.items() if begin < ends_at and starts_at < end), None
    )
    if twin is not None:
        row.status, row.reason = Status.CONFLICT, _("Row %(row)d already has this time.", row=twin)
        return row
    _compare(row, session, known)
    clashes = _clashes(row.facts, starts_at, ends_at, known.busy)
    if clashes and row.applicable:
        row.facts["may_take"] = True
        row.status, row.reason = Status.CONFLICT, " ".join(clashes)
    return row


def _compare(row: RowJudgement, session: ClassSession | None, known: Known) -> None:
    """How a sound line stands to the session it speaks of, if there is one."""
    if session is None:
        row.reason = _("New session.")
        return
    row.facts["session_id"] = session.id
    changes = _changes(session, row.facts)
    if not changes:
        row.status, row.reason = Status.SAME, _("Already in the class.")
    elif reason := known.locks.get(session.id):
        row.status, row.reason = Status.CONFLICT, reason
    else:
        row.status, row.reason = Status.CHANGED, "; ".join(changes)


def _pair(lines: list[Line], sessions: list[ClassSession]) -> dict[int, ClassSession]:
    """Which session a line speaks of: the one that starts then, else one that overlaps and nobody else claims."""
    free = list(sessions)
    pairs: dict[int, ClassSession] = {}
    sound = [line for line in lines if not (line.skipped or line.problems)]
    for same_start in (True, False):
        for line in sound:
            if line.number in pairs:
                continue
            starts_at, ends_at = _times(line)
            found = next(
                (
                    s
                    for s in free
                    if (
                        s.starts_at == starts_at
                        if same_start
                        else s.starts_at < ends_at and starts_at < s.ends_at
                    )
                ),
                None,
            )
            if found is not None:
                pairs[line.number] = found
                free.remove(found)
    return pairs


def _times(line: Line) -> tuple[datetime, datetime]:
    """Start and end of a sound line, naive UTC."""
    assert line.day and line.starts and line.ends  # a line without them carries a problem
    return (
        clock.from_local(datetime.combine(line.day, line.starts)),
        clock.from_local(datetime.combine(line.day, line.ends)),
    )


def _facts(line: Line, starts_at: datetime, ends_at: datetime, known: Known) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "starts_at": starts_at.isoformat(),
        "ends_at": ends_at.isoformat(),
        "topic": line.topic,
        "periods": line.periods,
        "room": line.room,
        "room_id": None,
        "lecturer_id": None,
        # A column the file does not have says nothing about a session that exists.
        "given": sorted({"periods", "lecturer", "room"} & set(line.written)),
    }
    if line.room:
        room = known.rooms.get(text.fold(line.room))
        facts |= {"room_id": room.id, "capacity": room.capacity} if room else {"room_is_new": True}
    if line.teacher:
        lecturer = known.lecturers.get(text.fold(line.teacher.name))
        facts["teacher"] = vars(line.teacher)
        if lecturer:
            facts |= {"lecturer_id": lecturer.id, "unnamed": lecturer.unnamed}
        else:
            facts |= {
                "lecturer_is_new": True,
                "agency_id": known.agencies.get(text.fold(line.teacher.organisation)),
            }
    return facts


def _remarks(line: Line, klass: Klass, facts: Mapping[str, Any], mentioned: set[str]) -> tuple[str, ...]:
    notes = []
    day = line.day
    if day and (name := holiday(day)):
        notes.append(_("%(date)s is a public holiday: %(name)s.", date=day.strftime("%d/%m/%Y"), name=name))
    if day and _outside(day, klass):
        notes.append(_("The day is outside the dates of the class."))
    if facts.get("room_is_new") and _first(f"room {text.fold(line.room)}", mentioned):
        notes.append(_("The room “%(name)s” is new and will be added.", name=line.room))
    if facts.get("lecturer_is_new") and _first(str(line.teacher), mentioned):
        notes.append(_("“%(name)s” is new and will be added to the lecturers.", name=str(line.teacher)))
        if line.teacher and line.teacher.unnamed:
            notes.append(_("The agency still has to name the speaker."))
    if facts.get("capacity") and klass.capacity and facts["capacity"] < klass.capacity:
        notes.append(
            _(
                "The room has %(room)d seats, the class %(klass)d.",
                room=facts["capacity"],
                klass=klass.capacity,
            )
        )
    return tuple(str(note) for note in notes)


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
    if session.topic != facts["topic"]:
        changes.append(_("topic: “%(old)s” → “%(new)s”", old=session.topic, new=facts["topic"]))
    if "periods" in facts["given"] and session.periods != facts["periods"]:
        changes.append(_("periods: %(old)d → %(new)d", old=session.periods, new=facts["periods"]))
    nobody = _("nobody")
    if facts.get("lecturer_is_new") or (
        "lecturer" in facts["given"] and session.lecturer_id != facts["lecturer_id"]
    ):
        new = str(Teacher(**facts["teacher"])) if facts.get("teacher") else nobody
        changes.append(_("lecturer: %(old)s → %(new)s", old=session.lecturer or nobody, new=new))
    if facts.get("room_is_new") or ("room" in facts["given"] and session.room_id != facts["room_id"]):
        changes.append(
            _("room: %(old)s → %(new)s", old=session.room or _("none"), new=facts["room"] or _("none"))
        )
    return [str(change) for change in changes]


def _clashes(facts: Mapping[str, Any], starts_at: datetime, ends_at: datetime, busy: list[Busy]) -> list[str]:
    """Other classes that hold the lecturer or the room at that time. A warning: the officer decides."""
    clashes = []
    for other in busy:
        if not (other.starts_at < ends_at and starts_at < other.ends_at):
            continue
        if facts["lecturer_id"] and other.lecturer_id == facts["lecturer_id"] and not facts.get("unnamed"):
            clashes.append(_("The lecturer teaches class %(code)s at that time.", code=other.class_code))
        if facts["room_id"] and other.room_id == facts["room_id"]:
            clashes.append(_("Class %(code)s has the room at that time.", code=other.class_code))
    return [str(clash) for clash in clashes]


def _span(starts_at: datetime, ends_at: datetime) -> str:
    begin, end = clock.local(starts_at), clock.local(ends_at)
    return f"{begin:%d/%m/%Y %H:%M}–{end:%H:%M}"


def _shown(line: Line) -> dict[str, str]:
    day = f"{weekday_name(line.day)}, {line.day:%d/%m/%Y}" if line.day else line.written.get("date", "")
    hours = f"{line.starts:%H:%M}–{line.ends:%H:%M}" if line.starts and line.ends else ""
    return {
        "date": day,
        "part": hours or line.written.get("part", "") or line.written.get("time", ""),
        "topic": line.topic,
        "periods": line.written.get("periods", ""),
        "lecturer": str(line.teacher) if line.teacher else line.written.get("lecturer", ""),
        "room": line.room,
    }


# --- the file as a whole ---------------------------------------------------------------------------


def _untouched(judged: list[RowJudgement], known: Known) -> list[ClassSession]:
    """Sessions of the class that the file does not mention. They stay unless somebody says otherwise."""
    mentioned = {row.facts.get("session_id") for row in judged}
    return [session for session in known.sessions if session.id not in mentioned]


def _notes(grid: Grid, klass: Klass, facts: Mapping[str, Any]) -> tuple[str, ...]:
    notes = []
    title = next(
        (values.text(cell) for row in grid.rows[: facts["header_row"]] for cell in row if values.text(cell)),
        "",
    )
    if title and klass.code.lower() not in title.lower() and " lop " in f" {text.fold(title)} ":
        notes.append(_("The title of the file is “%(title)s”, the class is %(code)s. Check that it is the right file.", title=title[:120], code=klass.code))  # fmt: skip
    planned = klass.programme_version.periods
    if planned and facts["periods"] and planned != facts["periods"]:
        notes.append(_("The timetable has %(have)d periods, the programme %(planned)d.", have=facts["periods"], planned=planned))  # fmt: skip
    if grid.other_sheets:
        notes.append(
            _("Only the first sheet was read; not read: %(names)s.", names=", ".join(grid.other_sheets))
        )
    return tuple(str(note) for note in notes)


def _unique(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))


def _digest(judged: list[RowJudgement], facts: Mapping[str, Any]) -> str:
    """Changes when anything the preview promised changes."""
    plain = [[row.number, row.status.value, row.reason, row.facts] for row in judged]
    return hashlib.sha256(json.dumps([plain, facts], sort_keys=True, default=str).encode()).hexdigest()
