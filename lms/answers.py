"""The shapes of answers to the kernel's own questions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lms.db import BaseModel


@dataclass(frozen=True)
class NavItem:
    """A line of the navigation: `group` is "work", "people", "reports" or "platform"; `icon` a name of the icon set."""

    title: Any
    url: str
    icon: str = ""
    weight: int = 100
    group: str = "work"
    #: Endpoint prefix that marks it as current, "courses." for example.
    active: str = ""


@dataclass(frozen=True)
class HomeCard:
    """A card on somebody's home page, printed with its template."""

    title: Any
    template: str
    context: Mapping[str, Any] = field(default_factory=dict)
    weight: int = 100
    tone: str = "neutral"
    #: Takes the whole width (the one thing this role came for).
    wide: bool = False


@dataclass(frozen=True)
class CalendarEntry:
    """Something with a time; times are naive UTC. `uid` never changes ("session-12"); `who` is not shown, only compared.

    `sequence` and `changed_at` are filled in by the platform.
    """

    uid: str
    starts_at: datetime
    ends_at: datetime
    title: str
    place: str = ""
    text: str = ""
    #: Address within the site.
    link: str = ""
    cancelled: bool = False
    who: str = ""
    sequence: int = 0
    changed_at: datetime | None = None


@dataclass(frozen=True)
class Hit:
    """Something that was searched for: where it is, what it is, and a line to tell it from others of its name."""

    title: Any
    url: str
    #: What kind of thing it is, for people: "Classes".
    group: Any
    detail: Any = ""
    icon: str = ""
    weight: int = 100


@dataclass(frozen=True)
class PersonTab:
    """A tab on an official's page."""

    title: Any
    url: str
    endpoint: str
    weight: int = 100
    badge: str = ""


@dataclass(frozen=True)
class Story:
    """Objects whose deeds belong to a history: the table's name and the ids of its rows."""

    kind: str
    ids: Iterable[Any]


@dataclass(frozen=True)
class Moving:
    """What becomes of the rows of one table when they get another owner (two records of a person are merged, an
    organisation gets a successor). The platform does the moving, remembers it and can take it back.
    """

    model: type[BaseModel]
    #: What people call the rows.
    title: Any
    #: Keys of the rows that get the new owner.
    ids: tuple[Any, ...] = ()
    #: Rows the new owner has already.
    already: int = 0
    #: Rows that stay where they are, and the sentence why.
    staying: int = 0
    note: Any = ""
    #: Sentences that forbid the whole deed, each naming what to do first.
    conflicts: tuple[Any, ...] = ()
    #: The column that names the owner, and the one that tells rows apart. An empty `field` says that the rows
    #: hang on something that moves and are only counted.
    field: str = "official"
    key: str = "id"
    #: Tables whose rows others lean on move first.
    weight: int = 100


@dataclass(frozen=True)
class ScopeKind:
    """A kind of place in which a plugin can be switched and set, `name` "programme" for example.

    `named` gives title and address of ids, `find` up to twenty (id, title) for what somebody typed; both in a
    constant number of queries. The broader kind has the lower weight.
    """

    name: str
    title: Any
    named: Callable[[Sequence[int]], Mapping[int, tuple[str, str]]]
    find: Callable[[str], Sequence[tuple[int, str]]]
    #: The scopes above one of them, broadest first, without the site.
    above: Callable[[int], Sequence[tuple[str, int]]] = lambda _: ()
    weight: int = 100


@dataclass(frozen=True)
class ClassScopes:
    """The scopes around a class, broadest first: (("organisation", 3), ("programme", 7)); neither site nor class."""

    class_id: int
    scopes: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Finding:
    """One thing `lms doctor` looked at: "ok", "warn" or "bad", a sentence, and the remedy when it is not ok."""

    level: str
    sentence: str
    remedy: str = ""
    weight: int = 100


@dataclass(frozen=True)
class Impact:
    """One sentence about what changes when a plugin is switched off, with the number of things it speaks of."""

    sentence: Any
    count: int = 0
    url: str = ""
    weight: int = 100


@dataclass(frozen=True)
class DataKind:
    """A kind of personal data a module keeps, for the register everybody may read."""

    #: "<plugin>.<thing>".
    name: str
    title: Any
    purpose: Any
    legal_basis: Any
    #: How long it is kept, in words.
    retention: Any
    #: Why it is not erased when a person asks; empty when it is.
    kept_because: Any = ""
    #: After so many months it is due to go: `due(before)` counts what is older than the day, `erase(before)` erases it
    #: and says how many. Called only after a person has approved.
    months: int | None = None
    due: Callable[[date], int] | None = None
    erase: Callable[[date], int] | None = None
