"""What went wrong in a plugin's code and did not stop it: kept for the plugins page until somebody tries again."""

from __future__ import annotations

import logging
import traceback
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from peewee import CharField, DateTimeField, TextField

from lms import clock
from lms.db import BaseModel, db
from lms.plugins.registry import registry

log = logging.getLogger(__name__)

#: Longest reason that is kept, in characters.
LONGEST = 2000


class PluginTrouble(BaseModel):
    """The latest error at one place of a plugin, "route /notes" or "job notes.count" for example."""

    plugin = CharField(60)
    place = CharField(160)
    reason = TextField()
    at = DateTimeField(default=clock.now)

    class Meta:
        table_name = "lms_plugin_trouble"
        indexes = ((("plugin", "place"), True),)


@dataclass(frozen=True)
class _Note:
    plugin: str
    place: str
    reason: str
    at: datetime = field(default_factory=clock.now)


#: Written inside a transaction that may yet be rolled back: written once more when it is over.
_unsure: list[_Note] = []


def note(plugin: str, place: str, reason: str) -> None:
    """Keep the latest error of a place. Never raises: telling of a fault must not become one."""
    if plugin not in registry.found:
        return
    made = _Note(plugin, place[:160], reason[:LONGEST])
    if db.in_transaction():
        _unsure.append(made)
    _write(made)


def write_unsure() -> None:
    """Write what a rolled back transaction took along; at the end of a request or of a piece of work."""
    while _unsure and not db.in_transaction():
        _write(_unsure.pop())


def forget_unsure() -> None:
    """Drop what was not written for sure (tests, whose transactions are never committed)."""
    _unsure.clear()


def by_plugin() -> dict[str, list[PluginTrouble]]:
    """Troubles of every plugin that has some, the latest first."""
    found: dict[str, list[PluginTrouble]] = {}
    for row in PluginTrouble.select().order_by(PluginTrouble.at.desc()):
        found.setdefault(row.plugin, []).append(row)
    return found


def clear(plugin: str, place: str | None = None) -> None:
    """Forget a plugin's troubles, or those of one place: somebody tries again, or it works again."""
    _unsure[:] = [one for one in _unsure if one.plugin != plugin]
    known = PluginTrouble.plugin == plugin
    if place is not None:
        known &= PluginTrouble.place == place[:160]
    if PluginTrouble.select().where(known).exists():  # mostly there is none, and asking locks nobody out
        PluginTrouble.delete().where(known).execute()


def where(problem: BaseException) -> str:
    """File and line an error came from. Its message may quote what somebody typed, so that stays in the log."""
    steps = traceback.extract_tb(problem.__traceback__)
    return f"at {'/'.join(Path(steps[-1].filename).parts[-2:])}:{steps[-1].lineno}" if steps else ""


def _write(made: _Note) -> None:
    try:
        with db.atomic():
            PluginTrouble.insert(
                plugin=made.plugin, place=made.place, reason=made.reason, at=made.at
            ).on_conflict(
                conflict_target=[PluginTrouble.plugin, PluginTrouble.place],
                preserve=[PluginTrouble.reason, PluginTrouble.at],
            ).execute()
    except Exception:
        log.exception("a trouble of %s could not be written", made.plugin)
