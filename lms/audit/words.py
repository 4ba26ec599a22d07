"""The deeds of the record in plain words.

A module says its deeds in ``deeds.py``: ``DEEDS`` (deed → sentence with ``%(who)s``, ``%(thing)s`` and the names of
its details), ``KINDS`` (table → what one row of it is called), ``NAMES`` (detail → the table its number points to),
``LABELS`` (table → function from ids to names) and ``WORDS`` (detail → code → word).
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _

from lms.audit.models import AuditRow
from lms.db import BaseModel
from lms.plugins.registry import registry

Labels = Callable[[Iterable[int]], Mapping[int, str]]


@dataclass
class Words:
    """What all modules together say about deeds."""

    deeds: dict[str, Any] = field(default_factory=dict)
    kinds: dict[str, Any] = field(default_factory=dict)
    names: dict[tuple[str, str], str] = field(default_factory=dict)
    labels: dict[str, Labels] = field(default_factory=dict)
    codes: dict[tuple[str, str], Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class Told:
    """A row of the record with its sentence."""

    row: AuditRow
    sentence: str


def words() -> Words:
    """The sentences of every loaded module (also of one that is switched off: its past stays readable)."""
    found = Words()
    for one in registry.in_order():
        if one.problem or not (one.folder / "deeds.py").exists():
            continue
        said = importlib.import_module(f"{one.module}.deeds")
        found.deeds |= said.DEEDS
        found.kinds |= getattr(said, "KINDS", {})
        found.labels |= getattr(said, "LABELS", {})
        found.names |= {(one.name, key): table for key, table in getattr(said, "NAMES", {}).items()}
        found.codes |= {(one.name, key): codes for key, codes in getattr(said, "WORDS", {}).items()}
    return found


def told(rows: Iterable[AuditRow]) -> list[Told]:
    """The rows with their sentences; names are looked up with one query a table, however many rows there are."""
    rows, known = list(rows), words()
    modules = _owners(known)
    names = _look_up(known, _wanted(rows, known, modules))
    return [Told(row, _sentence(row, known, modules.get(row.deed, ""), names)) for row in rows]


def kind_name(table: str) -> str:
    """What one row of a table is called ("class"); the table's own name when no module says."""
    return str(words().kinds.get(table, table))


def _owners(known: Words) -> dict[str, str]:
    """Deed → module: the first word of the deed, or the kernel for its many subjects."""
    modules = {one.name for one in registry.in_order()}
    first = {deed: deed.split(".")[0] for deed in known.deeds}
    return {deed: word if word in modules else "lms" for deed, word in first.items()}


def _wanted(rows: list[AuditRow], known: Words, modules: dict[str, str]) -> dict[str, set[int]]:
    """Which ids of which table the sentences name."""
    wanted: dict[str, set[int]] = {}
    for row in rows:
        if row.object_kind in known.labels and row.object_id.isdigit():
            wanted.setdefault(row.object_kind, set()).add(int(row.object_id))
        for key, value in row.details.items():
            table = known.names.get((modules.get(row.deed, ""), key))
            if table and isinstance(value, int):
                wanted.setdefault(table, set()).add(value)
    return wanted


def _look_up(known: Words, wanted: dict[str, set[int]]) -> dict[str, Mapping[int, str]]:
    found: dict[str, Mapping[int, str]] = {}
    for table, ids in wanted.items():
        labels = known.labels.get(table) or _plain_labels(table)
        found[table] = labels(sorted(ids)) if labels else {}
    return found


def _plain_labels(table: str) -> Labels | None:
    """Names of a table whose rows say their name themselves."""
    model = next((one for one in _models(BaseModel) if one._meta.table_name == table), None)
    if model is None:
        return None
    return lambda ids: {row.id: str(row) for row in model.select().where(model.id.in_(list(ids)))}


def _models(base: type[Any]) -> Iterable[Any]:
    for child in base.__subclasses__():
        yield child
        yield from _models(child)


class _Values(dict[str, str]):
    """Values for a sentence; one that an old row lacks is a dash."""

    def __missing__(self, _key: str) -> str:
        return "–"


def _sentence(row: AuditRow, known: Words, module: str, names: dict[str, Mapping[int, str]]) -> str:
    who = str(row.by_name) or str(_("The platform"))
    thing = str(row.object_label)
    if row.object_id.isdigit():
        thing = names.get(row.object_kind, {}).get(int(row.object_id), thing)
    sentence = known.deeds.get(row.deed)
    if sentence is None:
        return f"{who}: {row.deed} {thing}".strip()
    values = _Values(who=who, thing=thing, kind=str(known.kinds.get(row.object_kind, "")))
    for key, value in row.details.items():
        table, codes = known.names.get((module, key)), known.codes.get((module, key), {})
        if table and isinstance(value, int):
            values[key] = names.get(table, {}).get(value, f"#{value}")
        else:
            values[key] = _value(value, codes)
    return str(sentence) % values


def _value(value: Any, codes: Mapping[str, Any]) -> str:
    """A detail as people read it."""
    if isinstance(value, list):
        return ", ".join(_value(one, codes) for one in value) or "–"
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if value is None or value == "":
        return "–"
    if str(value) in codes:
        return str(codes[str(value)])
    return _moment(str(value))


def _moment(text: str) -> str:
    from lms.web import filters  # noqa: PLC0415  the web shell reads the record, too

    if len(text) < 10 or text[4:5] != "-" or text[7:8] != "-":
        return text
    try:
        if len(text) == 10:
            return filters.date(date.fromisoformat(text))
        return filters.datetime(datetime.fromisoformat(text))
    except ValueError:
        return text
