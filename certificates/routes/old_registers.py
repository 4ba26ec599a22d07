"""Old registers that came as lists: what waits, rows read again at the book, the second person's yes."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from certificates.intake.forms import EndForm
from certificates.intake.old import queries, services
from certificates.intake.old.forms import ReadForm
from certificates.intake.old.models import OldEntry, OldRegister
from certificates.intake.old.words import DOUBTS, ENTRY_STATES, REGISTER_STATES, SHOWN
from certificates.intake.queries import RECOGNISE
from certificates.routes.blueprint import bp
from courses.forms import show_problems
from courses.models import Programme
from lms.access import current_user, requires
from lms.access.guard import me
from lms.db import paginate
from lms.errors import Invalid

Answer = Response | tuple[str, int]
#: Which rows the page of a register lists.
SHOW = ("to_read", "all", "kept", "refused")


@bp.get("/recognition/registers")
@requires(RECOGNISE)
def old_registers() -> str:
    """Old registers taken in, the newest first."""
    return render_template(
        "certificates/intake/registers.html",
        page=paginate(queries.registers(current_user), request.args.get("page", 1, int)),
        states=REGISTER_STATES,
    )


@bp.get("/recognition/registers/<int:old_id>")
@requires(RECOGNISE)
def old_register(old_id: int) -> str:
    """One old register: how far its check is, and its rows."""
    return _page(queries.register_or_404(old_id, current_user), EndForm(formdata=None))


@bp.post("/recognition/registers/<int:old_id>/confirm")
@requires(RECOGNISE)
def old_confirm(old_id: int) -> Response:
    """The second person's yes."""
    done = services.confirm(queries.register_or_404(old_id, current_user), by=me())
    said = ngettext("%(num)s row is recognised.", "%(num)s rows are recognised.", done.recognised)
    if done.kept:
        said += " " + ngettext("%(num)s is kept until its holder is on record.", "%(num)s are kept until their holders are on record.", done.kept)  # fmt: skip
    flash(said, "success")
    return _back(old_id)


@bp.post("/recognition/registers/<int:old_id>/refuse")
@requires(RECOGNISE)
def old_refuse(old_id: int) -> Answer:
    """Refuse the register as a whole."""
    row, form = queries.register_or_404(old_id, current_user), EndForm()
    if not form.validate_on_submit():
        return _page(row, form), 422
    services.refuse(row, reason=form.reason.data, by=me())
    flash(_("The register is refused; none of its rows counts."), "success")
    return _back(old_id)


@bp.post("/recognition/registers/<int:old_id>/holders")
@requires(RECOGNISE)
def old_holders(old_id: int) -> Response:
    """Look again for holders who were not on record."""
    found = services.find_holders(queries.register_or_404(old_id, current_user), by=me())
    flash(ngettext("%(num)s holder found.", "%(num)s holders found.", found), "success" if found else "info")
    return _back(old_id, show="kept")


@bp.get("/recognition/registers/<int:old_id>/rows/<int:row_id>")
@requires(RECOGNISE)
def old_row(old_id: int, row_id: int) -> str:
    """One row: the form of the second person, or what both read."""
    row = queries.entry_or_404(queries.register_or_404(old_id, current_user), row_id)
    return _row_page(row, ReadForm(formdata=None))


@bp.post("/recognition/registers/<int:old_id>/rows/<int:row_id>")
@requires(RECOGNISE)
def old_read(old_id: int, row_id: int) -> Answer:
    """Compare what is read in the book with the list; the next row follows at once."""
    register = queries.register_or_404(old_id, current_user)
    row, form = queries.entry_or_404(register, row_id), ReadForm()
    form.offer()
    if not form.validate_on_submit():
        return _row_page(row, form), 422
    try:
        row = services.read_again(row, form.values(), by=me())
    except Invalid as problem:
        show_problems(form, problem)
        return _row_page(row, form), 422
    if row.state == "differs":
        return redirect(url_for("certificates.old_row", old_id=old_id, row_id=row_id), 303)
    flash(_("Row %(row)d: both read the same.", row=row.number), "success")
    return _next(register)


@bp.post("/recognition/registers/<int:old_id>/rows/<int:row_id>/refuse")
@requires(RECOGNISE)
def old_refuse_row(old_id: int, row_id: int) -> Answer:
    """Leave a row out for good."""
    register = queries.register_or_404(old_id, current_user)
    row, form = queries.entry_or_404(register, row_id), EndForm()
    if not form.validate_on_submit():
        return _row_page(row, ReadForm(formdata=None), form), 422
    services.refuse_entry(row, reason=form.reason.data, by=me())
    flash(_("Row %(row)d is left out.", row=row.number), "success")
    return _next(register)


def _next(register: OldRegister) -> Response:
    """The next row this person can read, or the register when there is none."""
    following = queries.to_read(register).where(OldEntry.state == "waiting").first()
    if following is None or register.first_by_id == current_user.id:
        return _back(register.id)
    return redirect(url_for("certificates.old_row", old_id=register.id, row_id=following.id), 303)


def _back(old_id: int, show: str | None = None) -> Response:
    return redirect(url_for("certificates.old_register", old_id=old_id, show=show), 303)


def _page(register: OldRegister, ending: EndForm) -> str:
    counts, left = queries.counts(register), queries.to_read(register)
    open_ = register.state == "keyed"
    show = request.args.get("show", "to_read" if open_ else "all")
    chosen = {
        "to_read": left,
        "kept": queries.rows(register).where(OldEntry.state == "kept"),
        "refused": queries.rows(register).where(OldEntry.state == "refused"),
    }.get(show, queries.rows(register))
    mine = register.first_by_id == current_user.id
    return render_template(
        "certificates/intake/register.html",
        register=register,
        counts=counts,
        total=sum(counts.values()),
        left=left.count() if open_ else 0,
        drawn=queries.rows(register).where(OldEntry.drawn).count(),
        doubted=queries.rows(register).where(OldEntry.doubted).count(),
        failed=queries.sample_failed(register),
        page=paginate(chosen, request.args.get("page", 1, int)),
        show=show if show in SHOW else "all",
        open=open_,
        mine=mine,
        # Who reads the rows again does not see what the list says of them.
        blind=open_ and not mine,
        ending=ending,
        states=REGISTER_STATES,
        entry_states=ENTRY_STATES,
        doubts=DOUBTS,
    )


def _row_page(row: OldEntry, form: ReadForm, ending: EndForm | None = None) -> str:
    form.offer()
    mine = row.register.first_by_id == current_user.id
    open_ = row.register.state == "keyed" and row.state in {"waiting", "differs"}
    return render_template(
        "certificates/intake/row.html",
        row=row,
        register=row.register,
        form=form if open_ and (not mine or row.state == "differs") else None,
        ending=ending or EndForm(formdata=None),
        open=open_,
        blind=open_ and not mine and row.second is None,
        mine=mine,
        shown=SHOWN,
        differing=services.differing(row) if row.second else [],
        titles={str(one.id): one.title for one in Programme.select(Programme.id, Programme.title)},
        entry_states=ENTRY_STATES,
        doubts=DOUBTS,
    )
