"""Facts that attendance announces."""

from __future__ import annotations

from dataclasses import dataclass

from lms.events import Event


@dataclass(frozen=True)
class RollConfirmed(Event):
    """Somebody said who was in the room; it may still be corrected."""

    session_id: int


@dataclass(frozen=True)
class RollReopened(Event):
    """A confirmation was taken back within its minutes."""

    session_id: int


@dataclass(frozen=True)
class RollLocked(Event):
    """The roll is closed; from now on every change is an amendment."""

    session_id: int


@dataclass(frozen=True)
class RollAmended(Event):
    """A mark on a locked roll was changed, with a reason."""

    session_id: int
    membership_id: int


@dataclass(frozen=True)
class MakeUpRecorded(Event):
    """A missed session was made up, or that record was withdrawn."""

    session_id: int
    membership_id: int
