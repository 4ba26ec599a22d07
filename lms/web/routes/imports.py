"""Lists in and out, for every kind that a module declares: upload, preview, result, taking back, export."""

from __future__ import annotations

import io

from flask import Response, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lms.access import current_user
from lms.access.guard import require, signed_in
from lms.db import Page, paginate
from lms.errors import Conflict, Invalid, NotFound
from lms.exporting import lists
from lms.importing import answer, decoding, drafts, services
from lms.importing.kinds import ListKind, kind_or_404, known
from lms.importing.models import ImportDraft
from lms.importing.preview import STATUS_NAMES, STATUS_TITLES, STATUS_TONES, Preview, Status
from lms.jobs import JobRun
from lms.web.forms import UploadForm
from lms.web.lists import Sort, Sorting
from lms.web.routes.blueprint import web

IMPORTS = Sorting(
    Sort("list", _l("List"), ImportDraft.filename),
    Sort("kind", _l("Kind"), ImportDraft.kind),
    Sort("sent", _l("Sent"), ImportDraft.created_at, down=True),
    usual="-sent",
    last=(ImportDraft.created_at.desc(),),
)
ROWS_A_PAGE = 100
#: Fields of the row form that are no columns.
_BESIDES = ("record_chosen", "skip")


@web.get("/imports")
@signed_in
def imports() -> str:
    """The reader's own imports: open, applied, taken back."""
    order = IMPORTS.asked()
    page = paginate(order.over(drafts.history(current_user)), request.args.get("page", 1, type=int))
    return render_template(
        "web/imports.html", page=page, order=order, kinds={kind.key: kind for kind in known()}
    )


@web.get("/lists/<kind>/import")
@signed_in
def import_form(kind: str) -> str:
    """Choose a list to import."""
    return _form_page(_importable(kind), UploadForm())


@web.post("/lists/<kind>/import")
@signed_in
def import_upload(kind: str) -> ResponseReturnValue:
    """Take in a list and show how every row was judged."""
    declared = _importable(kind)
    form = UploadForm()
    target = request.args.get("target", type=int)
    try:
        draft = services.take_in(declared, *form.content(), by=current_user, target=target)
    except (Invalid, Conflict) as refused:
        form.refuse(refused)
        return _form_page(declared, form), 422
    return redirect(url_for("web.import_show", key=draft.key))


@web.get("/lists/<kind>/form.xlsx")
@signed_in
def import_empty(kind: str) -> Response:
    """An empty form with the columns of the list."""
    declared = _importable(kind)
    return _download(lists.table(declared, "xlsx", []), f"{declared.filename(None)}-mau", "xlsx")


@web.get("/lists/<kind>/export.<ending>")
@signed_in
def list_export(kind: str, ending: str) -> Response:
    """The rows on screen as a file; citizen ids masked."""
    return _export(kind, ending, full=False)


@web.post("/lists/<kind>/export.<ending>")
@signed_in
def list_export_full(kind: str, ending: str) -> Response:
    """The same with whole citizen ids, on record."""
    require("people.export_ids")
    return _export(kind, ending, full=True)


def _export(key: str, ending: str, *, full: bool) -> Response:
    kind = kind_or_404(key)
    if not kind.may_view(current_user):
        require(kind.view_permission)
        raise NotFound()  # the permission is there, its plugin is off
    target = kind.target_or_404(request.args.get("target", type=int), current_user)
    data = lists.export(kind, ending, user=current_user, arguments=request.args, target=target, full=full)
    return _download(data, kind.filename(target), ending)


@web.get("/imports/<key>")
@signed_in
def import_show(key: str) -> str:
    """The preview of a list, or its result once it was applied."""
    return _list_page(*_own(key))


@web.post("/imports/<key>/rows/<int:number>")
@signed_in
def import_correct(key: str, number: int) -> ResponseReturnValue:
    """Correct one row in place; the whole list is judged again."""
    draft, kind = _own(key)
    allowed = {*(column.key for column in kind.columns()), *_BESIDES}
    typed = {name: value[:400] for name, value in request.form.items() if name in allowed}
    try:
        preview = services.correct(draft, number, typed, by=current_user)
    except Conflict as refused:
        flash(str(refused), "bad")
        return redirect(url_for("web.import_show", key=key))
    row = preview.row(number)
    show = request.args.get("show")
    if row is not None:
        tone = {"good": "good", "info": "good", "neutral": "info"}.get(STATUS_TONES[row.status], "warn")
        flash(_("Row %(number)d: %(sentence)s", number=number, sentence=row.reason), tone)
        show = Status.ERROR.value if show and row.status is Status.ERROR else show
    page = request.args.get("page")
    return redirect(url_for("web.import_show", key=key, show=show, page=page, _anchor=f"row-{number}"))


@web.post("/imports/<key>/columns")
@signed_in
def import_choose(key: str) -> ResponseReturnValue:
    """Take other columns, or read the letters in another encoding."""
    draft, kind = _own(key)
    mapping = None
    if "encoding" not in request.form:
        wanted = {column.key: request.form.get(f"column-{column.key}", type=int) for column in kind.columns() if not column.export_only}  # fmt: skip
        mapping = {name: place for name, place in wanted.items() if f"column-{name}" in request.form}
    try:
        services.choose(draft, by=current_user, encoding=request.form.get("encoding", ""), mapping=mapping)
    except (Conflict, Invalid) as refused:
        flash(str(refused), "bad")
    else:
        flash(_("The list was read again; your corrections are kept."), "good")
    return redirect(url_for("web.import_show", key=key))


