"""The list of classes, the page of a class, and its life cycle."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from werkzeug.wrappers import Response

from courses import queries, review, services
from courses.forms import ClassForm, ReasonForm, show_problems
from courses.models import Klass
from courses.next_step import next_step
from courses.routes.blueprint import bp, frame
from courses.services.classes import COMES_FROM, STATE_NAMES
from lms import clock
from lms.access import can, current_user, requires
from lms.access.guard import acting_user, requires_any
from lms.db import paginate
from lms.errors import Invalid
from lms.people.models import Organisation
from lms.plugins import ask
from lms.web.errors import layout
from lms.web.lists import Sort, Sorting

CLASSES = Sorting(
    Sort("code", _l("Class"), Klass.code),
    Sort("dates", _l("Dates"), Klass.starts_on, Klass.ends_on, down=True),
    Sort("learners", _l("Learners"), queries.learners_now(), down=True),
    Sort("state", _l("State"), Klass.state),
    usual="-dates",
    last=(Klass.id.desc(),),
)


@bp.get("/")
@requires_any("courses.view", "courses.teach", "courses.learn")
def classes() -> str:
    """Classes in the reader's scope, with search and a filter by state."""
    search, state = request.args.get("q", "")[:120], request.args.get("state", "")
    state = state if state in STATE_NAMES else ""
    order = CLASSES.asked()
    query = order.over(queries.classes_for(current_user, search=search, state=state))
    page = paginate(query, request.args.get("page", 1, int), 25)
    return render_template(
        "courses/classes.html",
        page=page,
        order=order,
        search=search,
        state=state,
        states=STATE_NAMES,
        counts=queries.counts_by_state(current_user),
        learners=queries.learner_counts(page.rows),
        upcoming=queries.next_sessions(
            [klass.id for klass in page.rows if klass.state in {"enrolling", "running"}]
        ),
        may_open=can(current_user, "courses.manage"),
        layout=layout(),
        active_nav="courses",
    )


@bp.get("/<int:class_id>")
@requires_any("courses.view", "courses.teach", "courses.learn")
def klass(class_id: int) -> str:
    """What the class is, how it stands, and what should happen next."""
    found = queries.class_or_404(class_id, current_user)
    manages = can(current_user, "courses.manage")
    checks = review.closing_checks(found) if manages and found.state in {"running", "reviewing"} else []
    all_sessions = queries.sessions(found)
    counts = {
        "learners": queries.learner_count(found),
        "sessions": len(all_sessions),
        "to_come": sum(session.starts_at > clock.now() for session in all_sessions),
    }
    now = queries.session_now(found)
    return render_template(
        "courses/class.html",
        **frame(found, "courses.klass"),
        counts=counts,
        held=counts["sessions"] - counts["to_come"],
        step=next_step(found, **counts, checks=checks) if manages else "",
        checks=checks,
        now=now,
        now_actions=ask("session_actions", klass=found, session=now, user=current_user) if now else [],
        upcoming=next((session for session in all_sessions if session.starts_at > clock.now()), None),
        history=queries.history(found),
        tiles=ask("class_tiles", klass=found, user=current_user),
        plugin_actions=ask("class_actions", klass=found, user=current_user),
        rule=queries.certificate_rule(found),
        rule_date=queries.rule_date(found),
        manages=manages,
        may_list=can(current_user, "courses.view") or can(current_user, "courses.teach"),
        may_close=can(current_user, "courses.close"),
        may_cancel=manages and found.state in COMES_FROM["cancelled"],
    )


@bp.route("/new", methods=["GET", "POST"])
@requires("courses.manage")
def new_class() -> Any:
    """Open a class."""
    school = Organisation.get_or_none(Organisation.kind == "school")
    form = ClassForm(organiser=school.id if school else None, homeroom_lecturer=0).offer()
    if form.validate_on_submit():
        try:
            made = services.open_class(**form.values(), by=acting_user())
        except Invalid as problem:
            show_problems(form, problem)
        else:
            flash(_("Class %(code)s was opened as a draft.", code=made.code), "success")
            return redirect(url_for("courses.klass", class_id=made.id), 303)
    page = render_template("courses/class_form.html", form=form, klass=None, active_nav="courses")
    return page, 422 if form.errors or form.form_errors else 200


@bp.route("/<int:class_id>/edit", methods=["GET", "POST"])
@requires("courses.manage")
def edit_class(class_id: int) -> Any:
    """Change the facts of a class."""
    found = queries.class_or_404(class_id, current_user)
    form = _class_form(found)
    if form.validate_on_submit():
        try:
            services.change_class(found, by=acting_user(), **form.values())
        except Invalid as problem:
            show_problems(form, problem)
        else:
            flash(_("Class %(code)s was saved.", code=form.code.data), "success")
            return redirect(url_for("courses.klass", class_id=class_id), 303)
    page = render_template("courses/class_form.html", form=form, klass=found, active_nav="courses")
    return page, 422 if form.errors or form.form_errors else 200


@bp.post("/<int:class_id>/announce")
@requires("courses.manage")
def announce(class_id: int) -> Response:
    """Call for enrolment."""
    services.announce(queries.class_or_404(class_id, current_user), by=acting_user())
    flash(_("Enrolment is open. Agencies can nominate from now on."), "success")
    return _back(class_id)


@bp.post("/<int:class_id>/start")
@requires("courses.manage")
def start(class_id: int) -> Response:
    """Begin teaching."""
    found = services.start(queries.class_or_404(class_id, current_user), by=acting_user())
    count = queries.learner_count(found)
    flash(
        ngettext(
            "The class is running with %(num)s learner.", "The class is running with %(num)s learners.", count
        ),
        "success",
    )
    return _back(class_id)


@bp.post("/<int:class_id>/review")
@requires("courses.manage")
def start_review(class_id: int) -> Response:
    """End teaching and begin the review."""
    services.start_review(queries.class_or_404(class_id, current_user), by=acting_user())
    flash(_("The review has begun. The list below says what is still to be done."), "success")
    return _back(class_id)


@bp.post("/<int:class_id>/reopen")
@requires("courses.manage")
def reopen(class_id: int) -> Response:
    """Go back from the review to teaching."""
    services.reopen(queries.class_or_404(class_id, current_user), _reason(), by=acting_user())
    flash(_("The class is running again."), "success")
    return _back(class_id)


@bp.post("/<int:class_id>/close")
@requires("courses.close")
def close(class_id: int) -> Response:
    """Decide the results and close the class."""
    found = services.close_class(queries.class_or_404(class_id, current_user), by=acting_user())
    results = queries.results(found).values()
    passed = sum(result.completed for result in results)
    flash(
        _(
            "The class is closed: %(passed)s complete, %(failed)s not complete.",
            passed=passed,
            failed=len(results) - passed,
        ),
        "success",
    )
    return _back(class_id)


@bp.post("/<int:class_id>/cancel")
@requires("courses.manage")
def cancel(class_id: int) -> Response:
    """Call a class off."""
    services.cancel_class(queries.class_or_404(class_id, current_user), _reason(), by=acting_user())
    flash(_("The class was cancelled."), "success")
    return _back(class_id)


def _class_form(klass: Klass) -> ClassForm:
    return ClassForm(
        obj=klass,
        programme_version=klass.programme_version_id,
        organiser=klass.organiser_id,
        homeroom_lecturer=klass.homeroom_lecturer_id or 0,
    ).offer(klass)


def _reason() -> str:
    form = ReasonForm()
    form.validate()
    return form.reason.data or ""


def _back(class_id: int) -> Response:
    return redirect(url_for("courses.klass", class_id=class_id), 303)
