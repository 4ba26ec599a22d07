"""What became of the items of long work, as its page asks for it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from peewee import Case, fn

from lms import clock
from lms.db import atomic
from lms.jobs.models import JobRow, JobRun

#: In the order in which people should look at them.
FATES = ("failed", "skipped", "done")
#: Days the items of finished work are kept; its result stays.
KEPT_DAYS = 180


def listed(run: JobRun, fate: str = "") -> Any:
    """The items of a run, failures first; of one fate only when it is named."""
    rank = Case(JobRow.fate, [(name, place) for place, name in enumerate(FATES)], len(FATES))
    query = JobRow.select().where(JobRow.run == run.id).order_by(rank, JobRow.id)
    return query.where(JobRow.fate == fate) if fate in FATES else query


def counts(run: JobRun) -> dict[str, int]:
    """How many items of a run failed, were skipped, are done; fates nobody had are left out. One question."""
    query = JobRow.select(JobRow.fate, fn.COUNT(JobRow.id)).where(JobRow.run == run.id).group_by(JobRow.fate)
    found = dict(query.tuples())
    return {fate: found[fate] for fate in FATES if fate in found}


def failed(runs: Iterable[JobRun]) -> dict[int, int]:
    """How many items of each of these runs failed: run id → number; one question."""
    ids = [run.id for run in runs]
    query = JobRow.select(JobRow.run, fn.COUNT(JobRow.id)).where(
        JobRow.run.in_(ids or [-1]), JobRow.fate == "failed"
    )
    return dict(query.group_by(JobRow.run).tuples())


@atomic
def tidy() -> int:
    """Let go of the items of work that ended long ago; returns how many."""
    old = JobRun.select(JobRun.id).where(JobRun.finished_at < clock.now() - timedelta(days=KEPT_DAYS))
    return int(JobRow.delete().where(JobRow.run.in_(old)).execute())
