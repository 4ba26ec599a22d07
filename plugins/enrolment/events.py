"""Facts that enrolment announces."""

from __future__ import annotations

from dataclasses import dataclass

from lms.events import Event


@dataclass(frozen=True)
class OfficialsNominated(Event):
    """An agency nominated officials for a class; `count` of them in one deed."""

    class_id: int
    organisation_id: int
    count: int


@dataclass(frozen=True)
class NominationsDecided(Event):
    """The school decided nominations of a class."""

    class_id: int
    accepted: int
    rejected: int
    #: Ids of the nominations decided in this deed, "12,15".
    nominations: str = ""


@dataclass(frozen=True)
class DecisionsTakenBack(Event):
    """The school took decisions on nominations back within minutes; they wait again."""

    class_id: int
    #: Ids of the nominations, "12,15".
    nominations: str
