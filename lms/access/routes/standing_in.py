"""``/account/stand-in``: somebody else holds my roles for a time."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from lms.access import accounts
from lms.access.forms import StandInForm
from lms.access.guard import me, signed_in
from lms.access.roles import title_of
from lms.access.routes.blueprint import bp
from lms.errors import Invalid
from lms.web.errors import layout
from lms.web.forms import show_refusal


@bp.get("/account/stand-in")
@signed_in
def stand_in() -> str:
    """Who stands in for me, and the form for a new one."""
    return _page(StandInForm())


@bp.post("/account/stand-in")
@signed_in
def lend_roles() -> Any:
    """Lend my roles to somebody for a time."""
    form = StandInForm()
    if form.validate_on_submit():
        try:
            given = accounts.stand_in(me(), form.email.data, form.from_date.data, form.until_date.data)
        except Invalid as refused:
            show_refusal(form, refused)
        else:
            flash(_("%(name)s stands in for you.", name=given[0].user.display_name), "success")
            return redirect(url_for("access.stand_in"))
    return _page(form), 422


@bp.post("/account/stand-in/<int:held_id>/end")
@signed_in
def end_stand_in(held_id: int) -> Response:
    """Take a lent role back before its time."""
    accounts.end_stand_in(me(), held_id)
    flash(_("The role is taken back."), "success")
    return redirect(url_for("access.stand_in"))


def _page(form: StandInForm) -> str:
    return render_template(
        "access/stand_in.html", form=form, lent=accounts.lent_by(me()), title_of=title_of, layout=layout()
    )
