"""Scores of a class, for programs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, ClassVar

from flask_babel import lazy_gettext as _l

from courses.queries import certificate_rule, class_or_404
from lms.access import current_user
from lms.access.guard import acting_user
from lms.api import Api, said
from lms.errors import Invalid
from plugins.assessment import marks, queries, services
from plugins.assessment.services import Cell

api = Api("assessment", _l("Assessment"))
bp = api.blueprint


@dataclass(frozen=True)
class TestLine:
    __test__ = False  # not a test of this program
    answer: ClassVar[bool] = True

    id: int
    title: str
    kind: str
    scale_max: str
    required: bool
    weight: int
    held_on: date | None


@dataclass(frozen=True)
class ScoreLine:
    answer: ClassVar[bool] = True

    test_id: int
    membership_id: int
    attempt: int
    score: Annotated[str, said(_l("Written with a comma, like 7,5; empty when it was taken back"))]


@dataclass(frozen=True)
class Scores:
    answer: ClassVar[bool] = True

    tests: list[TestLine]
    scores: list[ScoreLine]


@dataclass(frozen=True)
class ScoreGiven:
    test_id: int
    membership_id: int
    score: Annotated[str, said(_l("Like 7,5 or 7.5; “-” takes a score back"), least=1, most=10)]
    attempt: Annotated[int, said(least=1, most=20)] = 1


@dataclass(frozen=True)
class ScoresGiven:
    scores: Annotated[
        list[ScoreGiven], said(_l("All are entered, or none when one is wrong"), least=1, most=2000)
    ]


@dataclass(frozen=True)
class ScoresEntered:
    answer: ClassVar[bool] = True

    new: int
    changed: int
    withdrawn: int
    same: int


@api.get("/classes/<int:class_id>/scores", "assessment.view", _l("Tests and scores of a class"))
def scores(class_id: int) -> Scores:
    klass = class_or_404(class_id, current_user)
    grid = queries.grid(klass, certificate_rule(klass))
    tests = [
        TestLine(
            one.id,
            one.title,
            one.kind,
            marks.write(one.scale_max),
            bool(one.required),
            one.weight,
            one.held_on,
        )
        for one in grid.tests
    ]
    found = [
        ScoreLine(test_id, membership_id, attempt, marks.write(points))
        for (test_id, membership_id), cell in sorted(grid.cells.items())
        for attempt, points in sorted(cell.points.items())
    ]
    return Scores(tests, found)


@api.post("/classes/<int:class_id>/scores", "assessment.enter", _l("Enter scores of a class"))
def enter_scores(class_id: int, body: ScoresGiven) -> ScoresEntered:
    klass = class_or_404(class_id, current_user)
    cells = [Cell(one.test_id, one.membership_id, one.attempt, one.score) for one in body.scores]
    entered = services.enter_scores(klass, cells, by=acting_user())
    if entered.wrong:
        wrong = {id(one.cell): one.message for one in entered.wrong}
        places = {place: wrong[id(cell)] for place, cell in enumerate(cells) if id(cell) in wrong}
        raise Invalid(fields={f"scores.{place}.score": sentence for place, sentence in places.items()})
    return ScoresEntered(*(entered.count(verdict) for verdict in ("new", "changed", "withdrawn", "same")))
