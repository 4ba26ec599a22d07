"""Small factories of the eligibility story."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from lms import clock
from plugins.eligibility.models import RecordedFact
from plugins.eligibility.services.rules import load_rules


@pytest.fixture
def rules(app):
    """The shipped rules, loaded."""
    return load_rules(by=None, entered_on=date(2019, 1, 1))


@pytest.fixture
def province(make):
    return make.organisation("tinh", kind="province", name="UBND tỉnh")


@pytest.fixture
def agency(make, province):
    return make.organisation("so-tu-phap", parent=province, name="Sở Tư pháp")


@pytest.fixture
def officer(make, agency):
    """An appointing officer of the agency."""
    return make.user("appointing_officer", organisation=agency)


@pytest.fixture
def department(make):
    return make.user("department_officer")


def on_file(
    official: Any, kind: str, value: str, held_from: date | None = date(2018, 5, 1), **values: Any
) -> RecordedFact:
    """A fact recorded early in 2019."""
    values.setdefault("recorded_at", clock.from_local(datetime(2019, 1, 15, 9)))
    return RecordedFact.create(
        official=official, kind=kind, value=value, held_from=held_from, source="Hồ sơ giấy", **values
    )


def reviewed(official: Any) -> RecordedFact:
    return on_file(official, "file_reviewed", "all", date(2019, 1, 10))


def holds(official: Any, *programmes: str) -> None:
    for code in programmes:
        on_file(official, "programme", code, number=f"{code}/2018")
