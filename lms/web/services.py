"""Writes of the shell itself."""

from __future__ import annotations

from flask_babel import gettext as _

from lms import audit, jobs
from lms.access.models import User
from lms.db import atomic
from lms.errors import Conflict
from lms.jobs import JobRun


@atomic
def go_on(run: JobRun, *, by: User | None) -> None:
    """Run failed work again from where its items stand. Raises Conflict when it has not failed."""
    if run.state != "failed":
        raise Conflict(_("This work has not failed; there is nothing to repeat."))
    audit.record(by, "jobs.retry", run, kind=run.kind)
    jobs.retry(run.id)
