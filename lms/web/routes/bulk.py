"""Deeds on many rows of a list: dry run, doing it, result, taking it back."""

from __future__ import annotations

from urllib.parse import parse_qsl

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.datastructures import MultiDict
from werkzeug.urls import iri_to_uri

from lms.access import current_user
from lms.access.guard import require, signed_in
from lms.bulk import BulkDeed, deed_or_404, services
from lms.bulk.models import BulkRun
from lms.errors import Conflict, Invalid
from lms.jobs import JobRun
from lms.web.routes.blueprint import web

#: Rows of each kind a page names; the counts are of all.
SHOWN = 200


@web.post("/bulk/deeds/<deed>")
@signed_in
def bulk_choose(deed: str) -> ResponseReturnValue:
    """Keep the chosen rows, or all that match the filters, and show what the deed would do."""
    declared = deed_or_404(deed)
    require(declared.permission)
    target = request.form.get("target", type=int)
    try:
        run = services.choose(declared, _chosen(declared, target), target=target, by=current_user)
    except Invalid as refused:
        flash(str(refused), "warn")
        query = request.form.get("filter", "")[:1000]
        return redirect(
            f"{declared.back_url(target)}?{iri_to_uri(query)}" if query else declared.back_url(target)
        )
    return redirect(url_for("web.bulk_show", key=run.key), 303)


@web.get("/bulk/<key>")
@signed_in
def bulk_show(key: str) -> str:
    """The dry run, or the result."""
    return _page(services.run_or_404(key, by=current_user))


@web.post("/bulk/<key>/apply")
@signed_in
def bulk_apply(key: str) -> ResponseReturnValue:
    """Do it; many rows in the background."""
    run = services.run_or_404(key, by=current_user)
    try:
        work = services.start(run, reason=request.form.get("reason", "")[:400])
    except Invalid as refused:
        return _page(run, problem=next(iter(refused.fields.values()), str(refused))), 422
    except Conflict as refused:
        flash(str(refused), "warn")
        work = None
    if work is not None:
        return redirect(url_for("web.job", run_id=work.id), 303)
    return redirect(url_for("web.bulk_show", key=key), 303)


@web.post("/bulk/<key>/undo")
@signed_in
def bulk_undo(key: str) -> ResponseReturnValue:
    """Take it back."""
    run = services.run_or_404(key, by=current_user)
    try:
        count = services.undo(run)
    except Conflict as refused:
        flash(str(refused), "bad")
    else:
        flash(ngettext("Taken back: %(num)s row is as before.", "Taken back: %(num)s rows are as before.", count), "good")  # fmt: skip
    return redirect(url_for("web.bulk_show", key=key), 303)


def _chosen(deed: BulkDeed, target: int | None) -> list[int]:
    if request.form.get("all"):
        arguments: MultiDict[str, str] = MultiDict(parse_qsl(request.form.get("filter", "")[:1000]))
        where = deed.target_or_404(target, current_user)
        return deed.matching(arguments, user=current_user, target=where)
    texts = request.form.getlist("id")
    return [int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 10]


def _page(run: BulkRun, *, problem: str = "") -> str:
    deed = deed_or_404(run.deed)
    return render_template(
        "web/bulk.html",
        run=run,
        deed=deed,
        plan=services.plan(run),
        target=deed.target_or_404(run.target, current_user),
        back=deed.back_url(run.target),
        work=JobRun.get_or_none(JobRun.id == run.job) if run.job and not run.applied_at else None,
        may_undo=services.may_undo(run),
        minutes=services.UNDO_MINUTES,
        problem=problem,
        shown=SHOWN,
        title=str(_("Result")) if run.applied_at else str(deed.title),
    )
