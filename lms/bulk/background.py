"""Deeds on more rows than a page waits for."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from lms.bulk import services
from lms.bulk.models import BulkRun
from lms.errors import NotFound
from lms.jobs import JobRun, job


@job(services.JOB, again=True)
def bulk_deed(work: JobRun, *, key: str) -> dict[str, Any]:
    """Do the chosen rows portion by portion, each whole; run again after a crash it goes on with the rest.

    Run again when it was done, it tries the rows that could not be done; nothing once the deed was taken back.
    """
    run = BulkRun.get_or_none(BulkRun.key == key)
    if run is None:
        raise NotFound(_("This choice is no longer there. Choose the rows again."))
    url = f"/bulk/{run.key}"
    if run.undone_at:
        return {"url": url, "note": _("The deed was taken back; nothing more was done.")}
    past = {*run.done} if run.applied_at else {*run.done, *map(int, run.blocked)}
    left = [number for number in run.chosen if number not in past]
    work.total(len(run.chosen))
    _tell(work, run, [number for number in run.chosen if number in past])
    work.advance(len(past))
    for first in range(0, len(left), services.AT_ONCE):
        ids = left[first : first + services.AT_ONCE]
        services.portion(run, ids)
        _tell(work, run, ids)
        work.advance(len(ids))
    services.finish(run)
    return {"url": url}


def _tell(work: JobRun, run: BulkRun, ids: list[int]) -> None:
    for line in services.fates(run, ids):
        label = " · ".join(filter(None, (str(line.title), str(line.detail))))
        work.tell(label, "failed" if line.reason else "done", line.reason, key=str(line.number))
