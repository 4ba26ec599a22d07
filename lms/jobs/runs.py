"""One run of long work: started, taken up once, watched while it lasts, ended with its result or reason."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _

from lms import clock
from lms.access.models import User
from lms.config import settings
from lms.context import without_visitor
from lms.db import connection, db
from lms.errors import LmsError
from lms.jobs.declared import _jobs
from lms.jobs.models import JobRow, JobRun, Stopped, held
from lms.jobs.storage import huey
from lms.plugins.deadline import DidNotAnswer
from lms.upgrading import refuse_while_upgrading

log = logging.getLogger(__name__)


@huey.task()
def deliver_task(delivery_id: int) -> None:
    """Deliver what an event owes to one handler."""
    from lms import events  # noqa: PLC0415  the other half of one mechanism

    if not held():
        events.deliver(delivery_id)


@huey.task()
def run_task(run_id: int) -> None:
    """Perform one run."""
    if not held():
        perform(run_id)


def wake(delivery_id: int) -> None:
    """Queue a delivery, in the caller's transaction."""
    deliver_task(delivery_id)


def start(kind: str, *, title: Any, by: User | None = None, **args: Any) -> JobRun:
    """Queue a job in the caller's transaction (or on its own). Raises KeyError for an unknown kind."""
    _jobs[kind]
    refuse_while_upgrading(f"start {kind}")
    with db.atomic():
        run = JobRun.create(kind=kind, title=str(title)[:200], args=args, by=by)
        run_task(run.id)
    return run


def perform(run_id: int) -> bool:
    """Run a job if nobody else is at it; returns whether it was run here. Its failure is stored, never raised."""
    if not _take(run_id):
        return False
    from lms.plugins import troubles  # noqa: PLC0415  asking plugins needs tables that jobs do not need at import
    from lms.plugins.fence import PluginFault, fenced  # noqa: PLC0415

    run: JobRun = JobRun.get_by_id(run_id)
    work = _jobs.get(run.kind)
    try:
        if work is None:
            raise LookupError(f"No job {run.kind} is loaded; its plugin may be missing or broken")
        with (
            _pulse(run_id),
            without_visitor(),
            fenced(settings().job_seconds, _giving_up(run_id), savepoint=False, silence=True),
        ):
            result = work.function(run, **run.args)
    except Stopped:
        run.write_told()
        _finish(run_id, state="stopped", done=run.done, note="")
        return True
    except (PluginFault, LmsError, LookupError) as problem:
        log.exception("job %s (%s) failed", run_id, run.kind)
        told = isinstance(problem, PluginFault | LookupError)
        message = (
            _silent()
            if isinstance(problem.__cause__, DidNotAnswer)
            else str(problem)
            if told
            else f"{type(problem).__name__}: {problem}"
        )
        run.write_told()
        _finish(run_id, state="failed", error=message[:2000], done=run.done, count=run.count)
        troubles.note(run.kind.split(".")[0], f"job {run.kind}", message)
        return True
    run.write_told()
    _finish(run_id, state="done", result=result or {}, done=run.count or run.done, note="")
    troubles.clear(run.kind.split(".")[0], f"job {run.kind}")
    return True


@contextmanager
def _pulse(run_id: int) -> Iterator[None]:
    """Keep others from taking the work up while this process lives, however long one item takes."""
    over = threading.Event()

    def beat() -> None:
        while not over.wait(settings().lease_seconds / 3):
            with suppress(Exception), connection():
                JobRun.update(heartbeat_at=clock.now()).where(
                    JobRun.id == run_id, JobRun.state == "running"
                ).execute()

    threading.Thread(target=beat, name=f"pulse of job {run_id}", daemon=True).start()
    try:
        yield
    finally:
        over.set()


def _giving_up(run_id: int) -> Callable[[str], None]:
    """What the watchdog does about work that nothing interrupts: note why, before the process is started anew."""

    def tell(_reason: str) -> None:
        with connection():
            _finish(run_id, state="failed", error=_silent())

    return tell


def _silent() -> str:
    """The reason people read when work hung."""
    return _(
        "It gave no sign of life for %(seconds)s seconds and was ended. What is done stays done; let it go on from there, and tell the administrator when it happens again.",
        seconds=settings().job_seconds,
    )


def can_go_on(run: JobRun) -> bool:
    """Whether there is something left to do: it failed or was called off, or items failed that can be tried again."""
    if run.state in {"failed", "stopped"}:
        return True
    declared = _jobs.get(run.kind)
    if run.state != "done" or declared is None or not declared.again:
        return False
    return bool(JobRow.select().where(JobRow.run == run.id, JobRow.fate == "failed").exists())


def retry(run_id: int) -> None:
    """Run a job again that is over, from where its items stand."""
    with db.atomic():
        JobRun.update(state="queued", error="", finished_at=None, stop_at=None).where(
            JobRun.id == run_id, JobRun.state.in_(["failed", "stopped", "done"])
        ).execute()
        run_task(run_id)


def stop(run_id: int) -> bool:
    """Call work off: at once while it waits, at its next sign of life while it runs. Returns whether it ended at once."""
    now = clock.now()
    with db.atomic():
        ended = (
            JobRun.update(state="stopped", stop_at=now, finished_at=now)
            .where(JobRun.id == run_id, JobRun.state == "queued")
            .execute()
        )
        JobRun.update(stop_at=now).where(JobRun.id == run_id, JobRun.state == "running").execute()
    return bool(ended)


def _take(run_id: int) -> bool:
    silent_since = clock.now() - timedelta(seconds=settings().lease_seconds)
    free = (JobRun.state == "queued") | ((JobRun.state == "running") & (JobRun.heartbeat_at < silent_since))
    taken = (
        JobRun.update(state="running", heartbeat_at=clock.now()).where(JobRun.id == run_id, free).execute()
    )
    return bool(taken)


def _finish(run_id: int, **values: Any) -> None:
    JobRun.update(finished_at=clock.now(), heartbeat_at=None, **values).where(JobRun.id == run_id).execute()
