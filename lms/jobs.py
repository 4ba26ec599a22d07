"""Background work: huey runs it, our tables remember it.

Two kinds of work share one queue on our own database. A *delivery* (see `lms.events`) is short and runs in a
transaction. A *job* is long, runs outside any transaction, commits item by item and can be started again
with the same arguments after a crash. Enqueueing happens in the caller's transaction, so work that was
never committed is never run; what a killed worker left is found again by the sweeper.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from huey import Huey
from huey.constants import EmptyData
from huey.contrib.sql_huey import SqlStorage
from huey.storage import BaseStorage
from peewee import BlobField, CharField, DateTimeField, FloatField, ForeignKeyField, IntegerField, TextField

from lms import clock
from lms.access.models import User
from lms.config import settings
from lms.context import without_visitor
from lms.db import BaseModel, JSONText, db, is_postgresql
from lms.db.base import connection
from lms.errors import LmsError
from lms.plugins.contract import owner
from lms.upgrading import refuse_while_upgrading

log = logging.getLogger(__name__)


class Stopped(LmsError):
    """Somebody called the work off."""


class JobRun(BaseModel):
    """One piece of long work: its arguments, progress, result and who asked for it."""

    kind = CharField(80)
    title = CharField(200)
    args = JSONText()
    state = CharField(8, default="queued", index=True)  # queued | running | done | failed | stopped
    done = IntegerField(default=0)
    count = IntegerField(default=0)
    note = CharField(300, default="")
    result = JSONText(null=True)
    error = TextField(default="")
    by = ForeignKeyField(User, null=True, on_delete="SET NULL")
    created_at = DateTimeField(default=clock.now)
    heartbeat_at = DateTimeField(null=True)
    finished_at = DateTimeField(null=True)
    #: Somebody called it off; it ends at its next sign of life.
    stop_at = DateTimeField(null=True)

    class Meta:
        table_name = "lms_job"

    _written = 0.0

    @property
    def finished(self) -> bool:
        return self.state in {"done", "failed", "stopped"}

    def total(self, count: int) -> None:
        """Say how many items there are; progress counts from 0 again (a restarted job recounts)."""
        self.count, self.done = count, 0
        self._write(force=True)

    def advance(self, items: int = 1, note: str = "") -> None:
        """Say that items are done; also the sign of life that keeps the job from being taken up by another worker.

        Raises Stopped (let it pass through) when somebody called the work off; what is done stays.
        """
        self.done += items
        self.note = note[:300]
        self._write(force=self.done >= self.count)

    def tell(self, label: str, ok: bool, message: str = "") -> None:
        """Say what became of one item; the page lists failures first, and all go into a spreadsheet."""
        self.told.append({"label": str(label), "ok": ok, "message": str(message)})

    @property
    def told(self) -> list[dict[str, Any]]:
        """What `tell` said in this run."""
        rows: list[dict[str, Any]] = self.__dict__.setdefault("_told", [])
        return rows

    def file_path(self, name: str) -> Path:
        """A place for a produced file, `jobs/<id>/<name>` under the instance's files."""
        folder = settings().files / "jobs" / str(self.id)
        folder.mkdir(parents=True, exist_ok=True)
        return folder / name

    def _write(self, *, force: bool) -> None:
        if not force and time.monotonic() - self._written < 0.3:
            return
        self._written = time.monotonic()
        going_on = (
            JobRun.update(done=self.done, count=self.count, note=self.note, heartbeat_at=clock.now())
            .where(JobRun.id == self.id, JobRun.stop_at.is_null())
            .execute()
        )
        if not going_on and not (self.count and self.done >= self.count):
            raise Stopped


class Timer(BaseModel):
    """When a timetable entry (`@every`) runs next."""

    name = CharField(120, unique=True)
    next_at = DateTimeField(default=clock.now)

    class Meta:
        table_name = "lms_timer"


class QueueTask(BaseModel):
    queue = CharField(40)
    data = BlobField()
    priority = FloatField(default=0.0)

    class Meta:
        table_name = "lms_queue_task"
        indexes = ((("priority", "id"), False),)


class QueueSchedule(BaseModel):
    queue = CharField(40)
    data = BlobField()
    timestamp = DateTimeField()

    class Meta:
        table_name = "lms_queue_schedule"


