"""Pages on officials and organisations, within the reader's scope."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from peewee import fn
from wtforms.fields.choices import SelectChoice

from lms.access import can, current_user, requires, scope
from lms.access.guard import acting_user
from lms.answers import PersonTab
from lms.db import paginate
from lms.errors import Conflict, Invalid
from lms.people import labels, queries, services
from lms.people.forms import OfficialForm, RevealForm
from lms.people.models import Employment, Official, Organisation
from lms.plugins import ask
from lms.web.forms import show_refusal

bp = Blueprint("people", __name__, template_folder="templates")


@bp.get("/people")
@requires("people.view")
def officials() -> str:
    """Officials in the reader's organisations; search without accents, by staff code or by a whole citizen id."""
    organisation = _organisation(request.args.get("organisation", type=int))
    query = queries.officials(
        current_user,
        search=request.args.get("q", "")[:120],
        organisation_id=organisation.id if organisation else None,
    )
    page = paginate(query, request.args.get("page", 1, type=int))
    return render_template("people/officials.html", page=page, organisation=organisation, labels=labels)


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
    query = queries.organisations(current_user, search=request.args.get("q", "")[:120])
    page = paginate(query, request.args.get("page", 1, type=int), per_page=100)
    counted = (
        Official.select(Official.organisation, fn.COUNT(Official.id))
        .where(Official.active, Official.organisation.in_([row.id for row in page.rows] or [-1]))
        .group_by(Official.organisation)
        .tuples()
    )
    shallowest = min((row.path.count("/") for row in page.rows), default=0)
    return render_template(
        "people/organisations.html", page=page, counts=dict(counted), shallowest=shallowest, labels=labels
    )


def _official_form() -> OfficialForm:
    form = OfficialForm()
    own = queries.organisations(current_user, "people.manage").where(Organisation.valid_to.is_null())
    form.organisation.choices = [SelectChoice(row.id, row.name) for row in own]
    return form


def _person(person: Official, form: RevealForm, number: str | None = None) -> str:
    own = url_for("people.official", official_id=person.id)
    tabs = [
        PersonTab(_("Overview"), own, "people.official", 0),
        *ask("person_tabs", official=person, user=current_user),
    ]
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
        tabs=tabs,
        held=list(held),
        form=form,
        number=number,
        may_reveal=may_reveal,
        may_read_history=can(current_user, "platform.audit")
        or (can(current_user, "people.manage") and _in_scope(person, "people.manage")),
        labels=labels,
    )


def _in_scope(person: Official, permission: str) -> bool:
    return person.organisation_id in scope.organisations(current_user, permission)


def _organisation(wanted: int | None) -> Any:
    return None if wanted is None else queries.organisation_or_404(wanted, current_user)
