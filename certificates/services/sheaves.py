"""Papers for the printer: those of a list, in one file."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from certificates.models import Batch, Certificate
from lms import audit, jobs
from lms.access.models import User
from lms.db import atomic
from lms.errors import Invalid

#: Papers in one file: what a printer and a reader still open quickly.
MOST = 1000
ORDERS = {
    "number": (Certificate.register_year, Certificate.register_number, Certificate.id),
    "name": (Certificate.name_sort, Certificate.register_year, Certificate.register_number),
    "class": (Certificate.class_code, Certificate.name_sort, Certificate.id),
}


@atomic
def bind_papers(query: Any, order: str, *, by: User | None) -> jobs.JobRun:
    """Bind the printed papers of a register query in the background: by register number, name, or class and name.

    Raises Invalid when none is printed, or there are more than fit in one file.
    """
    cancelled = Batch.select(Batch.id).where(Batch.state == "cancelled")
    printed = query.where(Certificate.pdf_sha256.is_null(False), Certificate.batch.not_in(cancelled))
    printed = printed.order_by(*ORDERS[order])
    ids = [row.id for row in printed.limit(MOST + 1)]
    if not ids:
        raise Invalid(_("None of these certificates is printed yet."))
    if len(ids) > MOST:
        raise Invalid(
            _("More than %(most)s papers. Please choose a year, a programme or a class first.", most=MOST)
        )
    title = ngettext("%(num)s paper in one file", "%(num)s papers in one file", len(ids))
    run = jobs.start("certificates.one_file", title=title, by=by, ids=ids)
    audit.record(by, "certificates.bound", None, count=len(ids))
    return run
