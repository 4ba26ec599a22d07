"""The stock of blanks: deliveries and their reconciliation, spoiled sheets, destruction; certificates put on blanks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from certificates import queries, services
from certificates.forms import DeliveryForm, DestructionForm, ReturnForm, SpoilForm, SpoilUnusedForm
from certificates.models import Register
from certificates.register import stock, stock_files
from certificates.register.book import issuers_of
from certificates.register.models import Blank, BlankBatch
from certificates.routes.blueprint import bp
from certificates.routes.books import workbook_file
from certificates.services.blanks import ALL_REASONS
from courses.forms import show_problems
from courses.queries import class_or_404
from lms.access import can, current_user, requires
from lms.access.guard import acting_user
from lms.errors import Invalid, NotFound


@bp.get("/blanks")
@requires("certificates.view")
def blanks() -> str:
    """Every delivery and where its blanks are."""
    return _stock_page(DeliveryForm(formdata=None))


@bp.post("/blanks")
@requires("certificates.blanks")
def receive_blanks() -> Response | tuple[str, int]:
    """A delivery comes in."""
    form = DeliveryForm()
    _choices(form)

    def receive() -> str:
        batch = services.receive_blanks(
            Register.get_by_id(form.register.data),
            form.first.data,
            form.count.data,
            received_on=form.received_on.data,
            source=form.source.data or "",
            document=form.document.data or "",
            by=acting_user(),
        )
        return ngettext("%(num)s blank received: %(numbers)s.", "%(num)s blanks received: %(numbers)s.", batch.received, numbers=str(batch))  # fmt: skip

    return _do(form, receive, url_for("certificates.blanks"), lambda: _stock_page(form))


@bp.get("/blanks.xlsx")
@requires("certificates.view")
def blanks_xlsx() -> Response:
    """The reconciliation of all deliveries as a spreadsheet."""
    return workbook_file(stock_files.reconciliation(stock.reconciliation(current_user)), "doi-soat-phoi.xlsx")


@bp.get("/blanks/<int:batch_id>")
@requires("certificates.view")
def blank_batch(batch_id: int) -> str:
    """One delivery: what is used, spoiled, destroyed, left."""
    return _batch_page(stock.batch_or_404(batch_id, current_user))


@bp.get("/blanks/<int:batch_id>.xlsx")
@requires("certificates.view")
def blank_batch_xlsx(batch_id: int) -> Response:
    """Every blank of a delivery that is no longer in stock, as a spreadsheet."""
    batch = stock.batch_or_404(batch_id, current_user)
    return workbook_file(
        stock_files.delivery(batch, stock.of_batch(batch)), f"phoi-{batch.text(batch.first)}.xlsx"
    )


@bp.post("/blanks/<int:batch_id>/spoil")
@requires("certificates.blanks")
def spoil_unused(batch_id: int) -> Response | tuple[str, int]:
    """Unused blanks that are no longer good."""
    batch = stock.batch_or_404(batch_id, current_user)
    form = SpoilUnusedForm()

    def spoil() -> str:
        count = services.spoil_unused(
            batch,
            form.first.data,
            form.last.data,
            reason=form.reason.data,
            note=form.note.data or "",
            by=acting_user(),
        )
        return ngettext("%(num)s blank put aside as spoiled.", "%(num)s blanks put aside as spoiled.", count)

    return _do(form, spoil, _url(batch), lambda: _batch_page(batch, spoil=form))


@bp.post("/blanks/<int:batch_id>/destroy")
@requires("certificates.blanks")
def destroy_blanks(batch_id: int) -> Response | tuple[str, int]:
    """The spoiled blanks were destroyed, by minutes."""
    batch = stock.batch_or_404(batch_id, current_user)
    form = DestructionForm()

    def destroy() -> str:
        made = services.destroy_blanks(
            batch,
            minutes_no=form.minutes_no.data,
            on_date=form.on_date.data,
            members=form.members.data,
            by=acting_user(),
        )
        return ngettext("%(num)s spoiled blank recorded as destroyed.", "%(num)s spoiled blanks recorded as destroyed.", made.count)  # fmt: skip

    return _do(form, destroy, _url(batch), lambda: _batch_page(batch, destroy=form))


@bp.post("/blanks/<int:batch_id>/return")
@requires("certificates.blanks")
def return_blanks(batch_id: int) -> Response | tuple[str, int]:
    """A delivery leaves the stock whole."""
    batch = stock.batch_or_404(batch_id, current_user)
    form = ReturnForm()

    def give_back() -> str:
        services.return_blanks(batch, by=acting_user(), note=form.note.data)
        return _("The delivery is out of stock.")

    return _do(form, give_back, _url(batch), lambda: _batch_page(batch, back=form))


@bp.post("/batches/<int:batch_id>/blanks")
@requires("certificates.print")
def put_on_blanks(batch_id: int) -> Response:
    """Every certificate of an issue list that stands on no blank takes the next one."""
    batch = queries.batch_or_404(batch_id)
    class_or_404(batch.klass_id, current_user)
    taken = services.put_on_blanks(batch, by=acting_user())
    flash(
        ngettext("%(num)s certificate put on a blank.", "%(num)s certificates put on blanks.", len(taken)),
        "success" if taken else "info",
    )
    return redirect(url_for("certificates.of_class", class_id=batch.klass_id, batch=batch.id), 303)


@bp.post("/<int:certificate_id>/spoiled")
@requires("certificates.print")
def spoil(certificate_id: int) -> Response:
    """The sheet of a certificate was spoiled: it takes the next blank."""
    row = queries.certificate_or_404(certificate_id, current_user)
    blank: Blank | None = stock.standing([row]).get(row.id)
    form = SpoilForm()
    if blank is None or not form.validate_on_submit():
        raise NotFound(_("This certificate stands on no blank."))
    following = services.spoil(blank, reason=form.reason.data, note=form.note.data or "", by=acting_user())
    flash(
        _("Blank %(old)s is put aside; print on %(new)s.", old=blank.text, new=following.text)
        if following
        else _("Blank %(old)s is put aside. No blank is left: receive more.", old=blank.text),
        "success" if following else "warn",
    )
    return redirect(url_for("certificates.certificate", certificate_id=row.id), 303)


def _do(
    form: FlaskForm, deed: Callable[[], str], then: str, again: Callable[[], str]
) -> Response | tuple[str, int]:
    """The deed, then the page; or the same page with what is wrong."""
    if not form.validate_on_submit():
        return again(), 422
    try:
        flash(deed(), "success")
    except Invalid as problem:
        show_problems(form, problem)
        return again(), 422
    return redirect(then, 303)


def _stock_page(form: DeliveryForm) -> str:
    _choices(form)
    rows = stock.reconciliation(current_user)
    return render_template(
        "certificates/blanks.html",
        rows=rows,
        form=form,
        may_keep=can(current_user, "certificates.blanks") and bool(form.register.choices),
    )


def _batch_page(batch: BlankBatch, **wrong: Any) -> str:
    forms: dict[str, Any] = {"spoil": SpoilUnusedForm, "destroy": DestructionForm, "back": ReturnForm}
    return render_template(
        "certificates/blank_batch.html",
        batch=batch,
        sums=stock.reconciled([batch])[0],
        rows=stock.of_batch(batch),
        destructions=stock.destructions(batch),
        reasons=ALL_REASONS,
        forms={name: kind(formdata=None) for name, kind in forms.items()} | wrong,
        open_form=next(iter(wrong), ""),
        may_keep=can(current_user, "certificates.blanks") and not batch.returned_at,
    )


def _choices(form: DeliveryForm) -> None:
    mine = issuers_of(current_user)
    rows = Register.select().where(Register.issuer_number.in_(sorted(mine) or [-1])).order_by(Register.code)
    form.register.choices = [(row.id, f"{row.code} – {row.title}") for row in rows]


def _url(batch: BlankBatch) -> str:
    return url_for("certificates.blank_batch", batch_id=batch.id)
