"""One's own account: password, devices, standing in."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from lms.access import current_user, devices, links, passwords, public, second, sign_ins, signed_in
from lms.access.forms import ChangePasswordForm, NewPasswordForm, PasswordForm
from lms.access.guard import me
from lms.access.limits import slow_down
from lms.access.models import User
from lms.access.routes.blueprint import bp
from lms.errors import Invalid
from lms.plugins.settings import setting
from lms.web.errors import layout
from lms.web.forms import show_refusal


@bp.get("/account")
@signed_in
def account() -> str:
    """How this account signs in: password, second factor, devices."""
    user = me()
    return render_template(
        "access/account.html",
        layout=layout(),
        devices=devices,
        sign_ins=sign_ins.of(user),
        here=sign_ins.current(user),
        having=second.having(user),
        wanted=second.wanted(user),
        form=PasswordForm(),
    )


@bp.get("/account/password")
@signed_in
def password() -> str:
    return _password(ChangePasswordForm())


@bp.post("/account/password")
@signed_in
def change_password() -> Any:
    """Change the own password; every other device is signed out."""
    form = ChangePasswordForm()
    if form.validate_on_submit():
        user = me()
        try:
            ended = passwords.change(
                user, form.password.data, form.new_password.data, keep=sign_ins.current(user)
            )
        except Invalid as refused:
            show_refusal(form, refused)
        else:
            flash(_changed(ended), "success")
            return redirect(url_for("access.account"))
    return _password(form), 422


@bp.post("/account/devices/<int:sign_in_id>/end")
@signed_in
def end_device(sign_in_id: int) -> Response:
    """Sign one of the own devices out."""
    sign_ins.end(me(), sign_in_id, by=me())
    flash(_("The device is signed out."), "success")
    return redirect(url_for("access.account"))


@bp.post("/account/devices/end-others")
@signed_in
def end_other_devices() -> Response:
    """Sign every own device but this one out."""
    user = me()
    count = sign_ins.end_all(user, by=user, but=sign_ins.current(user))
    flash(ngettext("%(num)s device was signed out.", "%(num)s devices were signed out.", count), "success")
    return redirect(url_for("access.account"))


@bp.get("/set-password/<code>")
@public
def set_password(code: str) -> str:
    """Choose a password by a one-time link; looking does not use it up."""
    slow_down("set-password", most=30, seconds=60)
    return _choose(NewPasswordForm(), links.for_password(code)[1])


@bp.post("/set-password/<code>")
@public
def choose_password(code: str) -> Any:
    """Set the password and use the link up."""
    slow_down("set-password", most=30, seconds=60)
    user = links.for_password(code)[1]
    form = NewPasswordForm()
    if form.validate_on_submit():
        try:
            links.choose_password(code, form.new_password.data)
        except Invalid as refused:
            show_refusal(form, refused)
        else:
            return render_template("access/password_set.html", email=user.email)
    return _choose(form, user), 422


def _password(form: ChangePasswordForm) -> str:
    return render_template(
        "access/password.html",
        form=form,
        layout=layout(),
        shortest=setting("lms.password_length"),
        email=current_user.email,
    )


def _choose(form: NewPasswordForm, user: User) -> str:
    return render_template(
        "access/set_password.html", form=form, shortest=setting("lms.password_length"), email=user.email
    )


def _changed(ended: int) -> str:
    if not ended:
        return _("Your password is changed.")
    return ngettext(
        "Your password is changed; %(num)s other device was signed out.",
        "Your password is changed; %(num)s other devices were signed out.",
        ended,
    )
