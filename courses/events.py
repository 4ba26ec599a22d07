"""Facts that courses announces."""

from __future__ import annotations

from dataclasses import dataclass

from lms.events import Event


@dataclass(frozen=True)
class LearnerJoined(Event):
    """An official is in a class from now on."""

    class_id: int
    official_id: int


@dataclass(frozen=True)
class LearnerLeft(Event):
    """An official left a class; what was recorded about him or her stays."""

    class_id: int
    official_id: int


@dataclass(frozen=True)
class SessionsChanged(Event):
    """The timetable of a class is not what it was."""

    class_id: int
    #: The account that changed it.
    by_id: int | None = None


@dataclass(frozen=True)
class ClassStarted(Event):
    """The class is running."""

    class_id: int


@dataclass(frozen=True)
class ReviewStarted(Event):
    """Teaching is over; results are being reviewed (xét điều kiện)."""

    class_id: int


@dataclass(frozen=True)
class ClassClosed(Event):
    """Results are decided and frozen; nothing in the class changes any more."""

    class_id: int


@dataclass(frozen=True)
class ClassCancelled(Event):
    """The class will not take place."""

    class_id: int
