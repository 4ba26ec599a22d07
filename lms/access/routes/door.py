"""The second step of signing in, and signing in with a passkey alone."""

from __future__ import annotations

from typing import Any

from flask import jsonify, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from lms.access import half, public, second, slowing
from lms.access.forms import CodeForm
from lms.access.limits import slow_down
from lms.access.models import User
from lms.access.routes.blueprint import bp
from lms.access.slowing import Name, Wait


@bp.get("/sign-in/second")
@public
def second_step() -> str:
    """A code, a recovery code or a passkey."""
    return _page(half.waiting_or_401(), CodeForm())


@bp.post("/sign-in/second")
@public
def second_step_code() -> Any:
    """Check the code; right = signed in."""
    user, form = half.waiting_or_401(), CodeForm()
    if not form.validate_on_submit():
        return _page(user, form), 422
    names = (Name(f"second {user.id}", free=5, longest=900),)
    try:
        slowing.refuse_early(names)
    except Wait as early:
        form.code.errors = [str(early)]
        return _page(user, form), 429
    via = _used(user, form.code.data)
    if via is None:
        slowing.count_wrong(names)
        form.code.errors = [
            _("This code does not fit. Please check the clock of your phone, or use a recovery code.")
        ]
        return _page(user, form), 422
    slowing.forget(names[0])
    return redirect(half.come_in(user, via=via))


@bp.post("/sign-in/passkey/options")
@public
def passkey_sign_in_options() -> Response:
    """What the browser needs to show a passkey."""
    from lms.access import passkeys  # noqa: PLC0415  the library of passkeys is large, and few requests need it

    slow_down("passkey", most=120, seconds=60)
    return jsonify(passkeys.sign_in_options(half.waiting()))


@bp.post("/sign-in/passkey")
@public
def passkey_sign_in() -> Response:
    """Sign in with the passkey the browser shows: after the password, or instead of it."""
    from lms.access import passkeys  # noqa: PLC0415  the library of passkeys is large, and few requests need it

    slow_down("passkey", most=120, seconds=60)
    user = passkeys.check(passkeys.sent(request.get_json()), half.waiting())
    return jsonify(next=half.come_in(user, via="passkey"))


def _used(user: User, code: str) -> str | None:
    if second.check_totp(user, code):
        return "authenticator"
    return "recovery" if second.use_recovery_code(user, code) else None


def _page(user: User, form: CodeForm) -> str:
    return render_template("access/second.html", form=form, having=second.having(user), email=user.email)
