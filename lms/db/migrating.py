"""Migrations: one numbered folder and one history table a module, in the order of what modules need."""

from __future__ import annotations

import hashlib
from collections.abc import Container, Iterator
from dataclasses import dataclass
from pathlib import Path

from peewee import CharField, DateTimeField

from lms import clock
from lms.db.base import BaseModel, db
from lms.plugins.registry import registry
from lms.upgrading import QuietRunner as Runner


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


def runners() -> Iterator[tuple[str, Runner]]:
    """A runner for every module that has migrations, needs first. Only manifests have been read for this."""
    for found in registry.in_order():
        if found.migrations.is_dir():
            yield found.name, Runner(db.obj, str(found.migrations), table_name=f"{found.name}_migration")


def steps() -> list[Step]:
    """Every step of every module with its state."""
    return [
        Step(module, one.name, Path(one.path), one.applied is not None)
        for module, runner in runners()
        for one in runner.status()
        if one.path is not None
    ]


def pending() -> list[Step]:
    """Steps that still have to run."""
    return [step for step in steps() if not step.applied]


def changed() -> list[Step]:
    """Applied steps whose file is no longer what was applied."""
    stamps = {(row.module, row.step): row.checksum for row in MigrationStamp.select()}
    known = [step for step in steps() if (step.module, step.name) in stamps]
    return [step for step in known if stamps[step.module, step.name] != step.checksum]


def migrate(only: Container[tuple[str, str]] | None = None) -> list[str]:
    """Run every pending step; returns "module/step" of each that ran. Safe to run at every start.

    `only` names the (module, step) pairs that may run, for a database that must have the shape of another day.
    """
    db.create_tables([MigrationStamp], safe=True)
    ran: list[str] = []
    for module, runner in runners():
        for one in runner.status():
            if one.applied is None and (only is None or (module, one.name) in only):
                runner.up(one.name)
                checksum = hashlib.sha256(Path(one.path).read_bytes()).hexdigest()
                MigrationStamp.insert(
                    module=module, step=one.name, checksum=checksum, at=clock.now()
                ).execute()
                ran.append(f"{module}/{one.name}")
    return ran
