"""A worker that is started before the pages have applied pending steps."""

from __future__ import annotations

import pytest

from lms.cli import waiting
from lms.db import db, migrating
from lms.errors import Unavailable
from lms.plugins import troubles


@pytest.fixture(autouse=True)
def bound(app, monkeypatch) -> None:
    """The database of the test is the one the command opens."""
    monkeypatch.setattr("lms.cli.database.bind", lambda: None)


def _unapplied(module: str) -> str:
    """As if no step of this module had run; returns the first."""
    db.execute_sql(f"delete from {module}_migration")
    return next(step.name for step in migrating.pending() if step.module == module)


def test_it_starts_at_once_when_nothing_is_pending(monkeypatch) -> None:
    monkeypatch.setattr(waiting, "sleep", lambda _: pytest.fail("it waited"))

    waiting.wait_for_shape()


def test_it_waits_until_the_pages_have_applied_the_steps(monkeypatch) -> None:
    _unapplied("courses")
    looks: list[float] = []

    def sleep(seconds: float) -> None:
        looks.append(seconds)
        if len(looks) == 3:  # the pages are done
            dict(migrating.runners())["courses"].fake()

    monkeypatch.setattr(waiting, "sleep", sleep)

    waiting.wait_for_shape()

    assert len(looks) == 3


def test_steps_that_failed_and_what_needs_them_are_not_waited_for(monkeypatch) -> None:
    troubles.note("assessment", f"migration {_unapplied('assessment')}", "ValueError: no")
    monkeypatch.setattr(waiting, "sleep", lambda _: pytest.fail("it waited"))

    waiting.wait_for_shape()

    assert {step.module for step in migrating.pending()} == {"assessment"}


def test_it_does_not_work_on_a_database_nobody_has_made() -> None:
    _unapplied("lms")

    with pytest.raises(Unavailable, match="lms init"):
        waiting.wait_for_shape(0)


def test_it_goes_on_without_a_plugin_whose_steps_nobody_applies() -> None:
    _unapplied("assessment")

    waiting.wait_for_shape(0)

    assert migrating.still_to_run() == ["assessment"]
