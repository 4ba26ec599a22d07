"""Before an upgrade: what would change, what stands against it, and a rehearsal that touches nothing.

Reads manifests and the migration record only, so that it also works while the database still has yesterday's shape.
"""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from flask_babel import gettext as _

from lms import config
from lms.db import db, is_postgresql, migrating
from lms.plugins import surface
from lms.plugins.models import PluginState
from lms.plugins.registry import Found, registry
from lms.plugins.surface import Difference, Surface

#: Seconds a rehearsal may take.
PATIENCE = 600


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: "ok", "warn" or "bad", and a sentence."""

    level: str
    sentence: str


@dataclass(frozen=True)
class Report:
    """An upgrade of one plugin that has not been finished."""

    name: str
    title: str
    #: The version the database was last brought to; empty when it is new.
    stored: str
    version: str
    steps: list[str]
    findings: list[Finding]
    #: What the new version adds and takes away; empty when the old one is not known.
    changes: list[Difference] = field(default_factory=list)

    @property
    def clear(self) -> bool:
        return all(finding.level != "bad" for finding in self.findings)


@dataclass(frozen=True)
class Rehearsal:
    """How the pending steps went where nothing can be harmed."""

    clear: bool
    seconds: float
    lines: list[str]


def reports() -> list[Report]:
    """Every plugin whose version is another than the database's, that has steps to run, or that cannot be loaded."""
    pending: dict[str, list[str]] = {}
    for step in migrating.pending(set_aside=True):
        pending.setdefault(step.module, []).append(step.name)
    changed = (
        {step.module for step in migrating.changed()} if migrating.MigrationStamp.table_exists() else set()
    )
    stored, surfaces = _stored_versions(), _stored_surfaces()
    found = []
    for one in registry.in_order():
        was = stored.get(one.name, "")
        newer = bool(was) and was != one.plugin.version
        broken = bool(one.problem) and not config.settings().safe_mode
        if newer or broken or one.name in pending or one.name in changed:
            steps = pending.get(one.name, [])
            findings = _findings(one, steps, one.name in changed)
            changes = surface.differences(surfaces.get(one.name, {}), surface.of(one))
            found.append(
                Report(one.name, str(one.plugin.title), was, one.plugin.version, steps, findings, changes)
            )
    return found


def rehearse() -> Rehearsal:
    """Run every pending step on a copy (SQLite) or in a transaction that is taken back (PostgreSQL), then look whether
    the plugins in question keep the contract."""
    started = time.monotonic()
    names = [one.name for one in reports()]
    if is_postgresql():
        clear, lines = _in_a_transaction()
        kept, said = _contract_on_an_empty_database(names) if clear and names else (clear, [])
        clear, lines = clear and kept, [*lines, *said]
    else:
        clear, lines = _on_a_copy(names)
    return Rehearsal(clear, round(time.monotonic() - started, 1), lines)


def _stored_versions() -> dict[str, str]:
    # Only the two oldest columns: the table may not have its newest shape yet.
    if not PluginState.table_exists():
        return {}
    return dict(PluginState.select(PluginState.name, PluginState.version).tuples())


def _stored_surfaces() -> dict[str, Surface]:
    table = PluginState._meta.table_name
    if not PluginState.table_exists() or "surface" not in {one.name for one in db.get_columns(table)}:
        return {}
    return dict(PluginState.select(PluginState.name, PluginState.surface).tuples())


def _findings(found: Found, steps: list[str], changed: bool) -> list[Finding]:
    failed = migrating.waits_for_steps(found) and "failed" in found.problem
    broken = found.problem and not migrating.waits_for_steps(found)
    findings = [Finding("bad", found.problem)] if failed or broken else []
    if not broken:
        findings.append(Finding("ok", _("It fits this plugin interface: %(range)s.", range=found.plugin.api)))
    for need in found.plugin.requires:
        other = registry.found.get(need)
        if other is None or (other.problem and not migrating.waits_for_steps(other)):
            findings.append(Finding("bad", _("It needs “%(name)s”, which is not there.", name=need)))
    if changed:
        findings.append(
            Finding(
                "bad", _("A database step was changed after it had run. Install the released files again.")
            )
        )
    findings.append(
        Finding("warn", _("Database steps to run: %(names)s.", names=", ".join(steps)))
        if steps
        else Finding("ok", _("The database has the shape it needs."))
    )
    return findings


def _on_a_copy(names: list[str]) -> tuple[bool, list[str]]:
    """`lms migrate` in a process of its own on a copy of the file: a step cannot reach the real one."""
    chosen = config.settings()
    with tempfile.TemporaryDirectory(prefix="rehearsal-", dir=chosen.instance) as folder:
        copy = Path(folder) / "copy.db"
        with closing(sqlite3.connect(db.obj.database)) as real, closing(sqlite3.connect(copy)) as target:
            real.backup(target)
        environ = os.environ | {"LMS_INSTANCE": str(chosen.instance), "LMS_DATABASE": f"sqlite:///{copy}"}
        done = [_lms(environ, "migrate"), _lms(environ, "migrate", "--check")]
        if all(one.returncode == 0 for one in done):
            done += [_lms(environ, "plugins", "doctor", name) for name in names]
    return _outcome(done)


def _contract_on_an_empty_database(names: list[str]) -> tuple[bool, list[str]]:
    """`lms plugins doctor` in an instance of its own: the real database has yesterday's shape until the upgrade."""
    with tempfile.TemporaryDirectory(prefix="rehearsal-") as folder:
        environ = os.environ | {"LMS_INSTANCE": folder, "LMS_DATABASE": f"sqlite:///{folder}/empty.db"}
        done = [_lms(environ, "init")]
        if done[0].returncode == 0:
            done = [_lms(environ, "plugins", "doctor", name) for name in names]
    return _outcome(done)


def _outcome(done: list[subprocess.CompletedProcess[str]]) -> tuple[bool, list[str]]:
    lines = [line for one in done for line in (one.stdout + one.stderr).splitlines() if line.strip()]
    return all(one.returncode == 0 for one in done), lines[-60:]


def _lms(environ: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from lms.cli import main; main()", *arguments]
    return subprocess.run(command, env=environ, capture_output=True, text=True, timeout=PATIENCE, check=False)


def _in_a_transaction() -> tuple[bool, list[str]]:
    lines: list[str] = []
    with db.atomic() as transaction:
        # Rather give up than keep people waiting behind a lock.
        db.execute_sql("set local lock_timeout = '5s'")
        try:
            for module, runner in migrating.runners(set_aside=True):
                for step in [one.name for one in runner.status() if one.applied is None]:
                    runner.up(step)
                    lines.append(f"✔ {module}/{step}")
        except Exception as problem:
            lines.append(f"✖ {module}/{step}: {type(problem).__name__}: {problem}")
            return False, lines
        finally:
            transaction.rollback()
    return True, lines
