"""Everything about taking a roll: marks, confirmation, and taking the confirmation back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from flask_babel import gettext as _
from peewee import EXCLUDED

from courses.models import ClassSession
from courses.queries import learners
from lms import audit, clock
from lms.access.models import User
from lms.db import atomic
from lms.errors import Invalid
from lms.events import publish
from plugins.attendance import queries
from plugins.attendance.errors import (
    AlreadyLocked,
    ClassNotRunning,
    RollNotOpenYet,
    SessionCancelled,
    UndoOver,
)
from plugins.attendance.events import RollConfirmed, RollReopened
from plugins.attendance.models import Mark, Roll, Submission
from plugins.attendance.queries import RollRow
from plugins.attendance.statuses import CYCLE, LATE, PRESENT, Counts, count

LONGEST_REASON = 200
MOST_MINUTES = 600


@dataclass(frozen=True)
class Given:
    """What was said about one learner. `seen` is the status the page had shown ("" = none yet, None = not known)."""

    membership_id: int
    status: str
    minutes_late: int | None = None
    reason: str = ""
    seen: str | None = None

    @property
    def touched(self) -> bool:
        """Whether the person changed it, as far as can be known."""
        return self.seen is None or self.status != (self.seen or PRESENT)


@dataclass(frozen=True)
class Confirmed:
    """What a confirmation did; also what a second arrival of the same sending is told."""

    present: int
    late: int
    excused: int
    absent: int
    #: Learners who joined after the page was opened and have no mark yet.
    unmarked: list[str] = field(default_factory=list)
    #: Learners whom somebody else had marked differently meanwhile; this sending's word stands.
    replaced: list[str] = field(default_factory=list)
    #: Learners who left the session's roll meanwhile.
    skipped: list[str] = field(default_factory=list)

    @property
    def in_room(self) -> int:
        return self.present + self.late

    @property
    def away(self) -> int:
        return self.absent + self.excused


@atomic
def mark(session: ClassSession, given: Iterable[Given], *, by: User | None, through: str = "") -> Counts:
    """Write marks without confirming the roll; learners not named stay as they are. Returns the counts of the roll.

    Raises RollNotOpenYet, SessionCancelled, ClassNotRunning, AlreadyLocked, Invalid.
    """
    check_open(session)
    roll = _held(session, by)
    _must_be_unlocked(roll)
    rows = queries.roll_rows(session)
    decided = _decide(session, rows, list(given))
    _write(session, decided.marks, by)
    audit.record(by, "attendance.mark", session, marks=len(decided.marks), **_path(through))
    return _counts_after(rows, decided.marks)


@atomic
def confirm_roll(
    session: ClassSession, given: Iterable[Given], *, by: User | None, nonce: str, through: str = ""
) -> Confirmed:
    """Say who was in the room. The same nonce again changes nothing and gets the same answer.

    Two people at once: what only one of them touched stays as that one said; what both touched is the later
    one's, and is listed in `replaced`. Until the lock a roll can be confirmed again.
    Raises RollNotOpenYet, SessionCancelled, ClassNotRunning, AlreadyLocked, Invalid.
    """
    roll = _held(session, by)
    if answered := _answer_given(session, nonce):
        return answered
    check_open(session)
    _must_be_unlocked(roll)
    rows = queries.roll_rows(session)
    decided = _decide(session, rows, list(given))
    _write(session, decided.marks, by)
    _confirm(roll, by, through)
    result = _summary(rows, decided)
    Submission.create(session=session, nonce=nonce, by=by, through=through, result=asdict(result))
    audit.record(
        by, "attendance.confirm", session, in_room=result.in_room, away=result.away, **_path(through)
    )
    publish(RollConfirmed(session_id=session.id))
    return result


@atomic
def undo_confirm(session: ClassSession, *, by: User | None, through: str = "") -> None:
    """Take a confirmation back within its minutes; the marks stay, to be corrected and confirmed again.

    Raises UndoOver and AlreadyLocked.
    """
    roll = _locked_row(session)
    if roll is None or roll.confirmed_at is None:
        return
    _must_be_unlocked(roll)
    if not queries.can_undo(roll):
        raise UndoOver(
            _("The time to undo is over. Correct the roll and confirm it again, or ask the academic officer.")
        )
    Roll.update(confirmed_at=None, confirmed_by=None, confirmed_through="").where(
        Roll.id == roll.id
    ).execute()
    audit.record(by, "attendance.undo", session, confirmed_at=roll.confirmed_at.isoformat(), **_path(through))
    publish(RollReopened(session_id=session.id))


def check_open(session: ClassSession) -> None:
    """Raise unless the roll of this session can be taken now, lock aside."""
    if session.cancelled_at is not None:
        raise SessionCancelled(_("This session was cancelled, so it has no roll."))
    if session.klass.state not in ("enrolling", "running", "reviewing"):
        raise ClassNotRunning(_("The class is not running. Rolls can be taken while it runs or is reviewed."))
    opens = queries.opens_at(session)
    if clock.now() < opens:
        raise RollNotOpenYet(
            _(
                "The roll of this session opens at %(time)s.",
                time=clock.local(opens).strftime("%H:%M, %d/%m/%Y"),
            ),
            opens_at=opens.isoformat(),
        )


@dataclass(frozen=True)
class _Decided:
    marks: list[tuple[RollRow, Given]]
    replaced: list[str]
    skipped: list[str]


def _held(session: ClassSession, by: User | None) -> Roll:
    """The session's roll, made when new, its row held until the end of the transaction: two sendings take turns."""
    Roll.insert(session=session, opened_by=by, opened_at=clock.now()).on_conflict(
        conflict_target=[Roll.session], update={Roll.session: EXCLUDED.session_id}
    ).execute()
    return Roll.get(Roll.session == session)


