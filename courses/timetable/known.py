"""What is on record that the lines of a timetable are compared with, read in a constant number of queries."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property

from peewee import JOIN, fn

from courses.models import ClassSession, Klass, Lecturer, Membership, Room
from courses.timetable.reading import Line, Times
from courses.timetable.teachers import Teacher
from lms import clock, text
from lms.people.models import Organisation
from lms.plugins import ask


@dataclass(frozen=True)
class Busy:
    """A session of another class at a time when lecturer, room and learners may be wanted here."""

    starts_at: datetime
    ends_at: datetime
    klass_id: int
    class_code: str
    lecturer_id: int | None
    room_id: int | None


@dataclass
class Lecturers:
    """Lecturers on record by their name, and by their name with its title."""

    by_name: dict[str, Lecturer] = field(default_factory=dict)
    by_full_name: dict[str, Lecturer] = field(default_factory=dict)

    def find(self, teacher: Teacher) -> Lecturer | None:
        """Who is meant: the name as it stands with its title comes first."""
        return self.by_full_name.get(text.fold(str(teacher))) or self.by_name.get(text.fold(teacher.name))


@dataclass
class Known:
    """Everything on record that lines are compared with."""

    klass: Klass
    sessions: list[ClassSession]
    locks: Mapping[int, str]
    rooms: Mapping[str, Room]
    lecturers: Lecturers
    agencies: Mapping[str, int]
    busy: Mapping[date, list[Busy]]
    #: How many learners of this class are in another one: class id → learners.
    shared: Mapping[int, int]
    #: Which session a row speaks of: row number → session.
    pairs: dict[int, ClassSession] = field(default_factory=dict)
    #: Sessions of the class that stay as they are, by day: no row that will be written speaks of them.
    staying: dict[date, list[ClassSession]] = field(default_factory=dict)
    #: Times that earlier rows of the file have, by day.
    taken: dict[date, dict[int, Times]] = field(default_factory=dict)
    #: New rooms and lecturers already remarked upon; once is enough.
    mentioned: set[str] = field(default_factory=set)

    @cached_property
    def missing(self) -> dict[int, ClassSession]:
        """Sessions of the class that the file does not mention and no plugin holds as they are."""
        mentioned = {session.id for session in self.pairs.values()}
        return {one.id: one for one in self.sessions if one.id not in mentioned and one.id not in self.locks}


def lecturers_of(sessions: Iterable[ClassSession]) -> Lecturers:
    """Those who teach now, and those of these sessions; of two with one name, the one with an account."""
    found = Lecturers()
    rows = Lecturer.select().where(Lecturer.active).order_by(Lecturer.user.is_null(), Lecturer.id)
    for one in [*rows, *(session.lecturer for session in sessions if session.lecturer_id)]:
        found.by_full_name.setdefault(text.fold(str(one)), one)
        if one.active:
            found.by_name.setdefault(one.name_folded, one)
    return found


def look_up(
    klass: Klass,
    sessions: list[ClassSession],
    lecturers: Lecturers,
    lines: Sequence[Line],
    left_out: Collection[int],
) -> Known:
    """What lines are compared with; rows `left_out` by a person speak of a session and change nothing."""
    busy = _busy(klass, lines)
    known = Known(
        klass,
        sessions=sessions,
        locks={lock.session_id: str(lock.reason) for lock in ask("session_locks", klass=klass)},
        rooms={room.name_folded: room for room in Room.select()},
        lecturers=lecturers,
        agencies=_agencies(lines),
        busy=_by_day(busy),
        shared=_shared(klass, {one.klass_id for one in busy}),
    )
    firm = [line for line in lines if not line.problems and line.number not in left_out]
    loose = [line for line in lines if line.problems or line.number in left_out]
    known.pairs = _pair(firm, loose, sessions)
    written = {known.pairs[line.number].id for line in firm if line.number in known.pairs}
    for session in sessions:
        if session.id not in written:
            known.staying.setdefault(day_of(session.starts_at), []).append(session)
    return known


def day_of(moment: datetime) -> date:
    """The local day of a moment (naive UTC)."""
    return clock.local(moment).date()


def _pair(firm: list[Line], loose: list[Line], sessions: list[ClassSession]) -> dict[int, ClassSession]:
    """Which session a line speaks of: the one that starts then, else one that overlaps and nobody else claims.

    Rows that will not be written (`loose`) come last: they only say that a session is not missing.
    """
    free = list(sessions)
    pairs: dict[int, ClassSession] = {}
    fitting: tuple[Callable[[Line, ClassSession], bool], ...] = (_starts_then, _overlaps)
    for lines in (firm, loose):
        for fits in fitting:
            for line in lines:
                if line.times is None or line.number in pairs:
                    continue
                found = next((session for session in free if fits(line, session)), None)
                if found is not None:
                    pairs[line.number] = found
                    free.remove(found)
    return pairs


def _starts_then(line: Line, session: ClassSession) -> bool:
    if line.skipped and line.topic != session.topic:
        return False  # a day off on the day of another session
    return line.times is not None and line.times[0] == session.starts_at


def _overlaps(line: Line, session: ClassSession) -> bool:
    if line.times is None or line.skipped:
        return False
    begin, end = line.times
    return bool(session.starts_at < end and begin < session.ends_at)


def _agencies(lines: Iterable[Line]) -> dict[str, int]:
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


def _busy(klass: Klass, lines: Iterable[Line]) -> list[Busy]:
    days = [line.day for line in lines if line.day and not line.problems]
    if not days:
        return []
    begin = clock.from_local(datetime.combine(min(days), time.min))
    end = clock.from_local(datetime.combine(max(days), time.min)) + timedelta(days=1)
    rows = (
        ClassSession.select(
            ClassSession.starts_at,
            ClassSession.ends_at,
            ClassSession.klass,
            Klass.code,
            ClassSession.lecturer,
            ClassSession.room,
        )
        .join(Klass, JOIN.INNER)
        .where(
            ClassSession.klass != klass,
            ClassSession.cancelled_at.is_null(),
            Klass.state != "cancelled",
            ClassSession.starts_at < end,
            ClassSession.ends_at > begin,
        )
        .order_by(ClassSession.starts_at, ClassSession.id)
        .tuples()
    )
    return [Busy(*row) for row in rows]


def _by_day(busy: Iterable[Busy]) -> dict[date, list[Busy]]:
    days: dict[date, list[Busy]] = {}
    for one in busy:
        days.setdefault(day_of(one.starts_at), []).append(one)
    return days


def _shared(klass: Klass, others: Collection[int]) -> dict[int, int]:
    """Learners of this class who are in other classes now: class id → how many."""
    if not others:
        return {}
    here = Membership.select(Membership.official).where(
        Membership.klass == klass, Membership.left_at.is_null()
    )
    query = (
        Membership.select(Membership.klass, fn.COUNT(Membership.id))
        .where(
            Membership.klass.in_(sorted(others)),
            Membership.left_at.is_null(),
            Membership.official.in_(here),
        )
        .group_by(Membership.klass)
    )
    return dict(query.tuples())
