"""Decisions on long staff lists are carried out by a worker; the approver watches."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lms.errors import LmsError, NotFound
from lms.jobs import JobRun, job
from lms.jobs.models import Fate
from lms.people.staff import deciding, services
from lms.people.staff.difference import FAILED, REFUSED, TAKEN
from lms.people.staff.models import DECIDED, StaffList

_FATES: dict[str, Fate] = {TAKEN: "done", FAILED: "failed", REFUSED: "skipped"}
_SAID = {TAKEN: _l("Taken over."), REFUSED: _l("Not accepted by the approver.")}


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
        decided = deciding.decide(
            made, by=run.by, progress=lambda rows: run.advance(rows, _("Taking over the rows"))
        )
    except LmsError as refused:
        return {"url": url, "note": str(refused)}
    for row in services.rows_of(decided):
        said = row.note if row.outcome == FAILED else _SAID.get(row.outcome, "")
        run.tell(row.name, _FATES[row.outcome], said, key=row.key)
    return {"url": url}
