"""The sweeper: work that is owed and not under way, and the timetable."""

from __future__ import annotations

import logging
from datetime import timedelta

from lms import clock
from lms.config import settings
from lms.context import without_visitor
from lms.db import db
from lms.jobs.declared import Every, _timetable
from lms.jobs.models import JobRun, Timer, held
from lms.jobs.runs import deliver_task, perform, run_task
from lms.jobs.storage import QueueTask

log = logging.getLogger(__name__)


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
    waiting = [(run_task, run.id) for run in stale] + [(deliver_task, one) for one in events.due()]
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
