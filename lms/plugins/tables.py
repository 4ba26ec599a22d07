"""The tables of a plugin as the database has them, whether or not its code is still there."""

from __future__ import annotations

from dataclasses import dataclass

from peewee import SQL, Table, fn

from lms.db import db
from lms.plugins.models import PluginState
from lms.plugins.registry import registry


@dataclass(frozen=True)
class Owned:
    """A table of a plugin with its number of rows; `legal`: kept for ever."""

    name: str
    rows: int
    legal: bool
    there: bool = True


def tables_of(name: str) -> list[Owned]:
    """Tables of a plugin with their rows, in the order of its manifest; of one that is missing, those of its name."""
    present = set(db.get_tables())
    declared, legal = _declared(name)
    wanted = [*declared, *sorted(_by_name(name, present) - set(declared))]
    return [
        Owned(table, _count(table) if table in present else 0, table in legal, table in present)
        for table in wanted
    ]


def history_table(name: str) -> str:
    """Where the migration runner remembers the steps of a plugin."""
    return f"{name}_migration"


def _declared(name: str) -> tuple[list[str], set[str]]:
    found = registry.found.get(name)
    if found is not None and found.plugin.tables:
        return list(found.plugin.tables), set(found.plugin.legal_records)
    state = PluginState.get_or_none(PluginState.name == name)
    return (list(state.tables), set(state.legal_records)) if state is not None else ([], set())


def _by_name(name: str, present: set[str]) -> set[str]:
    """Tables that begin with the name, but for those of plugins whose longer name also fits."""
    others = {*registry.found, *(row.name for row in PluginState.select(PluginState.name))} - {name}
    longer = tuple(f"{other}_" for other in others if other.startswith(f"{name}_"))
    own = {
        table for table in present if table.startswith(f"{name}_") and not table.startswith(longer or "\0")
    }
    return own - {history_table(name), "lms_migration_stamp"}


def _count(table: str) -> int:
    return int(Table(table).bind(db.obj).select(fn.COUNT(SQL("*"))).scalar() or 0)
