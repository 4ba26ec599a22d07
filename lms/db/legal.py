"""Upgrades never renumber: records of legal value are the same after a database step as before it.

What another module declares as `legal_records` must stay as it is, to the letter. In its own legal records a step may
add columns and fill them, but no record may come or go, and what identifies one (the key and the columns of unique
indexes: numbers, years, codes) keeps its value. The step is watched from inside its transaction, whatever way it
writes, and taken back when something differs.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from peewee import PostgresqlDatabase

from lms.plugins.registry import registry


class LegalRecordsChanged(RuntimeError):
    """A database step changed records of legal value."""


@dataclass(frozen=True)
class _Kept:
    """A legal table as it was: its owner, its key, and per column a sum over the rows that no other content has."""

    owner: str
    key: tuple[str, ...]
    rows: int
    sums: dict[str, int]


@contextmanager
def kept(module: str, database: Any) -> Iterator[None]:
    """Raise LegalRecordsChanged when the block, a step of `module`, changed what must stay."""
    before = {
        table: _look(database, table, owner, everything=owner != module)
        for table, owner in _declared(database).items()
    }
    yield
    present = set(database.get_tables())
    for table, was in before.items():
        problem = _difference(database, table, was, own=was.owner == module, there=table in present)
        if problem:
            raise LegalRecordsChanged(problem)


def _declared(database: Any) -> dict[str, str]:
    """Legal tables that exist, with the plugin they belong to; also of plugins whose code is gone."""
    present = set(database.get_tables())
    owners = {}
    if "lms_plugin_state" in present:
        columns = {column.name for column in database.get_columns("lms_plugin_state")}
        if "legal_records" in columns:
            rows = database.execute_sql("select name, legal_records from lms_plugin_state").fetchall()
            owners = {table: name for name, tables in rows for table in json.loads(tables or "[]")}
    for found in registry.in_order():
        owners |= dict.fromkeys(found.plugin.legal_records, found.name)
    return {table: owner for table, owner in sorted(owners.items()) if table in present}


def _look(database: Any, table: str, owner: str, *, everything: bool) -> _Kept:
    if isinstance(database, PostgresqlDatabase):
        # Whoever writes there meanwhile waits for the end of the step; readers go on.
        database.execute_sql(f'lock table "{table}" in share mode')
    columns = {column.name for column in database.get_columns(table)}
    key = tuple(database.get_primary_keys(table))
    names = columns if everything else columns & _identifying(database, table, key)
    rows, sums = _sums(database, table, key, sorted(names))
    return _Kept(owner, key, rows, sums)


def _identifying(database: Any, table: str, key: tuple[str, ...]) -> set[str]:
    unique = [index for index in database.get_indexes(table) if index.unique]
    return {*key, *(name for index in unique for name in index.columns if name)}


def _sums(database: Any, table: str, key: tuple[str, ...], columns: list[str]) -> tuple[int, dict[str, int]]:
    """How many rows there are and, per column, the sum of hashes of (key, value): no order, one pass."""
    if isinstance(database, PostgresqlDatabase):
        return _sums_by_server(database, table, key, columns)
    wanted = ", ".join(f'"{name}"' for name in (*key, *columns))
    sums, rows, start = [0] * len(columns), 0, len(key)
    for row in database.execute_sql(f'select {wanted or 1} from "{table}"'):
        rows += 1
        number = row[:start]
        for place in range(len(columns)):
            sums[place] += hash((number, row[start + place]))
    return rows, dict(zip(columns, sums, strict=True))


def _sums_by_server(
    database: Any, table: str, key: tuple[str, ...], columns: list[str]
) -> tuple[int, dict[str, int]]:
    whose = ", ".join(f'"{name}"' for name in key)
    parts = [
        f"coalesce(sum(hashtextextended(row({', '.join(filter(None, [whose, chr(34) + name + chr(34)]))})::text, 0)::numeric), 0)"
        for name in columns
    ]
    counted, *sums = database.execute_sql(
        f'select {", ".join(["count(*)", *parts])} from "{table}"'
    ).fetchone()
    return int(counted), {name: int(value) for name, value in zip(columns, sums, strict=True)}


def _difference(database: Any, table: str, was: _Kept, *, own: bool, there: bool) -> str:
    """What a step did to a legal table that it may not do, as a sentence; empty when all is as it was."""
    if not there:
        return _sentence(table, was, "dropped") if was.rows or not own else ""
    columns = {column.name for column in database.get_columns(table)}
    missing = set(was.key) - columns
    if missing:
        return _sentence(table, was, "took the key away from")
    rows, sums = _sums(database, table, was.key, sorted(columns if was.sums.keys() - columns else was.sums))
    if rows != was.rows:
        return _sentence(table, was, f"changed the number of records ({was.rows} → {rows}) in")
    for name, value in was.sums.items():
        # A column of one's own may get another name, when what stands in it stays.
        if name not in sums and (not own or value not in sums.values()):
            return _sentence(table, was, f"took the column {name} away from")
        if name in sums and sums[name] != value:
            return _sentence(table, was, f"changed {name} in")
    return ""


def _sentence(table: str, was: _Kept, did: str) -> str:
    return (
        f"The step {did} {table}, records of legal value of “{was.owner}”, and was taken back: an upgrade never adds, "
        "removes or renumbers them. Leave them as they are; what shall differ is a new record made by that plugin."
    )
