"""``/approvals``: what waits for a second person."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from lms.access import current_user, signed_in
from lms.access.forms import AnswerForm
from lms.access.guard import acting_user
from lms.access.models import User
from lms.approvals import kinds, queries, services
from lms.approvals.models import Approval
from lms.db import paginate

bp = Blueprint("approvals", "lms.approvals", template_folder="templates")


@bp.get("/approvals")
@signed_in
def approvals() -> str:
    """What waits for me, what I asked for, and what was decided."""
    shown = request.args.get("show", "waiting")
    lists = {"mine": queries.asked_by, "decided": queries.decided}
    query = lists.get(shown, queries.waiting_for)(current_user)
    page = paginate(query, request.args.get("page", 1, type=int), per_page=20)
    return render_template(
        "approvals/approvals.html",
        page=page,
        shown=shown if shown in lists else "waiting",
        sentences=_sentences,
        title_of=_title,
        where=_where,
    )


@bp.post("/approvals/<int:approval_id>/approve")
@signed_in
def approve(approval_id: int) -> Response:
    """Agree; the deed is done at once."""
    services.approve(queries.approval_or_404(approval_id, current_user), by=_me())
    flash(_("Agreed, and done."), "success")
    return redirect(url_for("approvals.approvals"))


@bp.post("/approvals/<int:approval_id>/refuse")
@signed_in
def refuse(approval_id: int) -> Response:
    """Say no."""
    row = queries.approval_or_404(approval_id, current_user)
    services.refuse(row, by=_me(), answer=AnswerForm().answer.data or "")
    flash(_("Refused; nothing was changed."), "success")
    return redirect(url_for("approvals.approvals"))


@bp.post("/approvals/<int:approval_id>/withdraw")
@signed_in
def withdraw(approval_id: int) -> Response:
    """Take one's own request back."""
    services.withdraw(queries.approval_or_404(approval_id, current_user), by=_me())
    flash(_("The request is withdrawn."), "success")
    return redirect(url_for("approvals.approvals", show="mine"))


def _me() -> User:
    user = acting_user()
    assert user is not None
    return user


def _title(row: Approval) -> str:
    kind = kinds.get(row.kind)
    return str(kind.title) if kind else str(row.kind)


def _sentences(row: Approval) -> list[str]:
    kind = kinds.get(row.kind)
    return [str(one) for one in kind.describe(row.details)] if kind else []


def _where(row: Approval) -> str:
    kind = kinds.get(row.kind)
    return kind.where(row.details) if kind else ""