def _locked_row(session: ClassSession) -> Roll | None:
    Roll.update(session=session).where(Roll.session == session).execute()  # holds the row, as an insert would
    return Roll.get_or_none(Roll.session == session)


def _must_be_unlocked(roll: Roll) -> None:
    if roll.locked_at is not None:
        raise AlreadyLocked(_("The roll is locked. Ask the academic officer to amend it, with a reason."))


def _answer_given(session: ClassSession, nonce: str) -> Confirmed | None:
    known = Submission.get_or_none(Submission.session == session, Submission.nonce == nonce)
    return Confirmed(**known.result) if known and known.result else None


def _decide(session: ClassSession, rows: Sequence[RollRow], given: Sequence[Given]) -> _Decided:
    """Which marks to write: what is new or touched. An untouched row never overwrites another person's mark."""
    known = {row.membership_id: row for row in rows}
    strangers = [one.membership_id for one in given if one.membership_id not in known]
    decided = _Decided([], [], _names_of_gone(session, strangers))
    for one in given:
        row = known.get(one.membership_id)
        if row is None:
            continue
        _check(one, row)
        if not _changes(one, row):
            continue
        decided.marks.append((row, one))
        if (
            row.status is not None
            and one.touched
            and one.seen is not None
            and row.status not in (one.seen, one.status)
        ):
            decided.replaced.append(row.name)
    return decided


def _changes(one: Given, row: RollRow) -> bool:
    if row.status is None:
        return True
    if one.status != row.status:
        return one.touched
    minutes = one.minutes_late if one.minutes_late is not None else row.minutes_late
    return minutes != row.minutes_late or (one.reason or row.reason) != row.reason


def _check(one: Given, row: RollRow) -> None:
    if one.status not in CYCLE:
        raise Invalid(_("Choose present, late, excused or absent for %(name)s.", name=row.name))
    if one.minutes_late is not None and not 0 <= one.minutes_late <= MOST_MINUTES:
        raise Invalid(_("Minutes late of %(name)s must be between 0 and 600.", name=row.name))
    if len(one.reason) > LONGEST_REASON:
        raise Invalid(_("The note on %(name)s is too long; keep it under 200 characters.", name=row.name))


def _names_of_gone(session: ClassSession, membership_ids: Sequence[int]) -> list[str]:
    """Names of learners of the class who are no longer on this roll. Raises Invalid for people of other classes."""
    if not membership_ids:
        return []
    names = {one.id: one.official.full_name for one in learners(session.klass, left=True)}
    if any(one not in names for one in membership_ids):
        raise Invalid(
            _("The list of learners has changed. Open the roll again; your choices are kept on this device.")
        )
    return [names[one] for one in membership_ids]


def _write(session: ClassSession, marks: Sequence[tuple[RollRow, Given]], by: User | None) -> None:
    """All marks in one statement: new ones are added, known ones replaced."""
    if not marks:
        return
    moment = clock.now()
    rows = [
        {
            "session": session.id,
            "membership": one.membership_id,
            "status": one.status,
            "minutes_late": _minutes(one, row),
            "reason": one.reason or (row.reason if one.status == row.status else ""),
            "source": "roll",
            "marked_at": moment,
            "marked_by": by.id if by else None,
        }
        for row, one in marks
    ]
    columns = (Mark.status, Mark.minutes_late, Mark.reason, Mark.source, Mark.marked_at, Mark.marked_by)
    Mark.insert_many(rows).on_conflict(
        conflict_target=[Mark.session, Mark.membership], preserve=list(columns)
    ).execute()


def _minutes(one: Given, row: RollRow) -> int | None:
    if one.status != LATE:
        return None
    return (
        one.minutes_late
        if one.minutes_late is not None
        else (row.minutes_late if row.status == LATE else None)
    )


def _confirm(roll: Roll, by: User | None, through: str) -> None:
    Roll.update(confirmed_at=clock.now(), confirmed_by=by, confirmed_through=through).where(
        Roll.id == roll.id
    ).execute()


def _counts_after(rows: Sequence[RollRow], marks: Sequence[tuple[RollRow, Given]]) -> Counts:
    new = {row.membership_id: one.status for row, one in marks}
    return count(new.get(row.membership_id, row.status) for row in rows)


def _summary(rows: Sequence[RollRow], decided: _Decided) -> Confirmed:
    after = _counts_after(rows, decided.marks)
    said = {row.membership_id for row, _one in decided.marks}
    return Confirmed(
        present=after.present,
        late=after.late,
        excused=after.excused,
        absent=after.absent,
        unmarked=[row.name for row in rows if row.status is None and row.membership_id not in said],
        replaced=decided.replaced,
        skipped=decided.skipped,
    )


def _path(through: str) -> dict[str, Any]:
    return {"through": through} if through else {}
