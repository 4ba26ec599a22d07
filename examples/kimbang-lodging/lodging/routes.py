"""Pages of lodging: the rooms, the tab of a class, the tab of a person."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from courses.queries import class_or_404, learners
from courses.routes.blueprint import frame
from lms.access import can, current_user, requires
from lms.answers import PersonTab
from lms.errors import Conflict, Invalid, NotFound
from lms.people.queries import official_or_404
from lms.plugins import ask
from lodging import queries, services
from lodging.forms import RoomForm

bp = Blueprint("lodging", __name__, url_prefix="/lodging", template_folder="templates")


@bp.get("/")
@requires("lodging.view")
def rooms() -> str:
    """Every room with its free beds."""
    return _rooms_page(RoomForm())


@bp.post("/")
@requires("lodging.manage")
def add_room() -> Any:
    """One more room."""
    form = RoomForm()
    try:
        room = services.add_room(form.name.data or "", form.beds.data, by=current_user)
    except Invalid as wrong:
        for name, sentence in wrong.fields.items():
            form[name].errors = [sentence]
        return _rooms_page(form), 422
    flash(_("The room %(room)s is there.", room=room.name), "good")
    return redirect(url_for(".rooms"), 303)


@bp.get("/classes/<int:class_id>")
@requires("lodging.view")
def of_class(class_id: int) -> str:
    """The tab of a class: its learners and their beds."""
    klass = class_or_404(class_id, current_user)
    return render_template(
        "lodging/of_class.html",
        learners=learners(klass),
        stays=queries.stays(klass),
        rooms=[line for line in queries.rooms() if line.free],
        may_manage=can(current_user, "lodging.manage"),
        **frame(klass, "lodging.of_class"),
    )


@bp.post("/classes/<int:class_id>/beds")
@requires("lodging.manage")
def give_bed(class_id: int) -> Any:
    """Give a learner of the class a bed in the room chosen."""
    klass = class_or_404(class_id, current_user)
    wanted = request.form.get("membership", type=int)
    membership = next((one for one in learners(klass) if one.id == wanted), None)
    if membership is None:
        raise NotFound(_("This official is not in the class."))
    try:
        stay = services.give_bed(
            membership, queries.room_or_404(request.form.get("room", 0, type=int)), by=current_user
        )
    except Conflict as refused:
        flash(str(refused), "bad")
    else:
        flash(_("%(name)s has a bed in %(room)s.", name=membership.official.full_name, room=stay.room.name), "good")  # fmt: skip
    return redirect(url_for(".of_class", class_id=class_id), 303)


@bp.post("/classes/<int:class_id>/beds/<int:stay_id>/end")
@requires("lodging.manage")
def take_key(class_id: int, stay_id: int) -> Any:
    """A key is back."""
    klass = class_or_404(class_id, current_user)
    number = services.end([queries.stay_or_404(klass, stay_id)], by=current_user)
    flash(ngettext("%(num)s key is back.", "%(num)s keys are back.", number), "good")
    return redirect(url_for(".of_class", class_id=class_id), 303)


@bp.post("/classes/<int:class_id>/beds/<int:stay_id>/paid")
@requires("lodging.manage")
def paid(class_id: int, stay_id: int) -> Any:
    """A bed is paid for."""
    stay = queries.stay_or_404(class_or_404(class_id, current_user), stay_id)
    services.pay(stay, by=current_user)
    flash(_("%(name)s has paid.", name=stay.membership.official.full_name), "good")
    return redirect(url_for(".of_class", class_id=class_id), 303)


@bp.get("/people/<int:official_id>")
@requires("lodging.view")
def of_person(official_id: int) -> str:
    """The tab of a person: where he or she lodged."""
    person = official_or_404(official_id, current_user)
    overview = PersonTab(
        _("Overview"), url_for("people.official", official_id=person.id), "people.official", 0
    )
    tabs = [overview, *ask("person_tabs", official=person, user=current_user)]
    return render_template(
        "lodging/of_person.html", person=person, tabs=tabs, stays=queries.of_official(person)
    )


def _rooms_page(form: RoomForm) -> str:
    may_manage = can(current_user, "lodging.manage")
    return render_template("lodging/rooms.html", form=form, lines=queries.rooms(), may_manage=may_manage)
