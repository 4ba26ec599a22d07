"""The attendance of a class at a desk: the table, the sessions, locks and amendments."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from courses.models import ClassSession
from courses.queries import class_or_404
from courses.routes.blueprint import frame
from lms.access import can, current_user, requires
from lms.access.guard import acting_user
from lms.errors import Invalid, NotFound
from lms.plugins import is_on
from plugins.attendance import doors, matrix, queries, services
from plugins.attendance.forms import AmendForm, MakeUpForm
from plugins.attendance.routes.blueprint import bp
from plugins.attendance.routes.roll import heading
from plugins.attendance.services import LockResult
from plugins.attendance.services.locking import confirmed_sessions
from plugins.attendance.statuses import LABELS, LETTERS, attended


@bp.get("/classes/<int:class_id>")
@requires("attendance.view")
def class_sheet(class_id: int) -> str:
    """Person × session with totals, and every session with the state of its roll."""
    klass = class_or_404(class_id, current_user)
    found = matrix.sheet(klass)
    mine = {
        one.id
        for one in queries.sessions_of(current_user, "attendance.mark").where(ClassSession.klass == klass)
    }
    return render_template(
        "attendance/class.html",
        sheet=found,
        mine=mine if can(current_user, "attendance.mark") else set(),
        may_lock=can(current_user, "attendance.lock"),
        may_amend=can(current_user, "attendance.amend"),
        only_missing=request.args.get("show") == "missing",
        labels=LABELS,
        letters=LETTERS,
        **frame(klass, "attendance.class_sheet") | {"active_nav": "classes"},
    )


@bp.post("/classes/<int:class_id>/lock")
@requires("attendance.lock")
def lock_class(class_id: int) -> Response:
    """Lock every confirmed roll of the class."""
    klass = class_or_404(class_id, current_user)
    _say_locked(services.lock_rolls(confirmed_sessions(klass), by=acting_user()))
    return redirect(url_for("attendance.class_sheet", class_id=class_id), 303)


@bp.post("/sessions/<int:session_id>/lock")
@requires("attendance.lock")
def lock_one(session_id: int) -> Response:
    """Lock the roll of one session."""
    session = _session(session_id, "attendance.lock")
    _say_locked(services.lock_rolls([session], by=acting_user()))
    return redirect(url_for("attendance.class_sheet", class_id=session.klass_id), 303)


@bp.post("/sessions/<int:session_id>/link")
@requires("attendance.lock")
def make_link(session_id: int) -> str:
    """Make a short link to this roll and show it once."""
    session = _session(session_id, "attendance.lock")
    address = doors.make_link(session, by=acting_user())
    return render_template(
        "attendance/link.html",
        session=session,
        heading=heading(session),
        address=address,
        uses=doors.USES,
        hours=doors.HOURS_AFTER,
        klass=session.klass,
    )


@bp.route("/sessions/<int:session_id>/learners/<int:membership_id>", methods=["GET", "POST"])
@requires("attendance.amend")
def amend(session_id: int, membership_id: int) -> Any:
    """Change one mark after the lock, or record a make-up session."""
    session = _session(session_id, "attendance.amend")
    row = queries.row_or_404(session, membership_id)
    form = AmendForm(status=row.status, minutes_late=row.minutes_late)
    if form.validate_on_submit():
        try:
            services.amend(
                session,
                membership_id,
                form.status.data,
                minutes_late=form.minutes_late.data,
                reason=form.reason.data,
                by=acting_user(),
            )
        except Invalid as wrong:
            _beside(form, wrong)
        else:
            flash(
                _("Amended: %(name)s is now “%(mark)s”.", name=row.name, mark=LABELS[form.status.data]),
                "success",
            )
            return redirect(url_for("attendance.class_sheet", class_id=session.klass_id), 303)
    return _amend_page(session, row, form, MakeUpForm(formdata=None)), 422 if form.errors else 200


@bp.post("/sessions/<int:session_id>/learners/<int:membership_id>/make-up")
@requires("attendance.amend")
def record_make_up(session_id: int, membership_id: int) -> Any:
    """Record that a missed session was made up."""
    session = _session(session_id, "attendance.amend")
    row = queries.row_or_404(session, membership_id)
    form = MakeUpForm()
    if form.validate_on_submit():
        try:
            services.record_make_up(
                session, membership_id, held_on=form.held_on.data, note=form.note.data, by=acting_user()
            )
        except Invalid as wrong:
            _beside(form, wrong)
        else:
            flash(_("Make-up session of %(name)s recorded.", name=row.name), "success")
            return redirect(url_for("attendance.class_sheet", class_id=session.klass_id), 303)
    blank = AmendForm(formdata=None, status=row.status, minutes_late=row.minutes_late)
    return _amend_page(session, row, blank, form), 422


@bp.post("/sessions/<int:session_id>/learners/<int:membership_id>/make-up/withdraw")
@requires("attendance.amend")
def withdraw_make_up(session_id: int, membership_id: int) -> Response:
    """Withdraw a make-up recorded by mistake."""
    session = _session(session_id, "attendance.amend")
    services.withdraw_make_up(session, membership_id, by=acting_user())
    flash(_("The make-up session was withdrawn."), "info")
    return redirect(url_for("attendance.amend", session_id=session_id, membership_id=membership_id), 303)


def _session(session_id: int, permission: str) -> ClassSession:
    session = queries.session_or_404(session_id, current_user, permission)
    if not is_on("attendance", session.klass):
        raise NotFound(_("Attendance is switched off for this class."))
    return session


def _amend_page(
    session: ClassSession, row: queries.RollRow, form: AmendForm, make_up_form: MakeUpForm
) -> str:
    known = queries.roll_of(session)
    return render_template(
        "attendance/amend.html",
        session=session,
        klass=session.klass,
        heading=heading(session),
        row=row,
        roll=known,
        form=form,
        make_up_form=make_up_form,
        make_up=queries.make_up(session, row.membership_id),
        missed=row.status is not None and not attended(row.status),
        amendments=queries.amendments(session, row.membership_id),
        labels=LABELS,
    )


def _beside(form: Any, wrong: Invalid) -> None:
    """Put a service's sentences beside the fields they are about."""
    for name, sentence in wrong.fields.items():
        field = getattr(form, name, None)
        if field is not None:
            field.errors = [*field.errors, sentence]


def _say_locked(result: LockResult) -> None:
    if result.locked:
        flash(ngettext("%(num)s roll locked.", "%(num)s rolls locked.", len(result.locked)), "success")
    for _unlocked, why in result.refused:
        flash(why, "warning")
    if not result.locked and not result.refused:
        flash(_("There is no confirmed roll to lock."), "info")
