"""A class with sessions of its own lecturer, as these tests need it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pytest

from courses.models import ClassSession, Klass, Membership
from lms import clock
from lms.access.models import User

DAY = date(2025, 3, 3)


@dataclass
class School:
    """A running class: four morning sessions from 3 March 2025, its lecturer, an academic officer."""

    klass: Klass
    sessions: list[ClassSession]
    learners: list[Membership]
    lecturer: User
    officer: User

    @property
    def first(self) -> ClassSession:
        return self.sessions[0]


@pytest.fixture
def school(make: Any) -> School:
    return a_school(make)


def a_school(make: Any, *, learners: int = 3, sessions: int = 4, **values: Any) -> School:
    user = make.user("lecturer")
    klass = make.klass(
        learners=learners, sessions=sessions, starts_on=DAY, lecturer=make.lecturer(user=user), **values
    )
    return School(
        klass,
        list(klass.sessions.order_by(ClassSession.number)),
        list(klass.memberships.order_by(Membership.id)),
        user,
        make.user("academic_officer"),
    )


@pytest.fixture
def during() -> Any:
    """``with during(1):`` the clock stands ten minutes into session 1 (07:40 of its day)."""
    return lambda number, hour=7, minute=40: clock.frozen(datetime(2025, 3, 2 + number, hour, minute))