class _Storage(SqlStorage):
    """huey's queue on our own database and migrations, polled without a write lock while it is empty."""

    def __init__(self, name: str = "kimbang", **_: Any) -> None:
        BaseStorage.__init__(self, name)
        self.database = db
        self.Task = QueueTask
        self.Schedule = QueueSchedule
        self.atomic = db.atomic

    @property
    def for_update(self) -> str | None:
        return "FOR UPDATE SKIP LOCKED" if is_postgresql() else None

    def check_conn(self) -> None:
        if db.is_closed():
            db.connect()

    def dequeue(self) -> Any:
        self.check_conn()
        if not QueueTask.select(QueueTask.id).where(QueueTask.queue == self.name).exists():
            return None
        data = super().dequeue()
        return None if data is None else bytes(data)

    def read_schedule(self, timestamp: Any) -> list[Any]:
        return []  # what is due later stands in our own tables; the sweeper queues it in time

    # huey also keeps results, locks and revocations; we use none of them, our tables say what became of work.

    def put_data(self, key: str, value: Any, is_result: bool = False) -> None:
        """Keep nothing."""

    def peek_data(self, key: str) -> Any:
        return EmptyData

    def peek_many(self, keys: Any) -> dict[str, Any]:
        return {}

    def pop_data(self, key: str) -> Any:
        return EmptyData

    def has_data_for_key(self, key: str) -> bool:
        return False


huey = Huey("kimbang", storage_class=_Storage, results=False, utc=True)


@huey.task()
def _deliver(delivery_id: int) -> None:
    from lms import events  # noqa: PLC0415  the other half of one mechanism

    if not held():
        events.deliver(delivery_id)


@huey.task()
def _run_job(run_id: int) -> None:
    if not held():
        perform(run_id)


#: The timer that stands while an upgrade is not finished (see `lms.holding`).
HOLD = "lms.upgrade"


def held() -> bool:
    """Whether deliveries and work wait for the end of an upgrade; the sweeper finds them again afterwards."""
    return Timer.select().where(Timer.name == HOLD).exists()


def wake(delivery_id: int) -> None:
    """Queue a delivery, in the caller's transaction."""
    _deliver(delivery_id)


@dataclass(frozen=True)
class Job:
    kind: str
    function: Callable[..., Any]
    plugin: str


@dataclass(frozen=True)
class Every:
    name: str
    function: Callable[[], Any]
    plugin: str
    seconds: int


_jobs: dict[str, Job] = {}
_timetable: dict[str, Every] = {}


