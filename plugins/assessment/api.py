"""Scores of a class, for programs."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from flask_babel import lazy_gettext as _l

from courses.queries import certificate_rule, class_or_404
from lms.access import current_user
from lms.access.guard import acting_user
from lms.api import Api, answer, filled, said, sent
from lms.errors import Invalid
from plugins.assessment import marks, queries, services
from plugins.assessment.services import Cell

api = Api("assessment", _l("Assessment"))
bp = api.blueprint


@answer
class TestLine:
    __test__ = False  # not a test of this program
    id: int
    title: str
    kind: str
    scale_max: str
    required: bool
    weight: int
    held_on: date | None


@answer
class ScoreLine:
    test_id: int
    membership_id: int
    attempt: int
    score: Annotated[str, said(_l("Written with a comma, like 7,5; empty when it was taken back"))]


@answer
class Scores:
    tests: list[TestLine]
    scores: list[ScoreLine]


@sent
class ScoreGiven:
    test_id: int
    membership_id: int
    score: Annotated[str, said(_l("Like 7,5 or 7.5; “-” takes a score back"), least=1, most=10)]
    attempt: Annotated[int, said(least=1, most=20)] = 1


@sent
class ScoresGiven:
    scores: Annotated[
        list[ScoreGiven], said(_l("All are entered, or none when one is wrong"), least=1, most=2000)
    ]


@answer
class ScoresEntered:
    new: int
    changed: int
    withdrawn: int
    same: int


@api.get("/classes/<int:class_id>/scores", "assessment.view", _l("Tests and scores of a class"))
def scores(class_id: int) -> Scores:
    klass = class_or_404(class_id, current_user)
    grid = queries.grid(klass, certificate_rule(klass))
    tests = [
        filled(TestLine, one, scale_max=marks.write(one.scale_max), required=bool(one.required))
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
    cells = [filled(Cell, one, typed=one.score, seen=None) for one in body.scores]
    entered = services.enter_scores(klass, cells, by=acting_user())
    if entered.wrong:
        places = {id(cell): place for place, cell in enumerate(cells)}
        raise Invalid(fields={f"scores.{places[id(one.cell)]}.score": one.message for one in entered.wrong})
    return ScoresEntered(*(entered.count(verdict) for verdict in ("new", "changed", "withdrawn", "same")))
