"""`lms doctor`: is this installation sound, in plain sentences."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import click

from lms import config
from lms.cli.context import with_app

Finding = tuple[str, str]  # ("ok" | "warn" | "bad", sentence)


@click.command("doctor")
@with_app
def doctor() -> None:
    """Look at settings, database, plugins, fonts, work and the audit record; exit 1 when something is broken."""
    worst = "ok"
    marks = {
        "ok": click.style("✔", fg="green"),
        "warn": click.style("!", fg="yellow"),
        "bad": click.style("✖", fg="red"),
    }
    for check in CHECKS:
        try:
            findings = list(check())
        except Exception as problem:
            findings = [("bad", f"{check.__doc__}: {type(problem).__name__}: {problem}")]
        for level, sentence in findings:
            click.echo(f"{marks[level]} {sentence}")
            worst = level if level == "bad" or worst == "ok" else worst
    raise SystemExit(1 if worst == "bad" else 0)


def _settings() -> Iterator[Finding]:
    """Settings"""
    chosen = config.settings()
    yield "ok", f"Instance {chosen.instance}; address in QR codes {chosen.base_url}"
    if os.environ.get("LMS_CLOCK"):
        yield (
            "warn",
            f"The clock is moved to {os.environ['LMS_CLOCK']}: certificates issued now carry that date.",
        )
    if chosen.safe_mode:
        yield "warn", "Safe mode: only the core is loaded."
    secrets = chosen.instance / "secrets.json"
    if secrets.exists() and secrets.stat().st_mode & 0o077:
        yield "bad", f"{secrets} can be read by others; chmod 600 it."


def _database() -> Iterator[Finding]:
    """Database"""
    from lms.db import migrating  # noqa: PLC0415

    waiting, altered = migrating.pending(), migrating.changed()
    if waiting:
        yield "bad", f"{len(waiting)} migration steps are pending; run `lms migrate`."
    for step in altered:
        yield "bad", f"{step.module}/{step.name} was changed after it was applied."
    if not waiting and not altered:
        yield "ok", "The database has the shape this version needs."


def _plugins() -> Iterator[Finding]:
    """Plugins"""
    from lms.plugins.registry import registry  # noqa: PLC0415
    from lms.plugins.switch import state_of  # noqa: PLC0415

    for found in registry.in_order():
        state, reason = state_of(found.name)
        level = {"on": "ok", "off": "ok", "safe_mode": "warn"}.get(state, "bad")
        yield level, f"Plugin {found.name} {found.plugin.version}: {state}{' — ' + reason if reason else ''}"


def _fonts() -> Iterator[Finding]:
    """Fonts"""
    from lms import fonts  # noqa: PLC0415

    fonts.check()
    yield "ok", "Both document fonts are there with every Vietnamese letter."


def _work() -> Iterator[Finding]:
    """Work"""
    from lms.events import Delivery  # noqa: PLC0415
    from lms.jobs import JobRun  # noqa: PLC0415

    failed = Delivery.select().where(Delivery.state == "failed").count()
    jobs = JobRun.select().where(JobRun.state == "failed").count()
    yield ("warn" if failed or jobs else "ok"), f"Failed deliveries: {failed}; failed jobs: {jobs}."


def _audit() -> Iterator[Finding]:
    """Audit record"""
    from lms import audit  # noqa: PLC0415

    broken = audit.verify_chain()
    if broken is None:
        yield "ok", "The audit record is an unbroken chain."
    else:
        yield "bad", f"The audit record was altered: {broken}"


CHECKS: tuple[Callable[[], Iterator[Finding]], ...] = (_settings, _database, _plugins, _fonts, _work, _audit)

commands = [doctor]
