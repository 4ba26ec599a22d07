"""Long work under way: progress, result, once more."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from lms.access import can, current_user
from lms.access.guard import acting_user, signed_in
from lms.access.models import User
from lms.config import settings
from lms.db import paginate
from lms.errors import NotFound
from lms.exporting import Column, workbook
from lms.jobs import JobRun, can_go_on, rows
from lms.web import services
from lms.web.job_list import runs
from lms.web.lists import Sort, Sorting
from lms.web.routes.blueprint import web

WORK = Sorting(
    Sort("work", _l("Work"), JobRun.title),
    Sort("started", _l("Started"), JobRun.id, down=True),
    Sort("state", _l("State"), JobRun.state),
    usual="-started",
    last=(JobRun.id.desc(),),
)
FATES = {"failed": _l("Failed"), "skipped": _l("Skipped"), "done": _l("Done")}
#: Items on one page.
PAGE = 25


@web.get("/jobs")
@signed_in
def jobs() -> str:
    """The reader's own long work; an administrator sees everybody's."""
    state = request.args.get("state", "")
    order = WORK.asked()
    page = paginate(order.over(runs(current_user, state)), request.args.get("page", 1, type=int))
    failed = rows.failed(page.rows)
    return render_template("web/jobs.html", page=page, state=state, order=order, failed=failed)


@web.get("/jobs/<int:run_id>")
@signed_in
def job(run_id: int) -> str:
    """Progress and result; the page renews itself until the work is done."""
    run = _own_run(run_id)
    return render_template("web/job.html", run=run, **_items(run))


@web.get("/jobs/<int:run_id>/state")
@signed_in
def job_state(run_id: int) -> Response:
    """The moving part of the progress page."""
    run = _own_run(run_id)
    response = Response(render_template("web/job_state.html", run=run, **_items(run)), mimetype="text/html")
    response.headers["X-Job-State"] = run.state
    return response


@web.get("/jobs/<int:run_id>/file")
@signed_in
def job_file(run_id: int) -> Response:
    """The produced file."""
    run = _own_run(run_id)
    name = (run.result or {}).get("file") if run.state == "done" else None
    root = settings().files.resolve()
    path = (root / name).resolve() if name else None
    if path is None or not path.is_relative_to(root) or not path.is_file():
        raise NotFound(_("This work has no file, or the file has been tidied away. Please start it again."))
    return send_file(path, as_attachment=True, download_name=run.result.get("filename") or path.name)


@web.get("/jobs/<int:run_id>/rows")
@signed_in
def job_rows(run_id: int) -> Response:
    """What became of every item, as a spreadsheet, failures first."""
    run = _own_run(run_id)
    if not rows.counts(run):
        raise NotFound(_("This work keeps no list of its items."))
    columns = [Column(_("Item"), "text"), Column(_("Result"), "text"), Column(_("Message"), "text", 60)]
    response = Response(
        workbook(columns, _lines(run), sheet=_("Result"), title=run.title),
        mimetype="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )
    response.headers["Content-Disposition"] = f'attachment; filename="ket-qua-{run.id}.xlsx"'
    return response


@web.post("/jobs/<int:run_id>/stop")
@signed_in
def job_stop(run_id: int) -> Response:
    """Call work off: at once while it waits, at its next item while it runs."""
    run = _own_run(run_id)
    if services.call_off(run, by=acting_user()):
        flash(_("The work was called off before it began."), "success")
    else:
        flash(_("The work ends after the item it is at. What is done stays done."), "success")
    return redirect(url_for("web.job", run_id=run.id))


@web.post("/jobs/<int:run_id>/retry")
@signed_in
def job_retry(run_id: int) -> Response:
    """Run failed work again from where it stands."""
    run = _own_run(run_id)
    services.go_on(run, by=acting_user())
    flash(_("The work goes on from where it stood."), "success")
    return redirect(url_for("web.job", run_id=run.id))


def _own_run(run_id: int) -> JobRun:
    run = JobRun.select(JobRun, User).left_outer_join(User).where(JobRun.id == run_id).first()
    if run is None or (run.by_id != current_user.id and not can(current_user, "platform.jobs")):
        raise NotFound(_("There is no such work of yours."))
    return run


def _lines(run: JobRun) -> Iterator[tuple[str, str, str]]:
    for row in rows.listed(run).iterator():
        yield row.label, str(FATES[row.fate]), row.message


def _items(run: JobRun) -> dict[str, Any]:
    """A page of what became of the items, how many of each fate there are, and whether the failed can be tried again."""
    fate = request.args.get("fate", "")
    return {
        "items": paginate(rows.listed(run, fate), request.args.get("page", 1, type=int), per_page=PAGE),
        "fate": fate,
        "counts": rows.counts(run),
        "fates": FATES,
        "can_go_on": can_go_on(run),
    }
