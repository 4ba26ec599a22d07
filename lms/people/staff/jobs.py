"""Decisions on long staff lists are carried out by a worker; the approver watches."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from lms.errors import LmsError, NotFound
from lms.jobs import JobRun, job
from lms.people.staff import deciding, services
from lms.people.staff.models import DECIDED, StaffList


@job(deciding.JOB)
def decide_staff_list(run: JobRun, *, number: int) -> dict[str, Any]:
    """Take over the rows marked; run again after a crash it starts over, for nothing of it was written."""
    made = StaffList.get_or_none(StaffList.id == number)
    if made is None:
        raise NotFound(_("There is no such list."))
    url = f"/people/staff-lists/{number}"
    if made.state == DECIDED:
        return {"url": url}
    run.total(sum(1 for row in services.rows_of(made) if row.accepted))
    try:
        deciding.decide(made, by=run.by, progress=lambda rows: run.advance(rows, _("Taking over the rows")))
    except LmsError as refused:
        return {"url": url, "note": str(refused)}
    return {"url": url}
