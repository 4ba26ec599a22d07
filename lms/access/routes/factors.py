"""One's own second factors: an authenticator, recovery codes, passkeys. Also for somebody who must set one up first."""

from __future__ import annotations

from typing import Any

from flask import flash, jsonify, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from lms.access import current_user, half, public, second, signed_in
from lms.access.forms import CodeForm, PasswordForm
from lms.access.guard import acting_user, me
from lms.access.models import User
from lms.access.routes.blueprint import bp
from lms.errors import Invalid
from lms.web.errors import layout
from lms.web.forms import show_refusal

_DRAFT = "totp_draft"
_SHOWN = "recovery_codes"


def _mine() -> User:
    """Who sets a factor up: the signed-in account, or the one at the door that must. Raises SignInNeeded."""
    return acting_user() if current_user.is_authenticated else half.waiting_or_401(set_up=True)  # type: ignore[return-value]


@bp.get("/sign-in/set-up")
@public
def set_up() -> str:
    """The days of grace are over: a second factor first."""
    user = half.waiting_or_401(set_up=True)
    return render_template("access/set_up.html", email=user.email)


@bp.get("/account/authenticator")
@public
def authenticator() -> str:
    """The secret as a QR code, for an authenticator app; kept only once a code of it was right."""
    return _authenticator(_mine(), CodeForm())


@bp.post("/account/authenticator")
@public
def confirm_authenticator() -> Any:
    """The first code of the app."""
    user, form = _mine(), CodeForm()
    if form.validate_on_submit() and _DRAFT in session:
        try:
            codes = second.confirm_totp(user, session[_DRAFT], form.code.data)
        except Invalid as refused:
            show_refusal(form, refused)
        else:
            session.pop(_DRAFT)
            return redirect(_after(user, codes, via="authenticator"))
    return _authenticator(user, form), 422


@bp.post("/account/authenticator/remove")
@signed_in
def remove_authenticator() -> Response:
    """Take the authenticator away."""
    second.remove_totp(me(), PasswordForm().password.data or "")
    flash(_("The authenticator is removed."), "success")
    return redirect(url_for("access.account"))


@bp.post("/account/recovery-codes")
@signed_in
def recovery_codes() -> Response:
    """Draw new recovery codes; the old ones are void."""
    second.confirm_password(me(), PasswordForm().password.data or "")
    session[_SHOWN] = second.new_recovery_codes(me())
    return redirect(url_for("access.show_codes"))


@bp.get("/account/recovery-codes")
@signed_in
def show_codes() -> Any:
    """The codes, once."""
    codes = session.pop(_SHOWN, None)
    if not codes:
        return redirect(url_for("access.account"))
    response = Response(
        render_template("access/codes.html", codes=codes, layout=layout()), mimetype="text/html"
    )
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.post("/account/passkeys/options")
@public
def passkey_options() -> Response:
    """What the browser needs to make a passkey."""
    from lms.access import passkeys  # noqa: PLC0415  the library of passkeys is large, and few requests need it

    return jsonify(passkeys.creation_options(_mine()))


@bp.post("/account/passkeys")
@public
def add_passkey() -> Response:
    """Keep the passkey the browser made."""
    from lms.access import passkeys  # noqa: PLC0415  the library of passkeys is large, and few requests need it

    user = _mine()
    body = request.get_json()
    made, codes = passkeys.add(user, passkeys.sent(body), str(body.get("name", "")))
    flash(_("The passkey “%(name)s” is kept.", name=made.name), "success")
    return jsonify(next=_after(user, codes, via="passkey"))


@bp.post("/account/passkeys/<int:passkey_id>/remove")
@signed_in
def remove_passkey(passkey_id: int) -> Response:
    """Take a passkey away."""
    from lms.access import passkeys  # noqa: PLC0415  the library of passkeys is large, and few requests need it

    passkeys.remove(me(), passkey_id, PasswordForm().password.data or "")
    flash(_("The passkey is removed."), "success")
    return redirect(url_for("access.account"))


def _authenticator(user: User, form: CodeForm) -> str:
    secret = session.setdefault(_DRAFT, second.totp().generate_totp_secret())
    shown = second.totp().fetch_setup_values(secret, user)
    page = layout() if current_user.is_authenticated else "web/public.html"
    return render_template("access/authenticator.html", form=form, shown=shown, layout=page)


def _after(user: User, codes: list[str], *, via: str) -> str:
    """Where to go with a new factor: the recovery codes when there are new ones, else the account."""
    if not current_user.is_authenticated:
        half.come_in(user, via=via)
    if via == "authenticator":
        flash(_("The authenticator is set up."), "success")
    if not codes:
        return url_for("access.account")
    session[_SHOWN] = codes
    return url_for("access.show_codes")
