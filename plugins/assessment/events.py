"""Facts that assessment announces."""

from __future__ import annotations

from dataclasses import dataclass

from lms.events import Event


@dataclass(frozen=True)
class TestPlanned(Event):
    """A test was added to a class, changed or called off."""

    class_id: int
    test_id: int


@dataclass(frozen=True)
class ScoresEntered(Event):
    """Scores of a class were entered or corrected."""

    class_id: int
