"""The timetable of a class: the list, and one session."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import groupby
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from courses import queries, services
from courses.forms import SessionForm, show_problems
from courses.models import SCHEDULABLE_STATES, ClassSession, Klass
from courses.queries.telling import told_of
from courses.routes.blueprint import bp, frame
from courses.services.sessions import locked
from courses.timetable.reading import weekday_name
from lms import clock
from lms.access import can, current_user, requires
from lms.access.guard import acting_user, requires_any
from lms.bulk import deed_or_404
from lms.errors import Invalid
from lms.importing import drafts
from lms.plugins import ask


@bp.get("/<int:class_id>/sessions")
@requires_any("courses.view", "courses.teach", "courses.learn")
def sessions(class_id: int) -> str:
    """All sessions by week, now's one marked, each with the buttons plugins give it."""
    klass = queries.class_or_404(class_id, current_user)
    rows = queries.sessions(klass, cancelled=True)
    now = queries.session_now(klass)
    manages = can(current_user, "courses.manage") and klass.state in SCHEDULABLE_STATES
    return render_template(
        "courses/sessions.html",
        **frame(klass, "courses.sessions"),
        weeks=_by_week(rows),
        live=[row for row in rows if row.cancelled_at is None],
        now=now,
        to_come=any(row.ends_at >= clock.now() and row.cancelled_at is None for row in rows),
        now_actions=ask("session_actions", klass=klass, session=now, user=current_user) if now else [],
        past=clock.now(),
        manages=manages,
        locks=locked(klass) if manages else {},
        call_off=deed_or_404("courses.cancel_sessions"),
        coming=sum(row.cancelled_at is None and row.starts_at > clock.now() for row in rows),
        unfinished=drafts.unfinished("courses.timetable", by=current_user, target=klass.id)
        if manages
        else [],
        weekday_name=weekday_name,
        local=clock.local,
    )


@bp.route("/<int:class_id>/sessions/new", methods=["GET", "POST"])
@requires("courses.manage")
def new_session(class_id: int) -> Any:
    """Add one session."""
    klass = queries.class_or_404(class_id, current_user)
    form = SessionForm(lecturer=0, room=0).offer()
    if form.validate_on_submit():
        try:
            services.add_session(klass, by=acting_user(), **form.values())
        except Invalid as problem:
            show_problems(form, problem)
        else:
            flash(_("The session of %(date)s was added.", date=f"{form.day.data:%d/%m/%Y}"), "success")
            return redirect(url_for("courses.sessions", class_id=class_id), 303)
    return _page(klass, None, form)


@bp.route("/<int:class_id>/sessions/<int:session_id>/edit", methods=["GET", "POST"])
@requires("courses.manage")
def edit_session(class_id: int, session_id: int) -> Any:
    """Move a session, or change its topic, lecturer or room."""
    klass, session = _own(class_id, session_id)
    form = SessionForm.about(session)
    if form.validate_on_submit():
        try:
            services.change_session(session, by=acting_user(), **form.values())
        except Invalid as problem:
            show_problems(form, problem)
        else:
            flash(_("The session of %(date)s was saved.", date=f"{form.day.data:%d/%m/%Y}"), "success")
            return redirect(url_for("courses.sessions", class_id=class_id), 303)
    return _page(klass, session, form)


@bp.post("/<int:class_id>/sessions/<int:session_id>/cancel")
@requires("courses.manage")
def cancel_session(class_id: int, session_id: int) -> Response:
    """Call a session off."""
    _klass, session = _own(class_id, session_id)
    services.cancel_session(session, by=acting_user())
    flash(
        _("The session of %(date)s was cancelled.", date=f"{clock.local(session.starts_at):%d/%m/%Y}"),
        "success",
    )
    return redirect(url_for("courses.sessions", class_id=class_id), 303)


def _own(class_id: int, session_id: int) -> tuple[Klass, ClassSession]:
    """A session through its class, so that one class's address never reaches another's session."""
    klass = queries.class_or_404(class_id, current_user)
    session = queries.session_or_404(session_id, current_user)
    if session.klass_id != klass.id:
        queries.session_or_404(0)
    return klass, session


def _page(klass: Klass, session: ClassSession | None, form: SessionForm) -> Any:
    page = render_template(
        "courses/session_form.html",
        form=form,
        klass=klass,
        session=session,
        told=told_of(session) if session else None,
        active_nav="courses",
    )
    return page, 422 if form.errors or form.form_errors else 200


def _by_week(rows: list[ClassSession]) -> list[tuple[int, date, date, list[ClassSession]]]:
    """Sessions by week of the class: (number, Monday, Sunday, sessions)."""
    if not rows:
        return []

    def monday(session: ClassSession) -> date:
        day = clock.local(session.starts_at).date()
        return day - timedelta(days=day.weekday())

    first = monday(rows[0])
    return [
        ((start - first).days // 7 + 1, start, start + timedelta(days=6), list(group))
        for start, group in groupby(rows, key=monday)
    ]
