"""What `lms doctor` looks at: one function a subject, each with findings in plain sentences and what to do."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from lms import audit, clock, config, fonts
from lms.answers import Finding
from lms.config import read_secrets
from lms.db import db, is_postgresql, migrating
from lms.events import Delivery
from lms.jobs import JobRun, Timer
from lms.operations import archive, health
from lms.plugins import ask
from lms.plugins.registry import registry
from lms.plugins.switch import state_of

#: The secrets that `lms init` makes; without one of them data or sign-ins are lost.
SECRETS = ("secret_key", "password_salt", "data_key", "hash_key")
#: A backup older than this is no backup.
OLDEST_BACKUP = timedelta(days=2)


Check = Callable[[], Iterator[Finding]]


def examine() -> Iterator[Finding]:
    """Everything that is looked at; a check that fails is itself a finding."""
    for check in CHECKS:
        try:
            yield from check()
        except Exception as problem:
            title = (check.__doc__ or check.__name__).rstrip(".")
            yield Finding(
                "bad", f"{title}: {type(problem).__name__}: {problem}", "See the log of the platform."
            )


def settings() -> Iterator[Finding]:
    """Settings"""
    chosen = config.settings()
    yield Finding("ok", f"Instance {chosen.instance}; address in QR codes {chosen.base_url}")
    address = urlsplit(chosen.base_url)
    local = address.hostname in {"127.0.0.1", "localhost", "::1"}
    if not chosen.public_url:
        yield Finding(
            "warn",
            "LMS_PUBLIC_URL is not set: certificates carry an address that only this machine can open.",
            "Set LMS_PUBLIC_URL to the address people reach the site under before the first certificate is issued.",
        )
    elif address.scheme != "https" and not local:
        yield Finding(
            "warn", "The public address is not https.", "Serve the site over TLS and set LMS_HTTPS=1."
        )
    if address.scheme == "https" and not chosen.https:
        yield Finding(
            "warn", "The public address is https, cookies are not marked secure.", "Set LMS_HTTPS=1."
        )
    if chosen.https and not chosen.proxies:
        yield Finding(
            "warn",
            "TLS ends before this process, but no proxy is believed: all visitors count as one address.",
            "Set LMS_PROXIES to the number of proxies in front, usually 1.",
        )
    if os.environ.get("LMS_CLOCK"):
        yield Finding(
            "warn",
            f"The clock is moved to {os.environ['LMS_CLOCK']}: certificates issued now carry that date.",
            "Unset LMS_CLOCK outside demonstrations.",
        )
    if chosen.safe_mode:
        yield Finding("warn", "Safe mode: only the core is loaded.", "Unset LMS_SAFE_MODE and restart.")


def mail() -> Iterator[Finding]:
    """Mail"""
    chosen = config.settings()
    if not chosen.smtp_url:
        yield Finding(
            "warn",
            "No mail server: letters wait in the outbox.",
            "Set LMS_SMTP_URL, or leave it so when people shall read their notices on the site alone.",
        )
        return
    if not chosen.mail_returns:
        yield Finding(
            "warn",
            "Letters that come back are not read: addresses that do not exist are written to again and again.",
            "Set LMS_MAIL_RETURNS (see docs/operators.md, “Mail that comes back”).",
        )
    folder = Path(chosen.mail_returns_folder) if chosen.mail_returns_folder else None
    if folder is None:
        yield Finding("ok", "Mail goes out through the server of LMS_SMTP_URL.")
    elif not all(os.access(folder / name, os.R_OK | os.W_OK | os.X_OK) for name in ("new", "cur")):
        yield Finding(
            "bad",
            f"{folder} is not a Maildir that this account can read and change.",
            "Let the mail server make it (with the folders new and cur), owned by the account of the platform.",
        )
    else:
        waiting = sum(1 for _one in (folder / "new").iterdir())
        yield Finding("ok", f"Returned mail is read from {folder}; {waiting} messages wait.")


def secrets() -> Iterator[Finding]:
    """Secrets of the instance"""
    file = config.settings().instance / "secrets.json"
    missing = [name for name in SECRETS if name not in read_secrets(file.parent)]
    if missing:
        yield Finding(
            "bad",
            f"{file} lacks {', '.join(missing)}.",
            "Bring the file back from an archive (lms restore into another folder); do not make new secrets: "
            "citizen ids could no longer be read.",
        )
    elif file.stat().st_mode & 0o077:
        yield Finding("bad", f"{file} can be read by others.", f"chmod 600 {file}")
    else:
        yield Finding("ok", "The secrets are there and readable by this account alone.")


def database() -> Iterator[Finding]:
    """Database"""
    waiting, altered = migrating.pending(), migrating.changed()
    if waiting:
        yield Finding(
            "bad", f"{len(waiting)} migration steps are pending.", "Run: lms backup, then lms migrate"
        )
    for step in altered:
        yield Finding(
            "bad",
            f"{step.module}/{step.name} was changed after it was applied.",
            "Install the released version of that module again.",
        )
    if not waiting and not altered:
        yield Finding("ok", "The database has the shape this version needs.")
    yield from (_postgresql() if is_postgresql() else _sqlite())


def _postgresql() -> Iterator[Finding]:
    version = int(db.execute_sql("show server_version_num").fetchone()[0])
    encoding = db.execute_sql("show server_encoding").fetchone()[0]
    if version < 130_000:
        yield Finding("bad", f"PostgreSQL {version // 10_000} is too old.", "Move to PostgreSQL 13 or newer.")
    if encoding != "UTF8":
        yield Finding(
            "bad",
            f"The database is encoded in {encoding}: Vietnamese letters will be lost.",
            "Create it anew with: createdb -E UTF8 -T template0, then lms copy-database or lms restore",
        )


def _sqlite() -> Iterator[Finding]:
    problem = db.execute_sql("pragma quick_check(1)").fetchone()[0]
    if problem != "ok":
        yield Finding(
            "bad", f"The database file is damaged: {problem}", "Restore the latest archive: lms restore"
        )
    mode = db.execute_sql("pragma journal_mode").fetchone()[0]
    if mode != "wal":
        yield Finding(
            "warn",
            f"The database uses journal mode {mode}: readers and writers wait for each other.",
            "Keep the instance on a local disk, not on a network share.",
        )


def disk() -> Iterator[Finding]:
    """Disk"""
    free = shutil.disk_usage(config.settings().instance).free
    if free < health.LEAST_FREE_BYTES:
        yield Finding(
            "bad",
            f"Only {free // 1_000_000} MB are free: papers and archives will soon fail.",
            "Move old archives (instance/backups) to another machine, or enlarge the disk.",
        )
    else:
        yield Finding("ok", f"{free / 1e9:.0f} GB are free where the instance lies.")


def backups() -> Iterator[Finding]:
    """Backups"""
    folder = config.settings().instance / "backups"
    known = sorted(folder.glob(f"*{archive.ENDING}")) if folder.is_dir() else []
    if not known:
        yield Finding(
            "warn",
            "No archive in the instance's folder of backups.",
            "Run lms backup every night (deploy/ has a timer), and keep copies on another machine.",
        )
        return
    age = timedelta(seconds=max(0.0, time.time() - known[-1].stat().st_mtime))
    level = "warn" if age > OLDEST_BACKUP else "ok"
    yield Finding(
        level,
        f"The latest archive is {known[-1].name}, {age.days} days old.",
        "Look why the nightly lms backup did not run." if level == "warn" else "",
    )


def plugins() -> Iterator[Finding]:
    """Plugins"""
    levels = {"on": "ok", "off": "ok", "safe_mode": "warn"}
    for found in registry.in_order():
        state, reason = state_of(found.name)
        level = levels.get(state, "bad")
        yield Finding(
            level,
            f"Plugin {found.name} {found.plugin.version}: {state}{' — ' + reason if reason else ''}",
            ""
            if level == "ok"
            else f"Look at /plugins/{found.name}, or run: lms plugins doctor {found.name}",
        )


def font_files() -> Iterator[Finding]:
    """Fonts"""
    fonts.check()
    yield Finding("ok", "Both document fonts are there with every Vietnamese letter.")


def work() -> Iterator[Finding]:
    """Work"""
    failed = Delivery.select().where(Delivery.state == "failed").count()
    jobs = JobRun.select().where(JobRun.state == "failed").count()
    yield Finding(
        "warn" if failed or jobs else "ok",
        f"Failed deliveries: {failed}; failed jobs: {jobs}.",
        "See /jobs and the wiring page of /plugins; mend the cause, then try again there."
        if failed or jobs
        else "",
    )
    late = Timer.select().where(Timer.next_at < clock.now() - timedelta(minutes=10)).count()
    if late:
        yield Finding(
            "bad",
            "The timetable is late: no worker is running.",
            "Start one: lms worker, or systemctl start kimbang-worker",
        )


def audit_record() -> Iterator[Finding]:
    """Audit record"""
    broken = audit.verify_chain()
    if broken is None:
        yield Finding("ok", "The audit record is an unbroken chain.")
    else:
        yield Finding(
            "bad",
            f"The audit record was altered: {broken}",
            "Run lms audit verify, keep this database as evidence, and compare it with the last archive.",
        )


def of_plugins() -> Iterator[Finding]:
    """What plugins look at"""
    yield from ask("soundness")


CHECKS: tuple[Check, ...] = (
    settings,
    secrets,
    mail,
    database,
    disk,
    backups,
    plugins,
    font_files,
    work,
    audit_record,
    of_plugins,
)
