"""Between the password and the second factor: who stands at the door, for ten minutes, in the visitor's session."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import flash, redirect, session, url_for
from flask_babel import gettext as _
from flask_security.tf_plugin import TfPlugin
from flask_security.utils import login_user
from werkzeug.wrappers import Response

from lms import clock
from lms.access import second
from lms.access.guard import SignInNeeded
from lms.access.models import User
from lms.web.addresses import safe_next

TIME = timedelta(minutes=10)
_KEPT = "second"


class Door(TfPlugin):  # type: ignore[misc]
    """Asks our second factor where the sign-in library would ask its own, after a right password."""

    def tf_enter(
        self, user: Any, remember_me: bool | None, primary_authn_via: str, next_loc: str | None
    ) -> Response | None:
        return enter(user, remember=bool(remember_me), next_url=next_loc)


def enter(user: User, *, remember: bool = False, next_url: str | None = None) -> Response | None:
    """Where an account with a right password goes on; None = it may come in.

    Somebody who must have a second factor and has none may come in during the days of grace, no longer than they
    last; afterwards it is set up first.
    """
    must_set_up = False
    if not second.having(user).any:
        if not second.wanted(user):
            return None
        until = second.days_of_grace_end(user)
        if until > clock.now():
            user.__dict__["_ends_at"] = until
            flash(_needed(until), "warning")
            return None
        must_set_up = True
    session[_KEPT] = {
        "user": user.fs_uniquifier,
        "remember": remember,
        "next": safe_next(next_url),
        "at": clock.now().isoformat(),
        "set_up": must_set_up,
    }
    return redirect(url_for("access.set_up" if must_set_up else "access.second_step"))


def _needed(until: datetime) -> str:
    day = clock.local(until).strftime("%d/%m/%Y")
    return _("Your role needs a second factor from %(day)s. Set it up under “Sign-in and security”.", day=day)


def waiting(*, set_up: bool = False) -> User | None:
    """Who gave the password in this browser and still owes the second factor (or must set one up)."""
    kept: Any = session.get(_KEPT)
    if not kept or kept["set_up"] is not set_up or datetime.fromisoformat(kept["at"]) < clock.now() - TIME:
        return None
    found: User | None = User.get_or_none(User.fs_uniquifier == kept["user"], User.active)
    return found


def waiting_or_401(*, set_up: bool = False) -> User:
    """The same; raises SignInNeeded when nobody stands at the door."""
    found = waiting(set_up=set_up)
    if found is None:
        raise SignInNeeded(_("Please give your e-mail address and password first."))
    return found


def come_in(user: User, *, via: str) -> str:
    """The second factor was right: sign in. Returns where to go."""
    kept: Any = session.pop(_KEPT, None) or {}
    user.__dict__["_via"] = via
    login_user(user, remember=bool(kept.get("remember")), authn_via=[via])
    return safe_next(kept.get("next"))
