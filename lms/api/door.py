"""Who knocks at `/api`: the bearer of a token, or somebody who is signed in."""

from __future__ import annotations

from flask import g, request
from flask_babel import gettext as _

from lms.access import current_user
from lms.access.guard import SignInNeeded
from lms.access.limits import count_wrong_guess, refuse_guesser
from lms.access.models import User
from lms.api import tokens
from lms.lean import Platform

_ROOM = "/api/"
_GUESSES = ("api-token", 30, 300)


class BadToken(SignInNeeded):
    """The token is unknown, expired or revoked, or its owner's account is locked."""

    code = "bad_token"


def install(app: Platform) -> None:
    """Look at the token before anything else looks at who is there; no lean page asks."""
    app.before_request(_identify)
    app.teardown_request(_forget)


def _forget(_: BaseException | None) -> None:
    """Whom a token brought is nobody to the next request, also where one application context serves several."""
    if by_token():
        g.pop("_login_user", None)


def _identify() -> None:
    if not request.path.startswith(_ROOM) or "Authorization" not in request.headers:
        return
    what, most, seconds = _GUESSES
    refuse_guesser(what, most=most, seconds=seconds)
    kind, _space, secret = request.headers["Authorization"].partition(" ")
    owner = tokens.bearer(secret.strip()) if kind.lower() == "bearer" else None
    if owner is None:
        g.pop("_login_user", None)
        count_wrong_guess(what, most=most, seconds=seconds)
        raise BadToken(_("This token is not good: unknown, expired or revoked. Please make a new one."))
    g._login_user = owner


def by_token() -> bool:
    """Whether this request shows a token (a good one: others do not come this far)."""
    return isinstance(g.get("_login_user"), User) and g._login_user.token_scopes is not None


def needs_no_form_token() -> bool:
    """Whether no browser can be tricked into sending this: it shows a token, or nobody is signed in."""
    if not request.path.startswith(_ROOM):
        return False
    return by_token() or not current_user.is_authenticated
