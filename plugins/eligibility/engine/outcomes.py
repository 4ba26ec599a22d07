"""The words a verdict is made of."""

from __future__ import annotations

from enum import IntEnum, StrEnum


class Level(IntEnum):
    """How far a requirement lets an appointment go; a group takes the minimum, maximum or n-th best of its parts."""

    BLOCKS = 0
    UNKNOWN = 1
    OBLIGATION = 2
    MET = 3


class State(StrEnum):
    """What is established about one requirement, whatever its consequence."""

    MET = "met"
    UNMET = "unmet"
    UNKNOWN = "unknown"
    WAIVED = "waived"


class Outcome(StrEnum):
    """The answer to "may this official be appointed?"."""

    ELIGIBLE = "eligible"
    OBLIGATION = "eligible_with_obligation"
    CANNOT_SAY = "cannot_say"
    NOT_YET = "not_yet"


class Mode(StrEnum):
    """What an unmet requirement does to an appointment."""

    BLOCK = "block_before_appointment"
    OBLIGE = "obligation_after_appointment"
    UNKNOWN = "UNKNOWN"


class Standing(StrEnum):
    """Whether one piece of evidence counts on the day asked about, as known on the day of knowledge."""

    COUNTS = "counts"
    LATER = "awarded_later"
    EXPIRED = "expired"
    REVOKED = "revoked"
    SUPERSEDED = "superseded"
    SUSPENDED = "suspended"
    UNDATED = "undated"


OUTCOME_OF = {
    Level.BLOCKS: Outcome.NOT_YET,
    Level.UNKNOWN: Outcome.CANNOT_SAY,
    Level.OBLIGATION: Outcome.OBLIGATION,
    Level.MET: Outcome.ELIGIBLE,
}
