"""Facts that courses announces."""

from __future__ import annotations

from dataclasses import dataclass

from lms.events import Event


@dataclass(frozen=True)
class LearnerJoined(Event):
    class_id: int
    official_id: int


@dataclass(frozen=True)
class LearnerLeft(Event):
    class_id: int
    official_id: int


@dataclass(frozen=True)
class SessionsChanged(Event):
    class_id: int


@dataclass(frozen=True)
class ClassStarted(Event):
    class_id: int


@dataclass(frozen=True)
class ClassClosed(Event):
    class_id: int
