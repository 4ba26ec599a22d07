"""Everything about entering scores: judged cell by cell, then written together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from flask_babel import gettext as _

from courses.models import Klass, Membership
from courses.queries import certificate_rule
from lms import audit, clock
from lms.access.models import User
from lms.db import atomic, lock
from lms.errors import Invalid
from lms.events import publish
from plugins.assessment import marks, queries
from plugins.assessment.errors import NoRetake
from plugins.assessment.events import ScoresEntered
from plugins.assessment.models import Correction, Score, Test
from plugins.assessment.queries import Grid
from plugins.assessment.services.planning import must_take_scores


@dataclass(frozen=True)
class Cell:
    """One typed score. `seen` is what the page had shown; None when that is not known."""

    test_id: int
    membership_id: int
    attempt: int
    typed: str
    seen: str | None = None

    @property
    def key(self) -> tuple[int, int, int]:
        return (self.test_id, self.membership_id, self.attempt)


@dataclass(frozen=True)
class Judged:
    """What a typed score would do: ``new``, ``changed``, ``withdrawn``, ``same``, ``kept`` (blank) or ``wrong``."""

    cell: Cell
    verdict: str
    points: Decimal | None = None
    message: str = ""

    @property
    def writes(self) -> bool:
        return self.verdict in ("new", "changed", "withdrawn")


@dataclass(frozen=True)
class Entered:
    """What an entry did, or would do when something is wrong (then nothing is written)."""

    judged: list[Judged] = field(default_factory=list)

    @property
    def wrong(self) -> list[Judged]:
        return [one for one in self.judged if one.verdict == "wrong"]

    def count(self, verdict: str) -> int:
        return sum(1 for one in self.judged if one.verdict == verdict)


def judge(grid: Grid, cells: Iterable[Cell]) -> Entered:
    """Say of every typed score what it would do; nothing is written."""
    tests = {test.id: test for test in grid.tests}
    people = {one.id: one for one in grid.memberships}
    return Entered(
        [_judge(grid, tests.get(one.test_id), people.get(one.membership_id), one) for one in cells]
    )


@atomic
def enter_scores(klass: Klass, cells: Sequence[Cell], *, by: User | None) -> Entered:
    """Enter scores of a class: all of them, or none when one is wrong (see `wrong` of the answer).

    A blank cell keeps what is there; a new attempt is a new row; a changed score leaves a correction.
    Raises ClassNotRunning.
    """
    klass = _held(klass)
    must_take_scores(klass)
    grid = queries.grid(klass, certificate_rule(klass))
    entered = judge(grid, cells)
    if entered.wrong:
        return entered
    written = [one for one in entered.judged if one.writes]
    if not written:
        return entered
    _write(written, by)
    audit.record(
        by, "assessment.scores", klass,
        new=entered.count("new"), changed=entered.count("changed"), withdrawn=entered.count("withdrawn"),
    )  # fmt: skip
    publish(ScoresEntered(class_id=klass.id))
    return entered


@atomic
def record_retake(test: Test, membership: Membership, typed: str, *, by: User | None) -> Score:
    """Record the next attempt of one learner; earlier attempts stay as they are.

    Raises NoRetake (nothing to repeat, passed already, or no attempt left), ClassNotRunning, Invalid.
    """
    klass = _held(test.klass)
    must_take_scores(klass)
    grid = queries.grid(klass, certificate_rule(klass))
    known = grid.attempts(test, membership)
    if known.last == 0:
        raise NoRetake(_("There is no first score yet, so nothing to repeat."))
    if known.passed(grid.share):
        raise NoRetake(_("The test is passed; it is not repeated."))
    if not grid.retake_allowed(known.last):
        raise NoRetake(_no_more(grid))
    points = marks.read(typed, test.scale_max)
    if points is None:
        raise Invalid(_("Write the score of the retake, like 7,5."))
    score = Score.create(
        test=test, membership=membership, attempt=known.last + 1, points=points, entered_by=by, at=clock.now()
    )
    audit.record(by, "assessment.retake", test, membership=membership.id, attempt=score.attempt)
    publish(ScoresEntered(class_id=klass.id))
    return score


def _held(klass: Klass) -> Klass:
    """The class's row, held until the end of the transaction, so that two entries come one after the other."""
    return lock(klass)


def _judge(grid: Grid, test: Test | None, person: Membership | None, cell: Cell) -> Judged:
    typed = cell.typed.strip()
    if test is None or person is None:
        return Judged(
            cell, "wrong", message=_("This test or learner is no longer in the class. Reload the page.")
        )
    if not typed:
        return Judged(cell, "kept")
    known = grid.attempts(test, person)
    stored = known.points.get(cell.attempt)
    if cell.seen is not None and typed == cell.seen:
        return Judged(cell, "same", stored)
    try:
        points = marks.read(typed, test.scale_max)
    except Invalid as wrong:
        return Judged(cell, "wrong", message=str(wrong))
    if marks.same(points, stored):
        return Judged(cell, "same", stored)
    if problem := _attempt_problem(grid, test, person, cell, points):
        return Judged(cell, "wrong", points, problem)
    if cell.seen is not None and cell.seen != marks.write(stored):
        shown = marks.write(stored) or _("nothing")
        return Judged(
            cell,
            "wrong",
            points,
            _(
                "Somebody else entered %(points)s meanwhile. Save again to put yours in its place.",
                points=shown,
            ),
        )
    if points is None:
        return Judged(cell, "withdrawn")
    return Judged(cell, "new" if stored is None else "changed", points)


def _attempt_problem(grid: Grid, test: Test, person: Membership, cell: Cell, points: Decimal | None) -> str:
    known = grid.attempts(test, person)
    if cell.attempt == 1 or cell.attempt in known.points:
        if points is None and known.points.get(cell.attempt + 1) is not None:
            return _("There is a later attempt; take that one back first.")
        return ""
    if points is None:
        return _("There is no score to take back.")
    if cell.attempt != known.last + 1 or known.last == 0:
        return _("Attempt %(number)s comes after the one before it.", number=cell.attempt)
    if known.passed(grid.share):
        return _("The test is passed; it is not repeated.")
    return "" if grid.retake_allowed(known.last) else _no_more(grid)


def _no_more(grid: Grid) -> str:
    return _("The rule allows %(count)s retake; it was used.", count=grid.retakes)


def _write(written: Sequence[Judged], by: User | None) -> None:
    """All scores in one upsert, then one row of correction for each that was there before."""
    keys = {one.cell.key for one in written}
    tests = {one.cell.test_id for one in written}
    before = {
        (row.test_id, row.membership_id, row.attempt): row
        for row in Score.select().where(Score.test.in_(sorted(tests)))
        if (row.test_id, row.membership_id, row.attempt) in keys
    }
    moment, by_id = clock.now(), by.id if by else None
    rows = [
        {
            "test": one.cell.test_id,
            "membership": one.cell.membership_id,
            "attempt": one.cell.attempt,
            "points": one.points,
            "entered_by": by_id,
            "at": moment,
        }
        for one in written
    ]
    Score.insert_many(rows).on_conflict(
        conflict_target=[Score.test, Score.membership, Score.attempt],
        preserve=[Score.points, Score.entered_by, Score.at],
    ).execute()
    changes = [
        {
            "score": before[one.cell.key].id,
            "old_points": before[one.cell.key].points,
            "new_points": one.points,
            "by": by_id,
            "at": moment,
        }
        for one in written
        if one.cell.key in before
    ]
    if changes:
        Correction.insert_many(changes).execute()
