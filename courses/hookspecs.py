"""Questions courses asks the other plugins, and the shape of the answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lms.plugins import hookspec

if TYPE_CHECKING:
    from courses.models import ClassSession, Klass, Membership
    from lms.access.models import User
    from lms.people.models import Official


@dataclass(frozen=True)
class ClassTab:
    """A tab on the class page; `endpoint` is the route it leads to, to mark it as current."""

    title: Any
    url: str
    endpoint: str
    weight: int = 100
    badge: str = ""


@dataclass(frozen=True)
class ClassTile:
    """A figure on the class overview that opens its rows."""

    title: Any
    value: str
    note: Any = ""
    url: str = ""
    tone: str = "neutral"
    weight: int = 100
    #: Optional small chart: numbers 0..1 over time.
    series: tuple[float, ...] = ()


@dataclass(frozen=True)
class ClosingCheck:
    """One line of the closing checklist: what must be true before a class is closed."""

    code: str
    title: Any
    met: bool
    detail: Any = ""
    url: str = ""
    action: Any = ""
    blocking: bool = True
    weight: int = 100


@dataclass(frozen=True)
class ClassBlocker:
    """One short line on the home page of who runs classes: what keeps a class from its next state."""

    class_id: int
    sentence: Any
    #: Where it is mended; empty when this reader may not open that page.
    url: str = ""
    weight: int = 100


@dataclass(frozen=True)
class Condition:
    """One completion condition for one learner. `met` is None while it cannot be said."""

    membership_id: int
    code: str
    title: Any
    needed: Any
    actual: Any
    met: bool | None
    evidence_url: str = ""
    legal_source: Any = ""
    rule_id: str = ""
    weight: int = 100


@dataclass(frozen=True)
class SessionAction:
    """A button beside a session, for example "Take the roll"."""

    title: Any
    url: str
    primary: bool = False
    weight: int = 100


@dataclass(frozen=True)
class ClassAction:
    """A button in the head of the class page; `primary` when it is the next right deed."""

    title: Any
    url: str
    icon: str = ""
    primary: bool = False
    weight: int = 100


@dataclass(frozen=True)
class SessionLock:
    """A session that must stay as it is, with the sentence why: its roll is locked, for example."""

    session_id: int
    reason: Any


@hookspec
def class_tabs(klass: Klass, user: User) -> list[ClassTab]:
    """Tabs you add to the page of a class for this user."""


@hookspec
def class_tiles(klass: Klass, user: User) -> list[ClassTile]:
    """Figures you show on the overview of a class."""


@hookspec
def class_actions(klass: Klass, user: User) -> list[ClassAction]:
    """Buttons you put in the head of a class page for this user, for example the issue of certificates once it is closed."""


@hookspec
def session_actions(session: ClassSession, user: User) -> list[SessionAction]:
    """Buttons you put beside a session for this user."""


@hookspec
def closing_checks(klass: Klass) -> list[ClosingCheck]:
    """What must hold, from your side, before the class may be closed."""


@hookspec
def class_blockers(classes: Sequence[Klass], user: User) -> list[ClassBlocker]:
    """What keeps each of these classes from its next state, from your side: at most one line a class, in a constant
    number of queries. You get only the classes for which you are on."""


@hookspec
def completion_conditions(klass: Klass, memberships: Sequence[Membership]) -> list[Condition]:
    """Your conditions for every learner given, in a constant number of queries."""


@hookspec
def before_enrol(klass: Klass, official: Official) -> None:
    """Raise Refused with a sentence to keep an official out of a class."""


@hookspec
def session_locks(klass: Klass) -> list[SessionLock]:
    """Sessions of the class that may no longer be moved, changed or cancelled."""
