"""The scores of a class as a list that goes out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict

from courses.models import Klass
from courses.queries import class_or_404, learners_for
from lms.access.models import User
from lms.importing.columns import ListColumn
from lms.importing.kinds import ListKind, list_kind
from lms.people.models import Official
from lms.people.queries import birth_of
from plugins.assessment import queries
from plugins.assessment.models import Test

_COLUMNS = (
    ListColumn("code", _l("Staff code"), type="code", value=lambda line: line.official.code),
    ListColumn("name", _l("Full name"), value=lambda line: line.official.full_name),
    ListColumn("birth", _l("Birth date"), type="birth", value=lambda line: birth_of(line.official)),
    ListColumn("organisation", _l("Organisation"), value=lambda line: line.official.organisation.name),
    ListColumn("test", _l("Test"), value=lambda line: line.test.title),
    ListColumn("held_on", _l("Held on"), type="date", value=lambda line: line.test.held_on),
    ListColumn("attempt", _l("Attempt"), type="whole", value=lambda line: line.attempt),
    ListColumn("points", _l("Score"), type="number", value=lambda line: line.points),
)


@dataclass(frozen=True)
class _Line:
    """One learner's score in one attempt; without a score the attempt is empty."""

    official: Official
    test: Test
    attempt: int | None = None
    points: Decimal | None = None


@list_kind
class ScoreList(ListKind):
    """Every learner's score in every test, one row an attempt."""

    key = "assessment.scores"
    title = _l("Scores")
    view_permission = "assessment.view"

    def columns(self) -> Sequence[ListColumn]:
        return _COLUMNS

    def target_or_404(self, target: int | None, user: User) -> Klass:
        return class_or_404(target or 0, user)

    def export(self, user: User, arguments: MultiDict[str, str], target: Klass) -> Iterable[_Line]:
        grid = queries.grid(target, None, learners_for(target, user))
        for test in grid.tests:
            for member in grid.memberships:
                points = grid.attempts(test, member).points
                if not points:
                    yield _Line(member.official, test)
                for attempt in sorted(points):
                    yield _Line(member.official, test, attempt, points[attempt])

    def filename(self, target: Klass) -> str:
        return f"diem-{target.code}"
