"""Pages: people who may be on record twice, the two side by side, the merge and its way back."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lms import text
from lms.access import current_user, requires
from lms.access.guard import acting_user
from lms.db import paginate
from lms.errors import Conflict, Invalid, NotFound
from lms.people import history, labels, queries
from lms.people.merging import duplicates, plan, services
from lms.people.merging.forms import MergeForm, UndoForm
from lms.people.merging.models import OfficialMerge
from lms.people.models import Official, Organisation
from lms.web.forms import show_refusal
from lms.web.lists import Sort, Sorting

MERGES = Sorting(
    Sort("name", _l("Full name"), Official.name_sort),
    Sort("at", _l("Merged on"), OfficialMerge.merged_at, down=True),
    usual="-at",
    last=(OfficialMerge.id,),
)

bp = Blueprint("merging", __name__, url_prefix="/people")

PER_PAGE = 30


@bp.get("/duplicates")
@requires("people.merge")
def suggested() -> str:
    """Pairs of records that may be one person, the most alike first."""
    number, wanted = request.args.get("page", 1, type=int), text.fold(request.args.get("q", "")[:120])
    page = duplicates.page(current_user, number, search=wanted, per_page=PER_PAGE)
    return render_template("people/duplicates.html", page=page)


@bp.get("/merges")
@requires("people.merge")
def merges() -> str:
    """Merges done, the newest first."""
    query = (
        OfficialMerge.select(OfficialMerge, Official)
        .join(Official, on=OfficialMerge.kept)
        .order_by(OfficialMerge.id.desc())
    )
    number = request.args.get("page", 1, type=int)
    order, search = MERGES.asked(), request.args.get("q", "").strip()[:120]
    for word in text.fold(search).split():
        query = query.where(Official.name_folded.contains(word))
    page = paginate(order.over(query), number, PER_PAGE)
    return render_template("people/merges.html", page=page, order=order, search=search)


@bp.get("/<int:kept_id>/merge/<int:gone_id>")
@requires("people.merge")
def compare(kept_id: int, gone_id: int) -> Any:
    """The two side by side, and what merging them would do; nothing is changed."""
    return _compare(_official(kept_id), _official(gone_id), MergeForm())


@bp.post("/<int:kept_id>/merge/<int:gone_id>")
@requires("people.merge")
def merge(kept_id: int, gone_id: int) -> Any:
    """Merge, as shown in the preview."""
    kept, gone, form = _official(kept_id), _official(gone_id), MergeForm()
    try:
        done = services.merge(
            kept,
            gone,
            reason=form.reason.data or "",
            by=acting_user(),
            fingerprint=form.fingerprint.data or "",
        )
    except (Invalid, Conflict) as refused:
        show_refusal(form, refused)
        return _compare(kept, gone, form), 422
    flash(_("The two records are one now. Nothing was lost: see the counts below."), "success")
    return redirect(url_for("merging.result", merge_id=done.id))


@bp.post("/<int:kept_id>/not-same/<int:gone_id>")
@requires("people.merge")
def tell_apart(kept_id: int, gone_id: int) -> Any:
    """Remember that the two are two persons."""
    services.not_same(_official(kept_id), _official(gone_id), by=acting_user())
    flash(_("Noted: two persons. The pair will not be suggested again."), "success")
    return redirect(url_for("merging.suggested"))


@bp.get("/merges/<int:merge_id>")
@requires("people.merge")
def result(merge_id: int) -> Any:
    """What a merge moved, with counts, and the way back."""
    return _result(_merge(merge_id), UndoForm())


@bp.post("/merges/<int:merge_id>/undo")
@requires("people.merge")
def undo(merge_id: int) -> Any:
    """Take a merge back."""
    done, form = _merge(merge_id), UndoForm()
    try:
        services.undo(done, reason=form.reason.data or "", by=acting_user())
    except (Invalid, Conflict) as refused:
        show_refusal(form, refused)
        return _result(done, form), 422
    flash(_("The merge is undone. Both records are as they were before it."), "success")
    return redirect(url_for("merging.result", merge_id=merge_id))


def _compare(kept: Official, gone: Official, form: MergeForm) -> str:
    planned = plan.of(kept, gone)
    form.fingerprint.data = planned.fingerprint
    return render_template(
        "people/compare.html",
        kept=kept,
        gone=gone,
        plan=planned,
        rows=planned.counts,
        fields=list(dict.fromkeys(history.field_title(name) for name in planned.taken_over)),
        form=form,
        labels=labels,
    )


def _result(done: OfficialMerge, form: UndoForm) -> str:
    gone = Official.get_by_id(done.gone_id)
    return render_template("people/merge.html", merge=done, kept=done.kept, gone=gone, form=form)


def _official(official_id: int) -> Official:
    return queries.official_or_404(official_id, current_user, permission=duplicates.MERGE)


def _merge(merge_id: int) -> OfficialMerge:
    kept = Official.alias()
    found: OfficialMerge | None = (
        OfficialMerge.select(OfficialMerge, kept, Organisation)
        .join(kept, on=(OfficialMerge.kept == kept.id), attr="kept")
        .join(Organisation)
        .where(OfficialMerge.id == merge_id)
        .first()
    )
    if found is None:
        raise NotFound(_("There is no such merge."))
    queries.official_or_404(found.kept_id, current_user, permission=duplicates.MERGE)
    return found
