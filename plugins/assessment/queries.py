"""Reads of the scores of a class: tests, everybody's attempts, what was corrected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from flask_babel import gettext as _
from peewee import JOIN, fn

from courses.models import Klass, Membership
from courses.queries import class_or_404, learner_counts, learners
from courses.rules import CertificateRule
from lms import clock
from lms.access.models import User
from lms.errors import NotFound
from lms.people.models import Official
from plugins.assessment import marks
from plugins.assessment.models import Correction, Score, Test

#: Without a rule the grid still needs to know whom to offer a retake; it is a proposal of the page, no condition.
USUAL_SHARE = Decimal("0.5")


@dataclass(frozen=True)
class Attempts:
    """One learner's scores in one test, first attempt first."""

    test: Test
    membership_id: int
    points: dict[int, Decimal | None] = field(default_factory=dict)

    @property
    def last(self) -> int:
        """Number of the last attempt that has a score; 0 when there is none."""
        return max((number for number, points in self.points.items() if points is not None), default=0)

    @property
    def counting(self) -> Decimal | None:
        """The score that counts: the last attempt's."""
        return self.points.get(self.last)

    def passed(self, share: Decimal) -> bool | None:
        """Whether the counting score reaches the share of the scale; None without a score."""
        if self.counting is None:
            return None
        return marks.passed(self.counting, self.test.scale_max, share)


@dataclass(frozen=True)
class Grid:
    """The scores of a class as one table."""

    klass: Klass
    tests: tuple[Test, ...]
    memberships: tuple[Membership, ...]
    #: (test id, membership id) → attempts
    cells: dict[tuple[int, int], Attempts]
    #: Share of the scale a score must reach, and how many retakes there may be (None = no limit is on record).
    share: Decimal
    retakes: int | None

    def attempts(self, test: Test, membership: Membership | int) -> Attempts:
        number = membership if isinstance(membership, int) else int(membership.id)
        return self.cells.get((test.id, number)) or Attempts(test, number)

    def open_attempts(self, test: Test, membership: Membership) -> list[int]:
        """Which attempts may be typed: those with a score, and the next one when the last was failed."""
        found = self.attempts(test, membership)
        entered = sorted(number for number in found.points)
        if not entered or found.last == 0:
            return entered or [1]
        if found.passed(self.share) is False and self.retake_allowed(found.last):
            following = found.last + 1
            return entered if following in entered else [*entered, following]
        return entered

    def retake_allowed(self, last: int) -> bool:
        """Whether an attempt after `last` is allowed."""
        return self.retakes is None or last <= self.retakes

    def missing(self, test: Test) -> list[Membership]:
        """Learners without a score in a test."""
        return [one for one in self.memberships if self.attempts(test, one).counting is None]


def tests(klass: Klass) -> list[Test]:
    """The tests of a class that were not called off, by day."""
    query = Test.select().where(Test.klass == klass, Test.cancelled_at.is_null())
    return list(query.order_by(Test.held_on.is_null(), Test.held_on, Test.id))


def grid(klass: Klass, rule: CertificateRule | None, memberships: Sequence[Membership] | None = None) -> Grid:
    """Everybody's scores in three queries, however many learners."""
    people = tuple(memberships) if memberships is not None else tuple(learners(klass))
    planned = tuple(tests(klass))
    known = {test.id: test for test in planned}
    cells: dict[tuple[int, int], Attempts] = {}
    query = (
        Score.select(Score.test, Score.membership, Score.attempt, Score.points)
        .join(Test)
        .where(Test.klass == klass)
    )
    for test_id, membership_id, attempt, points in query.tuples():
        if test_id in known:
            cell = cells.setdefault((test_id, membership_id), Attempts(known[test_id], membership_id))
            cell.points[attempt] = points
    share = Decimal(str(rule.every_test_min)) if rule else USUAL_SHARE
    return Grid(klass, planned, people, cells, share, rule.retakes if rule else None)


def test_or_404(test_id: int, user: User | None = None) -> Test:
    """A test of a class in the user's scope. Raises NotFound."""
    found = Test.get_or_none(Test.id == test_id, Test.cancelled_at.is_null())
    if found is None:
        raise NotFound(_("There is no such test. It may have been called off."))
    class_or_404(found.klass_id, user)
    return found


def corrections(klass: Klass, *, limit: int = 50) -> list[Correction]:
    """The latest changes of scores, newest first."""
    return list(
        Correction.select(Correction, Score, Test, Membership, Official, User)
        .join(Score)
        .join(Test)
        .switch(Score)
        .join(Membership)
        .join(Official)
        .switch(Correction)
        .join(User, JOIN.LEFT_OUTER)
        .where(Test.klass == klass)
        .order_by(Correction.id.desc())
        .limit(limit)
    )


def missing_counts(classes: Sequence[Klass]) -> list[tuple[Klass, int]]:
    """Scores missing in required tests, class by class, in three queries; classes that lack nothing are left out.

    While a class is taught only tests already held count; under review all do, and 0 says that none is planned.
    """
    ids = [klass.id for klass in classes] or [-1]
    due = (Klass.state == "reviewing") | (Test.held_on <= clock.today())
    wanted = Klass.id.in_(ids) & Test.required & Test.cancelled_at.is_null() & due
    counted = Test.select(Test.klass, fn.COUNT(Test.id)).join(Klass).where(wanted).group_by(Test.klass)
    planned = dict(counted.tuples())
    pairs = (
        Score.select(Test.klass.alias("class_id"), Score.test, Score.membership)
        .join(Test)
        .join(Klass)
        .switch(Score)
        .join(Membership)
        .where(wanted, Score.points.is_null(False), Membership.left_at.is_null())
        .distinct()
    )
    each = pairs.c.class_id
    scored = dict(Score.select(each, fn.COUNT(each)).from_(pairs).group_by(each).tuples())
    learners = learner_counts(classes)
    found = []
    for klass in classes:
        tests_due = planned.get(klass.id, 0)
        missing = tests_due * learners.get(klass.id, 0) - scored.get(klass.id, 0)
        if missing or (klass.state == "reviewing" and not tests_due):
            found.append((klass, missing))
    return found


def has_scores(test: Test) -> bool:
    return Score.select().where(Score.test == test, Score.points.is_null(False)).exists()  # type: ignore[no-any-return]
