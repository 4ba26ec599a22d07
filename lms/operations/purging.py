"""Uninstall a plugin: its rows into an archive, then its tables away. Records of legal value always stay."""

from __future__ import annotations

import json
import os
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask_babel import gettext as _
from peewee import Table

from lms import audit, clock, config
from lms.db import atomic, db, migrating
from lms.errors import Conflict, Invalid, NotFound
from lms.events import Delivery
from lms.jobs import Timer
from lms.operations import tables
from lms.plugins.models import PluginChoice, PluginState
from lms.plugins.registry import registry
from lms.plugins.remembering import missing
from lms.plugins.switch import refresh, state_of
from lms.plugins.tables import Owned, history_table, tables_of

FOLDER = "archives"


@dataclass(frozen=True)
class Plan:
    """What a purge of a plugin would do."""

    name: str
    title: Any
    #: Why it cannot be done now; empty when it can.
    refusal: str
    dropped: list[Owned]
    #: Tables that stay, each with the reason.
    kept: list[tuple[Owned, str]]

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.dropped)


@dataclass(frozen=True)
class Purged:
    """What a purge did."""

    archive: Path
    tables: int
    rows: int
    kept: int


def plan(name: str) -> Plan:
    """What a purge would drop and keep, with rows. Raises NotFound for a name nobody ever had."""
    owned = [table for table in tables_of(name) if table.there]
    dropped = {table.name for table in owned if not table.legal}
    kept = {table.name: _("Kept for ever: it has legal value.") for table in owned if table.legal}
    for table, reason in _leant_on(dropped).items():
        dropped.discard(table)
        kept[table] = reason
    return Plan(
        name,
        _title(name),
        _refusal(name),
        [table for table in owned if table.name in dropped],
        [(table, kept[table.name]) for table in owned if table.name in kept],
    )


def archive(name: str) -> Path:
    """Write every table of a plugin, also those that stay, into a zip of the instance; returns its place.

    JSON lines a table, and ``manifest.json`` with rows and a checksum for each. Readable by its owner alone.
    """
    folder = config.settings().instance / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    target = folder / f"{name}-{clock.local(clock.now()):%Y%m%d-%H%M%S-%f}.zip"
    draft = target.with_suffix(f".{os.getpid()}.part")
    draft.touch(mode=0o600)
    try:
        with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as target_file, tables.snapshot():
            kept = {table.name: _add(target_file, table.name) for table in tables_of(name) if table.there}
            about = json.dumps(_manifest(name, kept), ensure_ascii=False, indent=1, default=str)
            target_file.writestr("manifest.json", about)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
    return target


def purge(name: str, typed: str, *, by: Any) -> Purged:
    """Archive a plugin, then drop its tables, choices and migration history, in one transaction.

    `typed` is the name as the person typed it. Raises Invalid when it differs, Conflict when the plugin is part of
    the core, works, or is needed by another one.
    """
    wanted = plan(name)
    if wanted.refusal:
        raise Conflict(wanted.refusal)
    if typed.strip() != name:
        raise Invalid(fields={"typed": _("Type the name “%(name)s” to confirm.", name=name)})
    written = archive(name)
    _drop(wanted, written, by)
    refresh()
    return Purged(written, len(wanted.dropped), wanted.rows, len(wanted.kept))


@atomic
def _drop(wanted: Plan, written: Path, by: Any) -> None:
    name = wanted.name
    for table in _leaning_first([one.name for one in wanted.dropped]):
        db.execute_sql(f'drop table "{table}"')
    db.execute_sql(f'drop table if exists "{history_table(name)}"')
    migrating.MigrationStamp.delete().where(migrating.MigrationStamp.module == name).execute()
    PluginChoice.delete().where(PluginChoice.plugin == name).execute()
    Delivery.delete().where(Delivery.plugin == name, Delivery.state != "done").execute()
    Timer.delete().where(Timer.name.startswith(f"{name}.")).execute()
    if name in registry.found or wanted.kept:
        PluginState.update(on=False, version="").where(PluginState.name == name).execute()
    else:
        PluginState.delete().where(PluginState.name == name).execute()
    audit.record(
        by,
        "plugins.purged",
        None,
        plugin=name,
        tables={table.name: table.rows for table in wanted.dropped},
        rows=wanted.rows,
        archive=written.name,
    )


def _refusal(name: str) -> str:
    found = registry.found.get(name)
    if found is None:
        return ""
    title = found.plugin.title
    if found.plugin.required:
        return _("“%(title)s” is part of the core and cannot be removed.", title=title)
    needed_by = [other.plugin.title for other in registry.in_order() if name in other.plugin.requires]
    if needed_by:
        return _("Others need it: %(names)s. Remove them first.", names=", ".join(map(str, needed_by)))
    if state_of(name)[0] not in {"off", "not_loaded"}:
        return _("“%(title)s” works at present. Switch it off first.", title=title)
    return ""


def _title(name: str) -> Any:
    if name in registry.found:
        return registry.found[name].plugin.title
    gone = next((one for one in missing() if one.name == name), None)
    if gone is None:
        raise NotFound(_("There is no plugin “%(name)s”.", name=name))
    return gone.title


def _leant_on(dropped: set[str]) -> dict[str, str]:
    """Tables that must stay because one that stays refers to them."""
    references = _references()
    staying: dict[str, str] = {}
    while True:
        going = dropped - set(staying)
        more = {
            target: _("Kept: %(table)s refers to it.", table=table)
            for table, targets in references.items()
            if table not in going
            for target in targets & going
        }
        if not more:
            return staying
        staying |= more


def _leaning_first(names: list[str]) -> list[str]:
    """Tables in an order in which each goes before those it refers to."""
    references, waiting = _references(), list(names)
    ordered: list[str] = []
    while waiting:
        free = [one for one in waiting if not any(one in references[other] - {other} for other in waiting)]
        if not free:  # a circle of references: the database itself says which cannot go
            return ordered + waiting
        ordered += free
        waiting = [one for one in waiting if one not in free]
    return ordered


def _references() -> dict[str, set[str]]:
    return {table: {key.dest_table for key in db.get_foreign_keys(table)} for table in tables.names()}


def _add(target: zipfile.ZipFile, table: str) -> dict[str, Any]:
    found = tables.Fingerprint()
    with target.open(f"tables/{table}.jsonl", "w") as file:
        for line in tables.lines(table):
            found.add(line)
            file.write(line + b"\n")
    columns = {column.name: column.kind for column in tables.columns(table)}
    return {"rows": found.rows, "checksum": found.digest, "columns": columns}


def _manifest(name: str, kept: dict[str, Any]) -> dict[str, Any]:
    state = PluginState.get_or_none(PluginState.name == name)
    return {
        "plugin": name,
        "title": str(_title(name)),
        "version": state.version if state is not None else "",
        "made_at": clock.now().isoformat(),
        "steps": _steps(name),
        "choices": [
            {"kind": row.kind, "scope_id": row.scope_id, "key": row.key, "value": row.value}
            for row in PluginChoice.select().where(PluginChoice.plugin == name)
        ],
        "tables": kept,
    }


def _steps(name: str) -> list[str]:
    table = history_table(name)
    if not db.table_exists(table):
        return []
    history: Any = Table(table, ("id", "name")).bind(db.obj)
    return [row["name"] for row in history.select(history.name).order_by(history.id)]
