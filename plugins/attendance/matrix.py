"""Everything about a whole class: person × session, totals, and how each session's roll stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction

from courses.models import ClassSession, Klass, Membership
from courses.queries import learners, sessions
from lms import clock
from plugins.attendance.models import MakeUp, Mark, Roll
from plugins.attendance.queries import belongs, numbers, started_at
from plugins.attendance.statuses import Counts, attended, count


@dataclass(frozen=True)
class Cell:
    """One learner in one session. `expected` is False before joining and after leaving."""

    session: ClassSession
    status: str | None
    minutes_late: int | None = None
    reason: str = ""
    expected: bool = True
    made_up: bool = False

    @property
    def credited(self) -> bool:
        """Attended, or missed and made up."""
        return attended(self.status) or (self.status is not None and self.made_up)


@dataclass(frozen=True)
class Line:
    """One learner across the sessions of the class."""

    membership: Membership
    number: int | None
    cells: tuple[Cell, ...]

    @property
    def counted(self) -> list[Cell]:
        """Cells that count: expected, required, with a mark on a confirmed or locked roll."""
        return [
            cell for cell in self.cells if cell.expected and cell.session.required and cell.status is not None
        ]

    @property
    def counts(self) -> Counts:
        return count(cell.status for cell in self.counted)

    @property
    def share(self) -> Fraction | None:
        """Credited periods over periods held, for this learner; None before the first roll."""
        held = sum(_weight(cell.session) for cell in self.counted)
        if not held:
            return None
        return Fraction(sum(_weight(cell.session) for cell in self.counted if cell.credited), held)


@dataclass(frozen=True)
class Column:
    """One session of the class and its roll."""

    session: ClassSession
    roll: Roll | None
    counts: Counts

    @property
    def state(self) -> str:
        """``cancelled``, ``future``, ``missing``, ``open``, ``confirmed`` or ``locked``."""
        if self.session.cancelled_at:
            return "cancelled"
        if self.roll and self.roll.state != "open":
            return self.roll.state
        if self.session.starts_at > clock.now():
            return "future"
        return "open" if self.roll else "missing"


@dataclass(frozen=True)
class Sheet:
    """The attendance of a class as one table."""

    klass: Klass
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    #: Required sessions that were held but have no confirmed roll.
    unrolled: tuple[ClassSession, ...] = field(default=())

    @property
    def held(self) -> list[Column]:
        return [column for column in self.columns if column.state not in ("cancelled", "future")]

    @property
    def unlocked(self) -> list[Column]:
        return [column for column in self.held if column.state != "locked"]

    @property
    def ready_to_lock(self) -> list[Column]:
        return [column for column in self.held if column.state == "confirmed"]

    @property
    def share(self) -> Fraction | None:
        """Credited share of all learners together."""
        cells = [cell for line in self.lines for cell in line.counted]
        held = sum(_weight(cell.session) for cell in cells)
        return Fraction(sum(_weight(cell.session) for cell in cells if cell.credited), held) if held else None


def _weight(session: ClassSession) -> int:
    """Periods of a session; one where the timetable did not say."""
    return int(session.periods) or 1


def sheet(klass: Klass, memberships: Sequence[Membership] | None = None) -> Sheet:
    """The whole class in six queries, however many learners. `memberships`: only these (with official loaded)."""
    everybody = list(memberships) if memberships is not None else learners(klass, left=True)
    timetable = sessions(klass, cancelled=True)
    rolls = {
        roll.session_id: roll for roll in Roll.select().join(ClassSession).where(ClassSession.klass == klass)
    }
    said = {roll.session_id for roll in rolls.values() if roll.confirmed_at or roll.locked_at}
    marked = _marks(klass, said)
    made_up = _made_up(klass)
    places, started = numbers(everybody), started_at(klass)
    lines = tuple(
        Line(
            one,
            places.get(one.id),
            tuple(_cell(one, session, started, marked, made_up) for session in timetable),
        )
        for one in everybody
    )
    columns = tuple(
        Column(
            session,
            rolls.get(session.id),
            count(line.cells[i].status for line in lines if line.cells[i].expected),
        )
        for i, session in enumerate(timetable)
    )
    unrolled = tuple(
        one.session for one in columns if one.state in ("missing", "open") and one.session.required
    )
    return Sheet(klass, columns, lines, unrolled)


def _marks(klass: Klass, said: set[int]) -> dict[tuple[int, int], Mark]:
    query = (
        Mark.select(Mark.session, Mark.membership, Mark.status, Mark.minutes_late, Mark.reason)
        .join(ClassSession)
        .where(ClassSession.klass == klass)
    )
    return {(mark.session_id, mark.membership_id): mark for mark in query if mark.session_id in said}


def _made_up(klass: Klass) -> set[tuple[int, int]]:
    query = (
        MakeUp.select(MakeUp.session, MakeUp.membership)
        .join(ClassSession)
        .where(ClassSession.klass == klass, MakeUp.withdrawn_at.is_null())
        .tuples()
    )
    return set(query)


def _cell(
    membership: Membership,
    session: ClassSession,
    started: datetime,
    marked: dict[tuple[int, int], Mark],
    made_up: set[tuple[int, int]],
) -> Cell:
    key = (session.id, membership.id)
    mark = marked.get(key)
    return Cell(
        session=session,
        status=mark.status if mark else None,
        minutes_late=mark.minutes_late if mark else None,
        reason=mark.reason if mark else "",
        expected=not session.cancelled_at and (mark is not None or belongs(membership, session, started)),
        made_up=key in made_up,
    )


def week_shares(found: Sheet) -> tuple[float, ...]:
    """Share in the room per rolled session, oldest first: the small chart of the tile."""
    rolled = [column.counts for column in found.columns if column.state in ("confirmed", "locked")]
    return tuple(one.in_room / one.total for one in rolled if one.total)
