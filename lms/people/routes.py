"""Pages on officials and organisations, within the reader's scope."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from peewee import fn
from wtforms.fields.choices import SelectChoice

from lms.access import can, current_user, requires, scope
from lms.access.guard import acting_user
from lms.answers import PersonTab
from lms.db import paginate
from lms.errors import Conflict, Invalid
from lms.people import history, labels, queries, services
from lms.people.forms import ChangeForm, OfficialForm, RevealForm
from lms.people.models import Employment, Official, Organisation
from lms.people.privacy import views
from lms.plugins import ask
from lms.web.forms import show_refusal
from lms.web.lists import Sort, Sorting

bp = Blueprint("people", __name__, template_folder="templates")

OFFICIALS = Sorting(
    Sort("name", _l("Full name"), Official.name_sort),
    Sort("born", _l("Birth date"), Official.birth_year, Official.birth_date, down=True),
    Sort("organisation", _l("Organisation"), Organisation.name_folded),
    usual="name",
    last=(Official.name_sort, Official.id),
)
ORGANISATIONS = Sorting(
    Sort("tree", _l("Place in the tree"), Organisation.path),
    Sort("name", _l("Organisation"), Organisation.name_folded),
    Sort("kind", _l("Kind"), Organisation.kind),
    Sort("until", _l("Period in force"), Organisation.valid_to, Organisation.valid_from, down=True),
    usual="tree",
    last=(Organisation.path,),
)


@bp.get("/people")
@requires("people.view")
def officials() -> str:
    """Officials in the reader's organisations; search without accents, by staff code or by a whole citizen id."""
    organisation = _organisation(request.args.get("organisation", type=int))
    order = OFFICIALS.asked()
    page = queries.officials_page(
        current_user,
        request.args.get("page", 1, type=int),
        search=request.args.get("q", "")[:120],
        organisation_id=organisation.id if organisation else None,
        order=order.by,
    )
    return render_template(
        "people/officials.html",
        order=order,
        page=page,
        organisation=organisation,
        heir=organisation.successor.name if organisation and organisation.successor_id else None,
        labels=labels,
    )


@bp.get("/people/new")
@requires("people.manage")
def new_official() -> str:
    """The form for an official who is not on record yet."""
    form = _official_form()
    return render_template("people/new_official.html", form=form)


@bp.post("/people/new")
@requires("people.manage")
def add_official() -> Any:
    """Add an official to one of the reader's organisations."""
    form = _official_form()
    if form.validate_on_submit():
        organisation = queries.organisation_or_404(form.organisation.data, current_user, "people.manage")
        try:
            person = services.add_official(
                form.full_name.data, organisation, by=acting_user(), **form.details()
            )
        except (Invalid, Conflict) as refused:
            show_refusal(form, refused)
        else:
            flash(_("%(name)s is on record.", name=person.full_name), "success")
            return redirect(url_for("people.official", official_id=person.id))
    return render_template("people/new_official.html", form=form), 422


@bp.get("/people/<int:official_id>")
@requires("people.view")
def official(official_id: int) -> Any:
    """One official: who, where, and what the plugins know. The address of a merged record leads to the one kept."""
    person = queries.official_or_404(official_id, current_user)
    if person.id != official_id:
        return redirect(url_for("people.official", official_id=person.id), 301)
    return _person(person, RevealForm())


@bp.get("/people/<int:official_id>/timeline")
@requires("people.view")
def timeline(official_id: int) -> Any:
    """Everything dated about an official, and the record as it was known on a day."""
    person = queries.official_or_404(official_id, current_user)
    day = _day(request.args.get("on", ""))
    return render_template(
        "people/timeline.html",
        person=person,
        tabs=_tabs(person),
        entries=history.timeline(person),
        on=day,
        known=history.known_on(person, day) if day else {},
        field_title=history.field_title,
    )


@bp.get("/people/<int:official_id>/change")
@requires("people.manage")
def change(official_id: int) -> str:
    """The form for what became different about an official."""
    person = queries.official_or_404(official_id, current_user, permission="people.manage")
    return render_template("people/change.html", person=person, form=_change_form(person))