@web.post("/imports/<key>/options")
@signed_in
def import_decide(key: str) -> ResponseReturnValue:
    """Take a choice about the list as a whole, or take it back."""
    draft, _kind = _own(key)
    try:
        services.decide(draft, request.form.get("option", ""), "take" in request.form, by=current_user)
    except Conflict as refused:
        flash(str(refused), "bad")
    return redirect(url_for("web.import_show", key=key))


@web.post("/imports/<key>/apply")
@signed_in
def import_apply(key: str) -> ResponseReturnValue:
    """Write every row that stands; long lists in the background."""
    draft, _kind = _own(key)
    try:
        run = services.start(draft, by=current_user)
    except services.PreviewOutdated as refused:
        services.judge(draft, by=current_user)
        flash(str(refused), "warn")
        return redirect(url_for("web.import_show", key=key))
    except (Conflict, Invalid) as refused:
        flash(str(refused), "bad")
        return redirect(url_for("web.import_show", key=key))
    if run is not None:
        return redirect(url_for("web.job", run_id=run.id))
    return redirect(url_for("web.import_show", key=key))


@web.post("/imports/<key>/undo")
@signed_in
def import_undo(key: str) -> ResponseReturnValue:
    """Take an applied import back."""
    draft, kind = _own(key)
    try:
        count = services.undo(draft, by=current_user)
    except Conflict as refused:
        flash(str(refused), "bad")
    else:
        flash(kind.taken_back(count), "good")
    return redirect(url_for("web.import_show", key=key))


@web.post("/imports/<key>/discard")
@signed_in
def import_discard(key: str) -> ResponseReturnValue:
    """Throw a list away that was not applied."""
    draft, kind = _own(key)
    try:
        drafts.discard(draft)
    except Conflict as refused:
        flash(str(refused), "bad")
        return redirect(url_for("web.import_show", key=key))
    flash(kind.thrown_away(draft.filename), "info")
    return redirect(kind.back_url(draft.target))


@web.get("/imports/<key>/result.xlsx")
@signed_in
def import_result(key: str) -> Response:
    """The sender's own table with the columns "Result" and "Reason"."""
    draft, _kind = _own(key)
    data = answer.workbook(drafts.grid(draft), drafts.preview(draft), drafts.result(draft))
    return _download(data, f"{draft.filename.rsplit('.', 1)[0]}-ket-qua", "xlsx")


def _importable(key: str) -> ListKind:
    kind = kind_or_404(key)
    if not kind.imports:
        raise NotFound(_("Lists of this kind are only exported."))
    require(kind.import_permission)
    return kind


def _own(key: str) -> tuple[ImportDraft, ListKind]:
    """One's own import, and its kind when one may still import it."""
    draft = drafts.by_key(key, by=current_user)
    return draft, _importable(draft.kind)


def _form_page(kind: ListKind, form: UploadForm) -> str:
    target = request.args.get("target", type=int)
    return render_template(
        "web/import_form.html",
        kind=kind,
        form=form,
        target=kind.target_or_404(target, current_user),
        target_id=target,
        drafts=drafts.unfinished(kind.key, by=current_user, target=target),
        back=kind.back_url(target),
    )


def _list_page(draft: ImportDraft, kind: ListKind) -> str:
    preview, result = drafts.preview(draft), drafts.result(draft)
    wanted = request.args.get("show", "")
    shown = Status(wanted) if wanted in set(Status) else None
    rows = preview.only(shown)
    pages = max(1, -(-len(rows) // ROWS_A_PAGE))
    at = min(max(1, request.args.get("page", 1, type=int)), pages)
    return render_template(
        "web/import_result.html" if result else "web/import_preview.html",
        draft=draft,
        kind=kind,
        back=kind.back_url(draft.target),
        target=kind.target_of_own(draft.target, current_user),
        preview=preview,
        counts=preview.counts(),
        ready=kind.ready(preview),
        options=kind.options(preview) if preview.facts else (),
        undecided=_undecided(preview),
        result=result,
        outcomes={outcome.number: outcome for outcome in result.outcomes} if result else {},
        shown=shown,
        page=Page(rows[(at - 1) * ROWS_A_PAGE : at * ROWS_A_PAGE], at, pages, len(rows), ROWS_A_PAGE),
        columns=[column for column in kind.columns() if not column.export_only],
        may_correct=_may_correct(kind, preview),
        encodings=decoding.ENCODINGS,
        run=JobRun.get_or_none(JobRun.id == draft.job) if draft.job and not result else None,
        fresh=services.is_fresh(draft),
        obstacles=services.obstacles(draft) if result else [],
        titles=STATUS_TITLES,
        names=STATUS_NAMES,
        tones=STATUS_TONES,
        Status=Status,
    )


def _may_correct(kind: ListKind, preview: Preview) -> frozenset[str]:
    """Columns whose cells every row offers for correction."""
    mapped = preview.facts.get("mapping", {})
    return frozenset(kind.fixable or (column.key for column in kind.columns() if column.key in mapped))


def _undecided(preview: Preview) -> int:
    """Rows that somebody has to look at."""
    return sum(1 for row in preview.rows if row.status in {Status.ERROR, Status.CONFLICT})


def _download(data: bytes, stem: str, ending: str) -> Response:
    # The name may be the sender's own, with Vietnamese letters: send_file writes it as headers need it.
    response = send_file(
        io.BytesIO(data), lists.TYPES[ending], as_attachment=True, download_name=f"{stem}.{ending}"
    )
    response.headers["Cache-Control"] = "no-store"
    return response