def job(kind: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare long work of a module's ``jobs.py``; `kind` is "<plugin>.<what>"."""

    def declare(function: Callable[..., Any]) -> Callable[..., Any]:
        _jobs[kind] = Job(kind, function, kind.split(".")[0])
        return function

    return declare


def every(*, minutes: int = 0, hours: int = 0) -> Callable[[Callable[[], Any]], Callable[[], Any]]:
    """Declare a timetable entry; it runs on one worker only and is silent while its plugin is off."""

    def declare(function: Callable[[], Any]) -> Callable[[], Any]:
        plugin = owner(function.__module__)
        name = f"{plugin}.{function.__name__}"
        _timetable[name] = Every(name, function, plugin, minutes * 60 + hours * 3600)
        return function

    return declare


def forget_plugin(plugin: str) -> None:
    """Drop a plugin's jobs and timetable (its loading failed half-way)."""
    for table in (_jobs, _timetable):
        for name in [name for name, entry in table.items() if entry.plugin == plugin]:  # type: ignore[attr-defined]
            del table[name]


def known() -> tuple[list[Job], list[Every]]:
    """Every job and timetable entry of this process."""
    return list(_jobs.values()), list(_timetable.values())


def start(kind: str, *, title: Any, by: User | None = None, **args: Any) -> JobRun:
    """Queue a job in the caller's transaction (or on its own). Raises KeyError for an unknown kind."""
    _jobs[kind]
    refuse_while_upgrading(f"start {kind}")
    with db.atomic():
        run = JobRun.create(kind=kind, title=str(title)[:200], args=args, by=by)
        _run_job(run.id)
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
        with without_visitor(), fenced(0, savepoint=False):
            result = work.function(run, **run.args)
    except Stopped:
        _finish(run_id, state="stopped", done=run.done, result=_with_rows(run, None), note="")
        return True
    except (PluginFault, LmsError, LookupError) as problem:
        log.exception("job %s (%s) failed", run_id, run.kind)
        told = isinstance(problem, PluginFault | LookupError)
        message = str(problem) if told else f"{type(problem).__name__}: {problem}"
        _finish(run_id, state="failed", error=message[:2000], result=_with_rows(run, None))
        troubles.note(run.kind.split(".")[0], f"job {run.kind}", message)
        return True
    _finish(run_id, state="done", result=_with_rows(run, result), done=run.count or run.done, note="")
    troubles.clear(run.kind.split(".")[0], f"job {run.kind}")
    return True


def _with_rows(run: JobRun, result: Any) -> dict[str, Any]:
    """The result of a job with what `tell` said of its items."""
    return {**(result or {}), **({"rows": run.told} if run.told else {})}


def retry(run_id: int) -> None:
    """Run a failed or stopped job again from where its items stand."""
    with db.atomic():
        JobRun.update(state="queued", error="", finished_at=None, stop_at=None).where(
            JobRun.id == run_id, JobRun.state.in_(["failed", "stopped"])
        ).execute()
        _run_job(run_id)


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


def sweep() -> int:
    """Queue again what is owed and not under way: due deliveries, jobs of dead workers, the timetable. Returns how many."""
    from lms import events  # noqa: PLC0415  the other half of one mechanism

    if QueueTask.select().exists() or held():
        return 0
    silent_since = clock.now() - timedelta(seconds=settings().lease_seconds)
    stale = JobRun.select(JobRun.id).where(
        ((JobRun.state == "queued") & (JobRun.created_at < clock.now() - timedelta(seconds=5)))
        | ((JobRun.state == "running") & (JobRun.heartbeat_at < silent_since))
    )
    waiting = [(_run_job, run.id) for run in stale] + [(_deliver, one) for one in events.due()]
    with db.atomic():
        for task, number in waiting:
            task(number)
    return len(waiting) + _run_timetable()


def _run_timetable() -> int:
    from lms.plugins.switch import is_on  # noqa: PLC0415  reads tables; not needed to import this module

    ran = 0
    for entry in list(_timetable.values()):
        if not is_on(entry.plugin):
            continue
        Timer.insert(name=entry.name).on_conflict_ignore().execute()
        following = clock.now() + timedelta(seconds=entry.seconds)
        mine = (
            Timer.update(next_at=following)
            .where(Timer.name == entry.name, Timer.next_at <= clock.now())
            .execute()
        )
        if mine:
            ran += 1
            _run_entry(entry)
    return ran


def _run_entry(entry: Every) -> None:
    """A timetable entry is quick (long work starts a job): it has the seconds of a lease."""
    from lms.plugins import troubles  # noqa: PLC0415  asking plugins needs tables that jobs do not need at import
    from lms.plugins.fence import fenced  # noqa: PLC0415

    place = f"timetable {entry.name}"
    try:
        with without_visitor(), fenced(settings().lease_seconds):
            entry.function()
    except Exception as problem:
        log.exception("timetable entry %s failed", entry.name)
        troubles.note(entry.plugin, place, str(problem))
    else:
        troubles.clear(entry.plugin, place)


def drain() -> list[str]:
    """Do everything that is due, here and now; for tests, demo data and the command line. Returns what was delivered."""
    from lms import events  # noqa: PLC0415  the other half of one mechanism

    log_of_deliveries: list[str] = []
    while True:
        deliveries = events.due()
        queued = [
            run.id for run in JobRun.select(JobRun.id).where(JobRun.state == "queued").order_by(JobRun.id)
        ]
        if not deliveries and not queued:
            break
        for number in deliveries:
            label = events.deliver(number)
            if label:
                log_of_deliveries.append(label)
        for number in queued:
            perform(number)
    QueueTask.delete().execute()
    return log_of_deliveries


def run_worker() -> None:
    """Work until told to stop: `settings().workers` processes and a sweeper; SIGINT and SIGTERM end them cleanly."""
    os.environ["LMS_WORKER_PID"] = str(os.getpid())
    db.obj.close_all()
    sweeper = multiprocessing.get_context("fork").Process(target=_sweep_for_ever, name="sweeper", daemon=True)
    sweeper.start()
    consumer = huey.create_consumer(
        workers=settings().workers,
        worker_type="process",
        periodic=False,
        initial_delay=0.05,
        max_delay=0.5,
        backoff=1.3,
        check_worker_health=True,
    )
    consumer.run()
    sweeper.terminate()


def _sweep_for_ever() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    parent = os.getppid()
    while os.getppid() == parent:
        try:
            with connection():
                sweep()
        except Exception:
            log.exception("sweep failed")
        time.sleep(2)
