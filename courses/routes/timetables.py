"""A timetable from a spreadsheet: upload or paste → preview → apply → result."""

from __future__ import annotations

import io
from typing import Any

from flask import flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from courses import queries, services
from courses.models import Klass
from courses.routes.blueprint import bp
from courses.services.timetables import KIND, PreviewOutdated
from courses.timetable.judging import judge
from lms.access import current_user, requires
from lms.errors import Invalid, NotFound
from lms.importing import answer, drafts
from lms.importing.models import ImportDraft
from lms.importing.preview import STATUS_NAMES, STATUS_TITLES, STATUS_TONES, Preview, Result, Status
from lms.web.forms import UploadForm


@bp.route("/<int:class_id>/timetable", methods=["GET", "POST"])
@requires("courses.manage")
def timetable(class_id: int) -> Any:
    """Upload or paste; what cannot be read is said at once, what can be is judged row by row."""
    klass = queries.class_or_404(class_id, current_user)
    form = UploadForm()
    if form.validate_on_submit():
        try:
            data, filename = form.content()
            draft = drafts.keep(KIND, data, filename, by=current_user, target=klass.id)
            preview = judge(drafts.grid(draft), klass)
        except Invalid as problem:
            form.refuse(problem)
        else:
            drafts.keep_preview(draft, preview)
            return redirect(url_for("courses.timetable_preview", class_id=class_id, key=draft.key), 303)
    page = render_template("courses/timetable.html", form=form, klass=klass, active_nav="courses")
    return page, 422 if form.errors else 200


@bp.get("/<int:class_id>/timetable/<key>")
@requires("courses.manage")
def timetable_preview(class_id: int, key: str) -> str:
    """Every row with its verdict, before and after it was applied."""
    klass, draft = _own(class_id, key)
    if draft.applied_at:
        return _show(klass, draft, drafts.preview(draft), drafts.result(draft))
    return _show(klass, draft, _fresh(klass, draft), None)


@bp.post("/<int:class_id>/timetable/<key>")
@requires("courses.manage")
def apply_timetable(class_id: int, key: str) -> Any:
    """Write what the preview promised; the result, with its counts, is the same page."""
    klass, draft = _own(class_id, key)
    try:
        services.import_sessions(
            draft,
            klass,
            by=current_user,
            digest=request.form.get("digest", ""),
            take_conflicts="take_conflicts" in request.form,
            cancel_missing="cancel_missing" in request.form,
        )
    except PreviewOutdated as problem:
        flash(str(problem), "warning")
        return redirect(url_for("courses.timetable_preview", class_id=class_id, key=key), 303)
    return redirect(url_for("courses.timetable_preview", class_id=class_id, key=key), 303)


@bp.post("/<int:class_id>/timetable/<key>/discard")
@requires("courses.manage")
def discard_timetable(class_id: int, key: str) -> Response:
    """Throw the upload away."""
    _klass, draft = _own(class_id, key)
    drafts.discard(draft)
    flash(_("The uploaded timetable was thrown away; nothing was changed."), "info")
    return redirect(url_for("courses.sessions", class_id=class_id), 303)


@bp.get("/<int:class_id>/timetable/<key>/answer.xlsx")
@requires("courses.manage")
def timetable_answer(class_id: int, key: str) -> Response:
    """The sender's own table with result and reason beside every row."""
    klass, draft = _own(class_id, key)
    preview = drafts.preview(draft) if draft.applied_at else _fresh(klass, draft)
    book = answer.workbook(drafts.grid(draft), preview, drafts.result(draft))
    ending = _("timetable-result")
    return send_file(io.BytesIO(book), download_name=f"{klass.code}-{ending}.xlsx", as_attachment=True)


def _own(class_id: int, key: str) -> tuple[Klass, ImportDraft]:
    klass = queries.class_or_404(class_id, current_user)
    draft = drafts.find(key, KIND, by=current_user)
    if draft.target != klass.id:
        raise NotFound(_("This import belongs to another class."))
    return klass, draft


def _fresh(klass: Klass, draft: ImportDraft) -> Preview:
    return judge(drafts.grid(draft), klass)


def _show(klass: Klass, draft: ImportDraft, preview: Preview, result: Result | None) -> str:
    wanted = request.args.get("show", "")
    status = Status(wanted) if wanted in set(Status) else None
    outcomes = {outcome.number: outcome for outcome in result.outcomes} if result else {}
    return render_template(
        "courses/timetable_preview.html",
        klass=klass,
        draft=draft,
        preview=preview,
        rows=preview.only(status) if status else preview.rows,
        show=wanted if status else "",
        counts=preview.counts(),
        titles=STATUS_TITLES,
        names=STATUS_NAMES,
        tones=STATUS_TONES,
        clashes=sum(bool(row.facts.get("may_take")) for row in preview.rows),
        result=result,
        outcomes=outcomes,
        active_nav="courses",
    )
