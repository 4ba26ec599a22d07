"""Academic officers: nominations of a class, accepted or rejected one by one or all at once."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from courses import queries as courses
from courses.models import Klass
from lms.access import current_user, requires
from lms.db import paginate
from lms.errors import Invalid
from lms.people.models import Official, Organisation
from lms.plugins import ask
from lms.web.lists import Sort, Sorting
from plugins.enrolment import queries
from plugins.enrolment.forms import ReasonForm
from plugins.enrolment.models import STATUS_TITLES, STATUS_TONES, SUBMITTED, Nomination
from plugins.enrolment.routes.blueprint import bp
from plugins.enrolment.services import deciding

NOMINATIONS = Sorting(
    Sort("agency", _l("Agency"), Organisation.path, Official.name_sort),
    Sort("name", _l("Full name"), Official.name_sort),
    Sort("born", _l("Date of birth"), Official.birth_year, Official.birth_date, down=True),
    Sort("nominated", _l("Nominated on"), Nomination.nominated_at, down=True),
    Sort("status", _l("Status"), Nomination.status, Official.name_sort),
    usual="agency",
    last=(Nomination.id,),
)
TO_DECIDE = Sorting(
    Sort("class", _l("Class"), key=lambda line: line.klass.code),
    Sort("time", _l("Time"), key=lambda line: line.klass.starts_on),
    Sort("waiting", _l("Waiting for a decision"), key=lambda line: line.waiting, down=True),
    Sort("learners", _l("Learners"), key=lambda line: line.learners, down=True),
    Sort("seats", _l("Seats"), key=lambda line: line.seats_left),
    usual="time",
)


@bp.get("/decide")
@requires("enrolment.decide")
def to_decide() -> str:
    """Classes with nominations waiting."""
    order = TO_DECIDE.asked()
    return render_template(
        "enrolment/to_decide.html", lines=order.rows(queries.classes_to_decide()), order=order
    )


@bp.get("/classes/<int:class_id>/nominations")
@requires("enrolment.decide")
def of_class(class_id: int) -> str:
    """Nominations of a class, agency by agency."""
    return _class_page(courses.class_or_404(class_id, current_user), ReasonForm())


@bp.post("/classes/<int:class_id>/nominations/check")
@requires("enrolment.decide")
def check_acceptance(class_id: int) -> ResponseReturnValue:
    """Show what accepting the chosen nominations would do; writes nothing."""
    klass = courses.class_or_404(class_id, current_user)
    ids = _chosen(klass)
    if not ids:
        flash(_("Choose at least one nomination."), "warn")
        return redirect(url_for(".of_class", class_id=class_id))
    plan = deciding.plan_acceptance(klass, ids)
    return render_template("enrolment/check.html", klass=klass, plan=plan, ids=ids, tabs=_tabs(klass))


@bp.post("/classes/<int:class_id>/nominations/accept")
@requires("enrolment.decide")
def accept(class_id: int) -> ResponseReturnValue:
    """Let the chosen officials into the class."""
    klass = courses.class_or_404(class_id, current_user)
    try:
        done = deciding.accept(klass, _chosen(klass), by=current_user)
    except Invalid as refused:
        flash(str(refused), "bad")
        return redirect(url_for(".of_class", class_id=class_id))
    number = len(done.joined)
    flash(ngettext("%(num)d official accepted into the class.", "%(num)d officials accepted into the class.", number), "good" if number else "info")  # fmt: skip
    if done.blocked:
        first = "; ".join(f"{one.nomination.official.full_name}: {one.reason}" for one in done.blocked[:5])
        flash(ngettext("%(num)d not accepted. %(first)s", "%(num)d not accepted. %(first)s", len(done.blocked), first=first), "warn")  # fmt: skip
    return redirect(url_for(".of_class", class_id=class_id))


@bp.post("/classes/<int:class_id>/nominations/reject")
@requires("enrolment.decide")
def reject(class_id: int) -> ResponseReturnValue:
    """Turn the chosen nominations down with a reason."""
    klass = courses.class_or_404(class_id, current_user)
    form = ReasonForm()
    try:
        number = deciding.reject(klass, _chosen(klass), by=current_user, reason=form.reason.data or "")
    except Invalid as refused:
        form.reason.errors = [str(refused)]
        return _class_page(klass, form, chosen=set(_chosen(klass))), 422
    flash(ngettext("%(num)d nomination rejected.", "%(num)d nominations rejected.", number), "good")
    return redirect(url_for(".of_class", class_id=class_id))


def _filtered(klass: Klass) -> Any:
    return queries.of_class(
        klass,
        status=request.values.get("status", ""),
        organisation_id=request.values.get("agency", type=int),
        search=request.values.get("q", "")[:120],
    )


def _chosen(klass: Klass) -> list[int]:
    """Ids that were ticked, or all that match the filter and wait when "all" was pressed."""
    if request.form.get("all"):
        return [one.id for one in _filtered(klass) if one.status == SUBMITTED]
    return [
        int(text)
        for text in request.form.getlist("id")
        if text.isascii() and text.isdigit() and len(text) < 10
    ]


def _tabs(klass: Klass) -> list[Any]:
    return ask("class_tabs", klass=klass, user=current_user)


def _class_page(klass: Klass, form: ReasonForm, *, chosen: set[int] | None = None) -> str:
    status = request.values.get("status", "")
    order = NOMINATIONS.asked()
    return render_template(
        "enrolment/nominations.html",
        klass=klass,
        line=queries.line(klass),
        order=order,
        page=paginate(order.over(_filtered(klass)), request.args.get("page", 1, type=int), per_page=100),
        agencies=queries.agency_counts(klass),
        agency=request.values.get("agency", type=int),
        status=status if status in STATUS_TITLES else "",
        form=form,
        chosen=chosen or set(),
        titles=STATUS_TITLES,
        tones=STATUS_TONES,
        tabs=_tabs(klass),
    )
