"""Writes of the shell itself."""

from __future__ import annotations

from flask_babel import gettext as _

from lms import audit, events, jobs
from lms.access.models import User
from lms.db import atomic
from lms.errors import Conflict
from lms.events import Delivery
from lms.jobs import JobRun


@atomic
def go_on(run: JobRun, *, by: User | None) -> None:
    """Run work again from where its items stand: failed, called off, or done with items that failed. Raises Conflict."""
    if not jobs.can_go_on(run):
        raise Conflict(_("This work has not failed; there is nothing to repeat."))
    audit.record(by, "jobs.retry", run, kind=run.kind)
    jobs.retry(run.id)


@atomic
def deliver_again(delivery_id: int, *, by: User | None) -> None:
    """Try one failed delivery again. Raises Conflict when it has not failed."""
    failed = Delivery.get_or_none(Delivery.id == delivery_id, Delivery.state == "failed")
    if failed is None:
        raise Conflict(_("This delivery has not failed; there is nothing to repeat."))
    audit.record(by, "events.retry", failed, handler=failed.handler)
    events.retry(delivery_id)


@atomic
def deliver_all_again(*, by: User | None) -> int:
    """Try every failed delivery again; returns how many."""
    failed = [row.id for row in Delivery.select(Delivery.id).where(Delivery.state == "failed")]
    for delivery_id in failed:
        events.retry(delivery_id)
    if failed:
        audit.record(by, "events.retry_all", None, count=len(failed))
    return len(failed)


@atomic
def call_off(run: JobRun, *, by: User | None) -> bool:
    """Call work off; what is done stays. Returns whether it ended at once. Raises Conflict when it is over."""
    if run.finished:
        raise Conflict(_("This work is over; there is nothing to call off."))
    audit.record(by, "jobs.stop", run, kind=run.kind, done=run.done, count=run.count)
    return jobs.stop(run.id)
