"""A decision that revokes several certificates of a class: written down, certificates named, agreed to, carried out."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from certificates import queries, services
from certificates.forms import RevokeForm
from certificates.models import Certificate
from certificates.register import decisions
from certificates.register.models import OrderLine
from certificates.routes.blueprint import bp
from certificates.routes.register import may_agree
from certificates.services import deciding
from certificates.services.standing import GROUNDS
from courses.forms import show_problems
from courses.models import Klass
from courses.queries import class_or_404
from courses.routes.blueprint import frame
from lms.access import current_user, requires
from lms.access.guard import me
from lms.bulk import deed_or_404
from lms.errors import Invalid

TAB = "certificates.of_class"


@bp.get("/classes/<int:class_id>/revocation")
@requires("certificates.decide")
def new_order(class_id: int) -> str:
    """The decision's number, day and ground; the certificates are chosen next."""
    return _form_page(class_or_404(class_id, current_user), RevokeForm(formdata=None))


@bp.post("/classes/<int:class_id>/revocation")
@requires("certificates.decide")
def make_order(class_id: int) -> Response | tuple[str, int]:
    """Write the decision down."""
    klass = class_or_404(class_id, current_user)
    form = RevokeForm()
    if not form.validate_on_submit():
        return _form_page(klass, form), 422
    try:
        order = services.order_revocation(
            klass,
            ground=form.ground.data,
            decision_no=form.decision_no.data,
            decided_on=form.decided_on.data,
            note=form.note.data or "",
            by=me(),
        )
    except Invalid as problem:
        show_problems(form, problem)
        return _form_page(klass, form), 422
    return redirect(url_for("certificates.order", order_id=order.id), 303)


@bp.get("/orders/<int:order_id>")
@requires("certificates.decide")
def order(order_id: int) -> str:
    """A decision: the certificates to choose from, then those it names and what became of them."""
    row = decisions.order_or_404(order_id)
    klass = class_or_404(row.klass_id, current_user)
    lines: list[OrderLine] = decisions.lines_of(row)
    waiting = deciding.waiting(deciding.REVOKE_MANY, row)
    rows: list[Certificate] = [] if row.done_at else queries.of_class(klass)
    reasons = deciding.reasons_against(rows, row, current_user)
    return render_template(
        "certificates/order.html",
        **frame(klass, TAB),
        order=row,
        lines=lines,
        revoked=sum(line.outcome == deciding.REVOKED for line in lines),
        left=list(zip(rows, reasons, strict=True)),
        grounds=GROUNDS,
        REVOKED=deciding.REVOKED,
        deed=deed_or_404("certificates.name_in_order"),
        free=reasons.count(""),
        waiting=waiting,
        agree=may_agree(waiting),
    )


def _form_page(klass: Klass, form: RevokeForm) -> str:
    return render_template(
        "certificates/new_order.html", **frame(klass, TAB), form=form, orders=decisions.orders_of(klass)
    )
