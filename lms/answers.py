"""The shapes of answers to the kernel's own questions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any


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
