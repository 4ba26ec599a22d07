"""What depends on a row: asked of every table that points at it, whichever plugin owns the table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from peewee import fn

from lms.plugins.registry import registry


def of(model: Any, ids: Sequence[int], *, ignore: Iterable[Any] = ()) -> dict[int, list[str]]:
    """For each row that is pointed at: the titles of the plugins whose tables do.

    `ignore` are models that belong to the row and go with it.
    """
    found: dict[int, list[str]] = {}
    for key, other in model._meta.backrefs.items():
        if other in set(ignore):
            continue
        for start in range(0, len(ids), 5000):
            part = list(ids[start : start + 5000])
            query = other.select(key, fn.COUNT(key)).where(key.in_(part)).group_by(key)
            for number, _count in query.tuples():
                title = _owner(other._meta.table_name)
                if title not in found.setdefault(number, []):
                    found[number].append(title)
    return found


def _owner(table: str) -> str:
    for plugin in registry.in_order():
        if table in plugin.plugin.tables:
            return str(plugin.plugin.title)
    return table
