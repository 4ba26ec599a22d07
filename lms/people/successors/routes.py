"""Pages: reorganisations, their pairs, the preview, the day, the way back."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from wtforms.fields.choices import SelectChoice

from lms.access import requires
from lms.access.guard import acting_user
from lms.db import paginate
from lms.errors import Conflict, Invalid, NotFound
from lms.people.models import Organisation
from lms.people.successors import plan, reading, services
from lms.people.successors.forms import PairForm, PairListForm, ReorganisationForm
from lms.people.successors.models import STATES, Reorganisation, Succession
from lms.web.forms import show_refusal
from lms.web.lists import Sort, Sorting

REORGANISATIONS = Sorting(
    Sort("title", _l("Name"), Reorganisation.title),
    Sort("state", _l("State"), Reorganisation.state),
    Sort("day", _l("In force from"), Reorganisation.on_date, down=True),
    usual="-day",
    last=(Reorganisation.id,),
)

bp = Blueprint("successors", __name__, url_prefix="/organisations/reorganisations")


@bp.get("")
@requires("people.organisations")
def index() -> str:
    """Reorganisations, the latest day first."""
    return _listed(ReorganisationForm())


@bp.post("")
@requires("people.organisations")
def note() -> Any:
    """Begin one."""
    form = ReorganisationForm()
    if form.validate_on_submit():
        made = services.note(
            form.title.data or "", form.on_date.data, source=form.source.data or "", by=acting_user()
        )
        return redirect(url_for("successors.show", reorganisation_id=made.id))
    return _listed(form), 422


@bp.get("/<int:reorganisation_id>")
@requires("people.organisations")
def show(reorganisation_id: int) -> str:
    """Its pairs and what would move, or what moved."""
    return _page(_made(reorganisation_id))


@bp.post("/<int:reorganisation_id>/pairs")
@requires("people.organisations")
def add_pair(reorganisation_id: int) -> Any:
    """Add one pair."""
    made, form = _made(reorganisation_id), _pair_form()
    if form.validate_on_submit():
        try:
            services.add_pair(
                made, _organisation(form.old.data), _organisation(form.new.data), share=form.share.data,
                by=acting_user(),
            )  # fmt: skip
        except (Invalid, Conflict) as refused:
            show_refusal(form, refused)
        else:
            return redirect(url_for("successors.show", reorganisation_id=made.id))
    return _page(made, pair_form=form), 422


@bp.post("/<int:reorganisation_id>/list")
@requires("people.organisations")
def add_list(reorganisation_id: int) -> Any:
    """Add all pairs of a file."""
    made, form = _made(reorganisation_id), PairListForm()
    upload = form.file.data
    try:
        if upload is None or not upload.filename:
            raise Invalid(fields={"file": _("Choose a file.")})
        count = reading.add_list(made, upload.read(), upload.filename, by=acting_user())
    except (Invalid, Conflict) as refused:
        if isinstance(refused, Invalid) and not refused.fields:
            form.file.errors = [str(refused)]
        else:
            show_refusal(form, refused)
        return _page(made, list_form=form), 422
    flash(ngettext("%(num)s pair was added.", "%(num)s pairs were added.", count), "success")
    return redirect(url_for("successors.show", reorganisation_id=made.id))


@bp.post("/<int:reorganisation_id>/pairs/<int:pair_id>/remove")
@requires("people.organisations")
def remove_pair(reorganisation_id: int, pair_id: int) -> Any:
    """Take one pair out."""
    made = _made(reorganisation_id)
    pair = Succession.get_or_none(Succession.id == pair_id, Succession.reorganisation == made.id)
    if pair is None:
        raise NotFound(_("There is no such pair."))
    services.remove_pair(pair, by=acting_user())
    return redirect(url_for("successors.show", reorganisation_id=made.id))


@bp.post("/<int:reorganisation_id>/<any(agree, withdraw, undo):deed>")
@requires("people.organisations")
def decide(reorganisation_id: int, deed: str) -> Any:
    """Agree to it, take the agreement back, or undo it."""
    made = _made(reorganisation_id)
    deeds = {"agree": services.agree, "withdraw": services.withdraw, "undo": services.undo}
    made = deeds[deed](made, by=acting_user())
    said = {
        "waiting": _("Agreed. It will be applied by itself on its day."),
        "applied": _("Applied. The figures are below."),
        "draft": _("The agreement is taken back."),
        "undone": _("Undone. Everybody is where they were before."),
    }
    flash(said[str(made.state)], "success")
    return redirect(url_for("successors.show", reorganisation_id=made.id))


def _page(
    made: Reorganisation, pair_form: PairForm | None = None, list_form: PairListForm | None = None
) -> str:
    pairs = plan.pairs_of(made)
    draft = made.state in {"draft", "waiting"}
    return render_template(
        "people/reorganisation.html",
        made=made,
        pairs=pairs,
        counts=[one.counts for one in plan.of(made)] if draft else made.counts,
        against=plan.against(made, pairs) if made.state == "draft" and pairs else [],
        pair_form=pair_form or _pair_form(),
        list_form=list_form or PairListForm(),
    )


def _pair_form() -> PairForm:
    form = PairForm()
    rows = list(
        Organisation.select(Organisation.id, Organisation.name, Organisation.valid_to).order_by(
            Organisation.path
        )
    )
    form.old.choices = [SelectChoice(row.id, row.name) for row in rows if row.valid_to is None]
    form.new.choices = list(form.old.choices)
    return form


def _organisation(organisation_id: int) -> Organisation:
    found: Organisation = Organisation.get_by_id(organisation_id)
    return found


def _made(reorganisation_id: int) -> Reorganisation:
    found: Reorganisation | None = Reorganisation.get_or_none(Reorganisation.id == reorganisation_id)
    if found is None:
        raise NotFound(_("There is no such reorganisation."))
    return found


def _listed(form: ReorganisationForm) -> str:
    order, state = REORGANISATIONS.asked(), request.args.get("state", "")
    query = Reorganisation.select().order_by(Reorganisation.on_date.desc(), Reorganisation.id.desc())
    if state in STATES:
        query = query.where(Reorganisation.state == state)
    return render_template(
        "people/reorganisations.html",
        page=paginate(order.over(query), request.args.get("page", 1, type=int)),
        order=order,
        state=state if state in STATES else "",
        form=form,
    )