@bp.post("/people/<int:official_id>/change")
@requires("people.manage")
def record_change(official_id: int) -> Any:
    """Record what became different."""
    person = queries.official_or_404(official_id, current_user, permission="people.manage")
    form = _change_form(person)
    if form.validate_on_submit():
        try:
            rows = services.change_official(
                person,
                form.values(),
                by=acting_user(),
                holds_from=form.holds_from.data,
                source=form.source.data or "",
            )
        except (Invalid, Conflict) as refused:
            show_refusal(form, refused)
        else:
            if rows:
                flash(
                    ngettext("%(num)s change is on record.", "%(num)s changes are on record.", len(rows)),
                    "success",
                )
            else:
                flash(_("Nothing was different, so nothing was recorded."), "info")
            return redirect(url_for("people.timeline", official_id=person.id))
    return render_template("people/change.html", person=person, form=form), 422


@bp.post("/people/<int:official_id>/cccd")
@requires("people.reveal")
def reveal(official_id: int) -> Response | tuple[str, int]:
    """Show the full citizen id once, on record."""
    person = queries.official_or_404(official_id, current_user, permission="people.reveal")
    form = RevealForm()
    try:
        number = services.reveal_cccd(person, by=acting_user(), reason=form.reason.data or "")
    except Invalid as refused:
        show_refusal(form, refused)
        return _person(person, form), 422
    response = Response(_person(person, form, number=number))
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.get("/organisations")
@requires("people.view")
def organisations() -> str:
    """The reader's organisations as a tree, with the number of officials in each."""
    order = ORGANISATIONS.asked()
    query = order.over(queries.organisations(current_user, search=request.args.get("q", "")[:120]))
    page = paginate(query, request.args.get("page", 1, type=int), per_page=100)
    counted = (
        Official.select(Official.organisation, fn.COUNT(Official.id))
        .where(Official.active, Official.organisation.in_([row.id for row in page.rows] or [-1]))
        .group_by(Official.organisation)
        .tuples()
    )
    shallowest = min((row.path.count("/") for row in page.rows), default=0)
    heirs = Organisation.select(Organisation.id, Organisation.name).where(
        Organisation.id.in_([row.successor_id for row in page.rows if row.successor_id] or [-1])
    )
    return render_template(
        "people/organisations.html",
        order=order,
        heirs=dict(heirs.tuples()),
        page=page,
        counts=dict(counted),
        shallowest=None if order.chosen else shallowest,
        labels=labels,
    )


def _official_form() -> OfficialForm:
    form = OfficialForm()
    own = queries.organisations(current_user, "people.manage").where(Organisation.valid_to.is_null())
    form.organisation.choices = [SelectChoice(row.id, row.name) for row in own]
    return form


def _change_form(person: Official) -> ChangeForm:
    form = ChangeForm(obj=person, data={"organisation": person.organisation_id})
    own = queries.organisations(current_user, "people.manage")
    own = own.where(Organisation.valid_to.is_null() | (Organisation.id == person.organisation_id))
    form.organisation.choices = [SelectChoice(row.id, row.name) for row in own]
    if request.method == "GET":
        form.organisation.data = person.organisation_id
    return form


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None


def _tabs(person: Official) -> list[PersonTab]:
    return [
        PersonTab(_("Overview"), url_for("people.official", official_id=person.id), "people.official", 0),
        *ask("person_tabs", official=person, user=current_user),
    ]


def _person(person: Official, form: RevealForm, number: str | None = None) -> str:
    held = (
        Employment.select(Employment, Organisation)
        .join(Organisation)
        .where(Employment.official == person.id)
        .order_by(Employment.to_date.is_null(False), Employment.from_date.desc(), Employment.id.desc())
    )
    may_reveal = (
        bool(person.cccd_tail) and can(current_user, "people.reveal") and _in_scope(person, "people.reveal")
    )
    return render_template(
        "people/official.html",
        person=person,
        tabs=_tabs(person),
        held=list(held),
        form=form,
        number=number,
        may_reveal=may_reveal,
        may_answer=can(current_user, "people.privacy"),
        views=views.of(person) if may_reveal or can(current_user, "people.privacy") else [],
        may_change=can(current_user, "people.manage") and _in_scope(person, "people.manage"),
        may_read_history=can(current_user, "platform.audit")
        or (can(current_user, "people.manage") and _in_scope(person, "people.manage")),
        labels=labels,
    )


def _in_scope(person: Official, permission: str) -> bool:
    return person.organisation_id in scope.organisations(current_user, permission)


def _organisation(wanted: int | None) -> Any:
    return None if wanted is None else queries.organisation_or_404(wanted, current_user)
