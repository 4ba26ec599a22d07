"""Migrations: one numbered folder and one history table a module, in the order of what modules need."""

from __future__ import annotations

import functools
import hashlib
import logging
from collections.abc import Container, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from peewee import CharField, DateTimeField

from lms import clock
from lms.db import legal
from lms.db.base import BaseModel, db
from lms.db.footing import kept_footing
from lms.plugins import troubles
from lms.plugins.registry import Found, registry
from lms.plugins.troubles import PluginTrouble
from lms.upgrading import QuietRunner as Runner

log = logging.getLogger(__name__)

#: How the reason begins of a plugin that is kept out until its steps have run.
WAITING = "Its database step"


class MigrationStamp(BaseModel):
    """The checksum of every step when it was applied; a released step must never change."""

    module = CharField(60)
    step = CharField(120)
    checksum = CharField(64)
    at = DateTimeField(default=clock.now)

    class Meta:
        table_name = "lms_migration_stamp"
        indexes = ((("module", "step"), True),)


@dataclass(frozen=True)
class Step:
    """One numbered step of a module, and whether it is applied."""

    module: str
    name: str
    path: Path
    applied: bool

    @property
    def checksum(self) -> str:
        return hashlib.sha256(self.path.read_bytes()).hexdigest()


def runners(*, set_aside: bool = False) -> Iterator[tuple[str, Runner]]:
    """A runner for every readable module that has migrations, needs first. Only manifests have been read for this.

    `set_aside`: also those that a running process keeps out because their steps have not run.
    """
    for found in registry.in_order():
        readable = not found.problem or found.plugin.required or (set_aside and waits_for_steps(found))
        if readable and found.migrations.is_dir():
            yield found.name, _runner(found)


def waits_for_steps(found: Found) -> bool:
    """Whether all that is wrong with a plugin is that its steps have not run, or failed."""
    return found.problem.startswith(WAITING)


def _runner(found: Found) -> Runner:
    return Runner(
        db.obj,
        str(found.migrations),
        table_name=f"{found.name}_migration",
        watch=functools.partial(legal.kept, found.name),
    )


def steps(*, set_aside: bool = False) -> list[Step]:
    """Every step of every module with its state."""
    return [
        Step(module, one.name, Path(one.path), one.applied is not None)
        for module, runner in runners(set_aside=set_aside)
        for one in runner.status()
        if one.path is not None
    ]


def pending(*, set_aside: bool = False) -> list[Step]:
    """Steps that still have to run."""
    return [step for step in steps(set_aside=set_aside) if not step.applied]


def still_to_run() -> list[str]:
    """Modules with steps that `migrate` would run now: not those that failed, nor what needs them."""
    waiting: list[str] = []
    failed: set[str] = set()
    for module, runner in runners():
        step = next((one.name for one in runner.status() if one.applied is None), None)
        if failed & set(registry.found[module].plugin.requires) or (step and _trouble(module, step)):
            failed.add(module)
        elif step:
            waiting.append(module)
    return waiting


def changed() -> list[Step]:
    """Applied steps whose file is no longer what was applied."""
    stamps = {(row.module, row.step): row.checksum for row in MigrationStamp.select()}
    known = [step for step in steps() if (step.module, step.name) in stamps]
    return [step for step in known if stamps[step.module, step.name] != step.checksum]


@dataclass(frozen=True)
class Migrated:
    """The steps "module/step" that ran, and those that failed with the reason."""

    ran: list[str]
    failed: dict[str, str]


def migrate(only: Container[tuple[str, str]] | None = None) -> list[str]:
    """Run every pending step; returns "module/step" of each that ran. Safe to run at every start.

    `only` names the (module, step) pairs that may run, for a database that must have the shape of another day.
    A step of a plugin that fails is rolled back, the reason is kept for the plugins page, and the others still
    run; a failing step of the core, or of a chosen shape, is raised.
    """
    return migrate_all(only).ran


def migrate_all(only: Container[tuple[str, str]] | None = None) -> Migrated:
    """`migrate`, telling what failed as well."""
    db.create_tables([MigrationStamp], safe=True)
    done = Migrated([], {})
    held_up: set[str] = set()
    for module, runner in runners():
        found = registry.found[module]
        if held_up & set(found.plugin.requires):
            held_up.add(module)
            continue
        for one in runner.status():
            if one.applied is not None or (only is not None and (module, one.name) not in only):
                continue
            try:
                _run(module, runner, one)
            except (Exception, SystemExit) as problem:
                if found.plugin.required or only is not None:
                    raise
                log.exception("%s/%s failed", module, one.name)
                done.failed[f"{module}/{one.name}"] = _told(module, one.name, problem)
                held_up.add(module)
                break
            done.ran.append(f"{module}/{one.name}")
    return done


def _run(module: str, runner: Runner, one: Any) -> None:
    checksum = hashlib.sha256(Path(one.path).read_bytes()).hexdigest()
    with kept_footing(savepoint=False):
        runner.up(one.name)
    MigrationStamp.insert(module=module, step=one.name, checksum=checksum, at=clock.now()).execute()
    if PluginTrouble.table_exists():
        troubles.clear(module, _place(one.name))


def _told(module: str, step: str, problem: BaseException) -> str:
    reason = f"{type(problem).__name__}: {problem}"
    troubles.note(module, _place(step), reason)
    return reason


def _place(step: str) -> str:
    return f"migration {step}"


def set_aside_unmigrated() -> None:
    """Keep out the plugins whose tables are not as they need them; before loading. The core is never kept out."""
    if not PluginTrouble.table_exists():
        return  # nothing is initialised yet
    for found in registry.in_order():
        needs_hold_it_up = any(
            registry.found[one].problem for one in found.plugin.requires if one in registry.found
        )
        if found.problem or needs_hold_it_up or found.plugin.required or not found.migrations.is_dir():
            continue
        waiting = [one.name for one in _runner(found).status() if one.applied is None]
        if waiting:
            registry.set_aside(found, _why_waiting(found.name, waiting[0]))


def _why_waiting(module: str, step: str) -> str:
    known = _trouble(module, step)
    if known is None:
        return f"{WAITING} {step} has not run yet: run `lms migrate`."
    return f"{WAITING} {step} failed: {known.reason}. Repair it, run `lms migrate`, then try again."


def _trouble(module: str, step: str) -> PluginTrouble | None:
    """Why a step failed when it was last tried; None when it was not, or nothing is initialised yet."""
    if not PluginTrouble.table_exists():
        return None
    found: PluginTrouble | None = PluginTrouble.get_or_none(
        (PluginTrouble.plugin == module) & (PluginTrouble.place == _place(step))
    )
    return found
