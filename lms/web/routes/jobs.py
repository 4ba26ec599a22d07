"""Long work under way: progress, result, once more."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from lms.access import can, current_user
from lms.access.guard import acting_user, signed_in
from lms.access.models import User
from lms.config import settings
from lms.db import paginate
from lms.errors import NotFound
from lms.jobs import JobRun
from lms.web import services
from lms.web.routes.blueprint import web


@web.get("/jobs")
@signed_in
def jobs() -> str:
    """The reader's own long work; an administrator sees everybody's."""
    query = JobRun.select(JobRun, User).left_outer_join(User).order_by(JobRun.id.desc())
    if not can(current_user, "platform.jobs"):
        query = query.where(JobRun.by == current_user.id)
    state = request.args.get("state", "")
    if state in {"queued", "running", "done", "failed"}:
        query = query.where(JobRun.state == state)
    page = paginate(query, request.args.get("page", 1, type=int))
    return render_template("web/jobs.html", page=page, state=state)


@web.get("/jobs/<int:run_id>")
@signed_in
def job(run_id: int) -> str:
    """Progress and result; the page renews itself until the work is done."""
    return render_template("web/job.html", run=_own_run(run_id))


@web.get("/jobs/<int:run_id>/state")
@signed_in
def job_state(run_id: int) -> Response:
    """The moving part of the progress page."""
    run = _own_run(run_id)
    response = Response(render_template("web/job_state.html", run=run), mimetype="text/html")
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
