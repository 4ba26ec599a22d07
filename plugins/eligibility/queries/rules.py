"""The rules in the database as one rulebook, kept in memory until a newer set is loaded."""

from __future__ import annotations

import json
from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from lms.db import db
from plugins.eligibility import rulefiles
from plugins.eligibility.engine.parsing import rulebook as build
from plugins.eligibility.engine.rules import Rulebook
from plugins.eligibility.models import Post, Rule, RuleRow, RuleSet, Standard

#: Names of values that are dates inside a row's body.
_DATES = frozenset({"before"})


@dataclass
class _Loaded:
    """The rows of one rule set, and the rulebooks built from them by day of knowledge."""

    stamp: tuple[Any, ...]
    version: str
    rows: list[dict[str, Any]]
    changes: list[date]
    books: dict[date, Rulebook] = field(default_factory=dict)


_kept: _Loaded | None = None


def latest() -> RuleSet | None:
    """The rule set loaded last; None before the first loading."""
    return RuleSet.select().order_by(RuleSet.id.desc()).first()


def rulebook(known_on: date) -> Rulebook:
    """The rules as known on a day: one query, or four after a new set was loaded.

    Before the first loading the rules shipped with the plugin answer.
    """
    newest = latest()
    if newest is None:
        return rulefiles.shipped()
    loaded = _loaded(newest)
    # Between two changes of the rules nothing differs: one book serves the whole stretch.
    place = bisect_right(loaded.changes, known_on)
    key = loaded.changes[max(place - 1, 0)]
    if key not in loaded.books:
        loaded.books[key] = build(loaded.rows, version=loaded.version, known_on=key)
    return loaded.books[key]


def all_rows() -> list[dict[str, Any]]:
    """Every version of every rule, as the rows they were read from. Three queries."""
    rows = [_row(each, each.kind) for each in Rule.select().order_by(Rule.id)]
    rows += [_row(each, "post") for each in Post.select().order_by(Post.id)]
    rows += [_row(each, "standard") for each in Standard.select().order_by(Standard.id)]
    return rows


def _loaded(newest: RuleSet) -> _Loaded:
    global _kept
    stamp = (id(db.obj), newest.id, newest.digest, newest.loaded_at)
    if _kept is None or _kept.stamp != stamp:
        rows = all_rows()
        changes = sorted({row["entered_on"] for row in rows}) or [date.min]
        _kept = _Loaded(stamp, str(newest), rows, changes)
    return _kept


def _row(each: RuleRow, kind: str) -> dict[str, Any]:
    return {
        **_restored(each.body),
        "kind": kind,
        "id": each.rule_id,
        "version": each.version,
        "title": each.title,
        "from": each.valid_from,
        "to": each.valid_to,
        "source": each.source,
        "confidence": each.confidence,
        "confirm": each.confirm,
        "entered_on": each.entered_on,
    }


def _restored(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            name: date.fromisoformat(part) if name in _DATES and isinstance(part, str) else _restored(part)
            for name, part in value.items()
        }
    return [_restored(part) for part in value] if isinstance(value, list) else value


def plain(row: dict[str, Any]) -> dict[str, Any]:
    """A row with its dates as text, the form that is stored and digested."""
    return json.loads(json.dumps(row, ensure_ascii=False, default=date.isoformat))
