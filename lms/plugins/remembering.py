"""What the database remembers of plugins: the version it was last brought to, and what is left of one that is gone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lms import clock
from lms.config import settings
from lms.db import atomic, db, migrating
from lms.plugins import surface
from lms.plugins.models import PluginState
from lms.plugins.registry import registry
from lms.plugins.tables import Owned, history_table, tables_of


@dataclass(frozen=True)
class Missing:
    """A plugin whose code is gone while its data is still there."""

    name: str
    title: str
    version: str
    tables: list[Owned]

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables)


@atomic
def remember() -> None:
    """Note version, tables and legal records of every plugin whose steps have all run; after `lms migrate`."""
    waiting = {step.module for step in migrating.pending()}
    versions = {row.name: row.version for row in PluginState.select() if row.surface}
    for found in registry.in_order():
        if found.problem or found.name in waiting:
            continue
        plugin = found.plugin
        known: dict[str, Any] = {
            "version": plugin.version,
            "title": str(plugin.title),
            "tables": list(plugin.tables),
            "legal_records": list(plugin.legal_records),
        }
        if plugin.version != versions.get(found.name):
            known["surface"] = surface.of(found)
        changed = PluginState.update(**known).where(PluginState.name == found.name).execute()
        if not changed:
            PluginState.create(name=found.name, on=found.built_in, changed_at=clock.now(), **known)


def missing() -> list[Missing]:
    """Plugins that were here and whose code is gone, with what they left."""
    names = {row.name: row for row in PluginState.select()}
    suffix = history_table("")
    left = {table.removesuffix(suffix) for table in db.get_tables() if table.endswith(suffix)}
    # One that the operator leaves out on purpose (LMS_SKIP_PLUGINS) is not gone.
    skipped = set(filter(None, settings().skip_plugins.split(",")))
    return [
        _missing(name, names.get(name))
        for name in sorted((set(names) | left) - set(registry.found) - skipped)
    ]


def _missing(name: str, state: PluginState | None) -> Missing:
    title = state.title if state is not None else ""
    return Missing(name, title or name, state.version if state is not None else "", tables_of(name))
