"""A class with tests, as these tests need it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from courses.models import Klass, Membership, Programme
from courses.queries import learners
from lms.access.models import User
from plugins.assessment import services
from plugins.assessment.models import Test
from plugins.assessment.services import Cell


@dataclass
class School:
    """A class with two required tests on a scale of 10, its lecturer and an academic officer."""

    klass: Klass
    learners: list[Membership]
    tests: list[Test]
    lecturer: User
    officer: User

    def cell(
        self, person: int, typed: str, *, test: int = 0, attempt: int = 1, seen: str | None = None
    ) -> Cell:
        return Cell(self.tests[test].id, self.learners[person].id, attempt, typed, seen)

    def enter(self, *cells: Cell) -> Any:
        return services.enter_scores(self.klass, list(cells), by=self.officer)


@pytest.fixture
def school(make: Any) -> School:
    return a_school(make)


def a_school(
    make: Any, *, people: int = 3, year: int = 2025, regime: str = "home_affairs", tests: int = 2
) -> School:
    user, officer = make.user("lecturer"), make.user("academic_officer")
    klass = make.klass(
        learners=people,
        sessions=1,
        starts_on=date(year, 3, 3),
        lecturer=make.lecturer(user=user),
        ends_on=date(year, 3, 28),
    )
    Programme.update(regime=regime).execute()
    planned = [services.plan_test(klass, f"Bài {number}", by=officer) for number in range(1, tests + 1)]
    return School(Klass.get_by_id(klass.id), learners(klass), planned, user, officer)
