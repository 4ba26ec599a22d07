"""A file as its kind reads it: where the header is, what every physical row is, the data rows with typed values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lms.importing.columns import Entry
from lms.importing.headers import Header
from lms.importing.rows import Row
from lms.importing.sheets import Grid


@dataclass
class Reading:
    """A file read by its kind: where the header is, every physical row, the data rows with typed values."""

    grid: Grid
    header: Header
    missing: list[str]
    body: list[Row] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    #: Options of the kind that the sender took.
    chosen: frozenset[str] = frozenset()


@dataclass(frozen=True)
class About:
    """What a kind found in the file, or in its judged rows, as a whole: sentences for the reader, plain facts for itself."""

    notes: tuple[str, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Option:
    """A choice about the list as a whole: how things stand, and the button that takes it or takes it back."""

    key: str
    #: How things stand: "2 lines stay out: their room is busy."
    sentence: str
    #: What the button does.
    label: str
    on: bool = False
    #: What it is about, one by one.
    details: tuple[str, ...] = ()
