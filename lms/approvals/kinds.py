"""Deeds that take two persons, as the plugins declare them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

#: Does the deed, in the transaction of the second person's yes: (details, by=…, second=…).
Perform = Callable[..., Any]
#: The deed's details in sentences, for the person who has to agree.
Describe = Callable[[dict[str, Any]], list[str]]
#: Where the person who has to agree looks at what it is about; empty for nowhere.
Where = Callable[[dict[str, Any]], str]


@dataclass(frozen=True)
class Kind:
    """A kind of deed: what it is called, who may ask for it and agree to it, what is done then."""

    name: str
    title: Any
    permission: str
    perform: Perform
    describe: Describe
    where: Where


_kinds: dict[str, Kind] = {}


def add(kind: Kind) -> None:
    _kinds[kind.name] = kind


def get(name: str) -> Kind | None:
    """The kind, or None when its plugin is not loaded any more."""
    return _kinds.get(name)


def all_kinds() -> list[Kind]:
    return list(_kinds.values())
