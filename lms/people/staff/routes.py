"""Pages: staff lists sent, the difference to approve, the decision and its way back."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice

from lms import text
from lms.access import can, current_user, requires, requires_any, scope
from lms.access.guard import acting_user
from lms.db import Page, paginate
from lms.errors import Invalid, NotFound
from lms.importing import services as importing
from lms.importing.kinds import kind_or_404
from lms.jobs import JobRun
from lms.people import labels, queries
from lms.people.models import Organisation
from lms.people.staff import deciding, services
from lms.people.staff.difference import ACCEPTABLE
from lms.people.staff.models import DECIDED, WAITING, StaffList
from lms.web.forms import show_refusal
from lms.web.lists import Sort, Sorting

LISTS = Sorting(
    Sort("organisation", _l("Organisation"), Organisation.name_folded),
    Sort("state", _l("State"), StaffList.state),
    Sort("sent", _l("Sent on"), StaffList.sent_at, down=True),
    last=(StaffList.id,),
)

bp = Blueprint("staff", __name__, url_prefix="/people/staff-lists")

PER_PAGE = 100
SEND, APPROVE = "people.manage", "people.staff_approve"


class StaffForm(FlaskForm):
    """An agency's list."""

    organisation = SelectField(_l("Organisation"), coerce=int)
    file = FileField(_l("Staff list"), description=_l("XLSX or CSV, as the agency keeps it, with everybody who serves there."))  # fmt: skip


@bp.get("")
@requires_any("people.manage", "people.staff_approve")
def index() -> str:
    """Lists sent, those that wait first, and the form for a new one."""
    return _index(_form())


@bp.post("")
@requires("people.manage")
def send() -> Any:
    """Take in a list and show how every row was judged."""
    form = _form()
    if form.validate_on_submit():
        organisation = queries.organisation_or_404(form.organisation.data, current_user, SEND)
        try:
            if form.file.data is None or not form.file.data.filename:
                raise Invalid(fields={"file": _("Choose a file.")})
            draft = importing.take_in(
                kind_or_404("people.staff"),
                form.file.data.read(),
                form.file.data.filename,
                by=current_user,
                target=organisation.id,
            )
        except Invalid as refused:
            if refused.fields:
                show_refusal(form, refused)
            else:
                form.file.errors = [str(refused)]
        else:
            return redirect(url_for("web.import_show", key=draft.key))
    return _index(form), 422


@bp.get("/<int:list_id>")
@requires_any("people.manage", "people.staff_approve")
def show(list_id: int) -> str:
    """The difference, row by row, with old and new values; once decided, what became of each row."""
    made = _list(list_id, SEND, APPROVE)
    rows = services.rows_of(made)
    wanted = request.args.get("show", "")
    shown = [row for row in rows if wanted in {"", row.status}]
    number, pages = request.args.get("page", 1, type=int), max(1, -(-len(shown) // PER_PAGE))
    number = min(max(1, number), pages)
    part = shown[(number - 1) * PER_PAGE : number * PER_PAGE]
    may = can(current_user, APPROVE) and made.organisation_id in scope.organisations(current_user, APPROVE)
    return render_template(
        "people/staff_list.html",
        made=made,
        page=Page(part, number, pages, len(shown), PER_PAGE),
        shown=wanted,
        accepted=sum(1 for row in rows if row.accepted),
        acceptable=ACCEPTABLE,
        may_approve=may,
        has_result=made.sent_by_id == current_user.id and services.has_result(made),
        obstacles=deciding.obstacles(made) if may and made.state == DECIDED else None,
        run=JobRun.get_or_none(JobRun.id == made.job) if made.job and made.state == WAITING else None,
        labels=labels,
    )


@bp.post("/<int:list_id>/decide")
@requires("people.staff_approve")
def decide(list_id: int) -> Any:
    """Keep the marks of this page, and take over what is marked when the button for that was pressed."""
    made, by = _list(list_id, APPROVE), acting_user() or current_user
    back = redirect(
        url_for("staff.show", list_id=list_id, show=request.args.get("show"), page=request.args.get("page"))
    )
    made = services.mark(made, set(request.form.getlist("shown")), set(request.form.getlist("accept")))
    if "mark" in request.form:
        flash(_("The marks are kept; nothing was taken over yet."), "info")
        return back
    run = deciding.start(made, by=by)
    if run is not None:
        return redirect(url_for("web.job", run_id=run.id))
    done = _list(list_id, APPROVE)
    flash(
        _("%(accepted)s rows were taken over, %(failed)s could not be.", accepted=done.counts["accepted"], failed=done.counts["failed"]),
        "success",
    )  # fmt: skip
    return redirect(url_for("staff.show", list_id=list_id))


@bp.post("/<int:list_id>/undo")
@requires("people.staff_approve")
def undo(list_id: int) -> Any:
    """Take a decision back."""
    deciding.undo(_list(list_id, APPROVE), by=acting_user() or current_user)
    flash(_("The decision was taken back: every record is as before, and the list waits again."), "success")
    return redirect(url_for("staff.show", list_id=list_id))


def _form() -> StaffForm:
    form = StaffForm()
    own = queries.organisations(current_user, SEND).where(Organisation.valid_to.is_null())
    form.organisation.choices = [SelectChoice(row.id, row.name) for row in own]
    if request.method == "GET":
        last = (
            StaffList.select()
            .where(StaffList.sent_by == current_user.id)
            .order_by(StaffList.id.desc())
            .first()
        )
        form.organisation.data = last.organisation_id if last else None
    return form


def _index(form: StaffForm) -> str:
    query = StaffList.select(StaffList, Organisation).join(Organisation)
    query = scope.limit(
        query, StaffList.organisation, current_user, SEND if can(current_user, SEND) else APPROVE
    )
    query = query.order_by((StaffList.state == "waiting").desc(), StaffList.id.desc())
    order, state = LISTS.asked(), request.args.get("state", "")
    search = request.args.get("q", "").strip()[:120]
    if state in labels.STAFF_STATES:
        query = query.where(StaffList.state == state)
    for word in text.fold(search).split():
        query = query.where(Organisation.name_folded.contains(word))
    page = paginate(order.over(query), request.args.get("page", 1, type=int))
    return render_template(
        "people/staff_lists.html",
        page=page,
        form=form,
        labels=labels,
        order=order,
        state=state,
        search=search,
        chip_pairs=[(name, title) for name, (title, _tone) in labels.STAFF_STATES.items()],
    )


def _list(list_id: int, *permissions: str) -> StaffList:
    found: StaffList | None = (
        StaffList.select(StaffList, Organisation).join(Organisation).where(StaffList.id == list_id).first()
    )
    if found is None or not any(
        can(current_user, one) and found.organisation_id in scope.organisations(current_user, one)
        for one in permissions
    ):
        raise NotFound(_("There is no such list."))
    return found
