"""A list from upload to result: every row judged, corrected in place, applied once."""

from __future__ import annotations

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from courses import queries as courses
from lms.access import current_user, requires
from lms.db import Page
from lms.errors import Conflict, Invalid
from lms.importing import answer, drafts
from lms.importing.models import ImportDraft
from lms.importing.preview import STATUS_NAMES, STATUS_TITLES, STATUS_TONES, Preview, RowJudgement, Status
from lms.web.forms import UploadForm
from plugins.enrolment.columns import FIXABLE
from plugins.enrolment.forms import RowForm
from plugins.enrolment.routes.blueprint import bp
from plugins.enrolment.routes.nominating import class_page, download
from plugins.enrolment.services import lists

ROWS_A_PAGE = 100


@bp.post("/classes/<int:class_id>/list")
@requires("enrolment.nominate")
def upload(class_id: int) -> ResponseReturnValue:
    """Take in a list and show how every row was judged."""
    klass = courses.class_or_404(class_id, current_user)
    form = UploadForm()
    try:
        draft = lists.take_in(klass, *form.content(), by=current_user)
    except (Invalid, Conflict) as refused:
        place = form.pasted if form.pasted.data else form.file
        place.errors = [str(refused)]
        return class_page(class_id, form), 422
    return redirect(url_for(".show_list", key=draft.key))


@bp.get("/lists/<key>")
@requires("enrolment.nominate")
def show_list(key: str) -> str:
    """The preview of a list, or its result once it was applied."""
    return _list_page(_draft(key))


@bp.post("/lists/<key>/rows/<int:number>")
@requires("enrolment.nominate")
def correct(key: str, number: int) -> ResponseReturnValue:
    """Correct one row in place; the whole list is judged again."""
    form = RowForm()
    try:
        preview = lists.correct(_draft(key), number, form.typed(), by=current_user)
    except Conflict as refused:
        flash(str(refused), "bad")
        return redirect(url_for(".show_list", key=key))
    row = preview.row(number)
    if row is not None:
        tone = {"good": "good", "info": "good", "neutral": "info"}.get(STATUS_TONES[row.status], "warn")
        flash(_("Row %(number)d: %(sentence)s", number=number, sentence=row.reason), tone)
    show = request.args.get("show")
    if show and row is not None and row.status is Status.ERROR:
        show = Status.ERROR.value  # it stays in view, with its message
    page = request.args.get("page")
    return redirect(url_for(".show_list", key=key, show=show, page=page, _anchor=f"row-{number}"))


@bp.post("/lists/<key>/apply")
@requires("enrolment.nominate")
def apply_list(key: str) -> ResponseReturnValue:
    """Nominate every row that stands."""
    draft = _draft(key)
    try:
        result = lists.nominate_from_import(draft, by=current_user)
    except (Conflict, Invalid) as refused:
        flash(str(refused), "bad")
        return redirect(url_for(".show_list", key=key))
    number = result.counts["nominated"]
    flash(ngettext("%(num)d official nominated.", "%(num)d officials nominated.", number), "good")
    return redirect(url_for(".show_list", key=key))


@bp.post("/lists/<key>/undo")
@requires("enrolment.nominate")
def undo(key: str) -> ResponseReturnValue:
    """Withdraw what an applied list nominated."""
    try:
        number = lists.take_back(_draft(key), by=current_user)
    except Conflict as refused:
        flash(str(refused), "bad")
    else:
        flash(ngettext("%(num)d nomination of the list taken back.", "%(num)d nominations of the list taken back.", number), "good")  # fmt: skip
    return redirect(url_for(".show_list", key=key))


@bp.post("/lists/<key>/discard")
@requires("enrolment.nominate")
def discard(key: str) -> ResponseReturnValue:
    """Throw a list away that was not applied."""
    draft = _draft(key)
    try:
        drafts.discard(draft)
    except Conflict as refused:
        flash(str(refused), "bad")
        return redirect(url_for(".show_list", key=key))
    flash(_("The list “%(name)s” was thrown away; nothing was nominated.", name=draft.filename), "info")
    return redirect(url_for(".show_class", class_id=draft.target))


@bp.get("/lists/<key>/result.xlsx")
@requires("enrolment.nominate")
def result_file(key: str) -> Response:
    """The sender's own table with the columns "Result" and "Reason"."""
    draft = _draft(key)
    data = answer.workbook(drafts.grid(draft), drafts.preview(draft), drafts.result(draft))
    stem = draft.filename.rsplit(".", 1)[0]
    return download(data, f"{stem}-ket-qua.xlsx")


def _draft(key: str) -> ImportDraft:
    return drafts.find(key, lists.KIND, by=current_user)


def _list_page(draft: ImportDraft) -> str:
    preview = drafts.preview(draft)
    result = drafts.result(draft)
    shown = _shown(request.args.get("show", ""))
    page = _page(preview.only(shown), request.args.get("page", 1, type=int))
    return render_template(
        "enrolment/result.html" if result else "enrolment/preview.html",
        draft=draft,
        klass=lists.class_of(draft),
        preview=preview,
        counts=preview.counts(),
        undecided=_undecided(preview),
        result=result,
        outcomes={outcome.number: outcome for outcome in result.outcomes} if result else {},
        shown=shown,
        page=page,
        fixable=FIXABLE,
        may_undo=bool(result and draft.changes and not draft.undone_at and not lists.decided(draft)),
        titles=STATUS_TITLES,
        names=STATUS_NAMES,
        tones=STATUS_TONES,
        Status=Status,
    )


def _shown(wanted: str) -> Status | None:
    return Status(wanted) if wanted in set(Status) else None


def _undecided(preview: Preview) -> int:
    """Rows that somebody has to look at."""
    return sum(1 for row in preview.rows if row.status in {Status.ERROR, Status.CONFLICT})


def _page(rows: list[RowJudgement], wanted: int) -> Page:
    pages = max(1, -(-len(rows) // ROWS_A_PAGE))
    at = min(max(1, wanted), pages)
    return Page(rows[(at - 1) * ROWS_A_PAGE : at * ROWS_A_PAGE], at, pages, len(rows), ROWS_A_PAGE)
