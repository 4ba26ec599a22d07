"""What is on record that the lines of a timetable are compared with, read in a constant number of queries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from peewee import JOIN

from courses import queries
from courses.models import ClassSession, Klass, Lecturer, Room
from courses.timetable.reading import Line
from lms import clock, text
from lms.people.models import Organisation
from lms.plugins import ask


@dataclass(frozen=True)
class Busy:
    """A session of another class that holds a lecturer or a room."""

    starts_at: datetime
    ends_at: datetime
    class_code: str
    lecturer_id: int | None
    room_id: int | None


@dataclass
class Known:
    """Everything on record that lines are compared with, read in a constant number of queries."""

    sessions: list[ClassSession]
    locks: Mapping[int, str]
    rooms: Mapping[str, Room]
    lecturers: Mapping[str, Lecturer]
    agencies: Mapping[str, int]
    busy: list[Busy]
    #: New rooms and lecturers already remarked upon; once is enough.
    mentioned: set[str] = field(default_factory=set)


def look_up(klass: Klass, lines: list[Line]) -> Known:
    lecturers: dict[str, Lecturer] = {}
    for lecturer in Lecturer.select().where(Lecturer.active).order_by(Lecturer.user.is_null(), Lecturer.id):
        lecturers.setdefault(lecturer.name_folded, lecturer)
    return Known(
        sessions=queries.sessions(klass),
        locks={lock.session_id: str(lock.reason) for lock in ask("session_locks", klass=klass)},
        rooms={room.name_folded: room for room in Room.select()},
        lecturers=lecturers,
        agencies=_agencies(lines),
        busy=_busy(klass, lines),
    )


def _agencies(lines: list[Line]) -> dict[str, int]:
    """Organisations that lines name as senders of speakers: folded name → id."""
    wanted = {
        text.fold(line.teacher.organisation) for line in lines if line.teacher and line.teacher.organisation
    }
    if not wanted:
        return {}
    rows = Organisation.select(Organisation.id, Organisation.name_folded).where(
        Organisation.valid_to.is_null()
    )
    found: dict[str, int] = {}
    for row in rows:
        for name in wanted:
            if row.name_folded == name or row.name_folded.startswith(f"{name} tinh"):
                found.setdefault(name, row.id)
    return found


def _busy(klass: Klass, lines: list[Line]) -> list[Busy]:
    days = [line.day for line in lines if line.day and not line.problems]
    if not days:
        return []
    begin = clock.from_local(datetime.combine(min(days), time.min))
    end = clock.from_local(datetime.combine(max(days), time.min)) + timedelta(days=1)
    rows = (
        ClassSession.select(
            ClassSession.starts_at, ClassSession.ends_at, Klass.code, ClassSession.lecturer, ClassSession.room
        )
        .join(Klass, JOIN.INNER)
        .where(
            ClassSession.klass != klass,
            ClassSession.cancelled_at.is_null(),
            Klass.state != "cancelled",
            ClassSession.starts_at < end,
            ClassSession.ends_at > begin,
        )
        .tuples()
    )
    return [Busy(*row) for row in rows]
