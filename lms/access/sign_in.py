"""Flask-Security, wired: argon2, our tables, our templates."""

from __future__ import annotations

import functools
import secrets
from collections import deque
from collections.abc import Callable
from typing import Any

from flask import Flask, after_this_request, current_app, request
from flask_login import user_logged_in, user_logged_out
from flask_security import LoginForm, PeeweeUserDatastore, Security
from werkzeug.wrappers import Response

from lms.access import devices, half, sign_ins, slowing
from lms.access.limits import asker
from lms.access.models import Role, User, UserRole
from lms.config import Settings
from lms.db import db

security = Security()


class SignInForm(LoginForm):  # type: ignore[misc]
    """The library's form; guesses are slowed down before a password is looked at."""

    def validate(self, **kwargs: Any) -> bool:
        email = str(self.email.data or "")
        names = slowing.names(email, address=asker(), device=devices.known(email))
        try:
            slowing.refuse_early(names)
        except slowing.Wait as early:
            self.form_errors.append(str(early))
            after_this_request(functools.partial(_too_early, seconds=early.details["retry_after"]))
            return False
        if super().validate(**kwargs):
            slowing.forget(names[0])
            return True
        if email and self.password.data:
            slowing.count_wrong(names)
        return False


def _too_early(response: Response, *, seconds: int) -> Response:
    response.status_code = 429
    response.headers["Retry-After"] = str(seconds)
    return response


def init_sign_in(app: Flask, chosen: Settings) -> None:
    """Set up sign-in. CSRF protection must be initialised before (Flask-Security checks it)."""
    app.config.update(
        SECURITY_PASSWORD_HASH="argon2",
        SECURITY_PASSWORD_SALT=chosen.secret("password_salt"),
        SECURITY_PASSWORD_SINGLE_HASH=["argon2"],
        SECURITY_REGISTERABLE=False,
        SECURITY_RECOVERABLE=False,
        SECURITY_CHANGEABLE=False,
        SECURITY_SEND_REGISTER_EMAIL=False,
        SECURITY_TRACKABLE=False,
        SECURITY_LOGIN_URL="/login",
        SECURITY_LOGOUT_URL="/logout",
        SECURITY_LOGOUT_METHODS=["POST"],
        SECURITY_POST_LOGIN_VIEW="/",
        SECURITY_POST_LOGOUT_VIEW="/",
        SECURITY_UNAUTHORIZED_VIEW=None,
        SECURITY_FLASH_MESSAGES=False,
        SECURITY_RETURN_GENERIC_RESPONSES=True,
        SECURITY_CSRF_IGNORE_UNAUTH_ENDPOINTS=False,
        SECURITY_CACHE_CONTROL={"private": None, "no-store": None},
        SECURITY_REDIRECT_VALIDATE_MODE="absolute",
        SECURITY_STATIC_FOLDER=None,
        REMEMBER_COOKIE_SAMESITE="Lax",
        REMEMBER_COOKIE_HTTPONLY=True,
        REMEMBER_COOKIE_SECURE=chosen.https,
    )
    if chosen.testing:
        app.config.update(SECURITY_PASSWORD_HASH="plaintext", SECURITY_PASSWORD_SINGLE_HASH=["plaintext"])
        app.config["SECURITY_PASSWORD_SCHEMES"] = ["argon2", "plaintext"]
    datastore: Any = PeeweeUserDatastore(db, User, Role, UserRole)
    security.init_app(app, datastore, login_form=SignInForm)
    security.two_factor_plugins = half.Door()
    app.login_manager.user_loader(sign_ins.load)  # type: ignore[attr-defined]
    user_logged_in.connect(_came_in, app)
    user_logged_out.connect(_went_out, app)
    _leave_public_pages_alone()


def _came_in(_app: Flask, user: User, **_: Any) -> None:
    sign_ins.begin_here(user)
    email = str(user.email)
    mark = devices.known(email) or secrets.token_urlsafe(9)

    @after_this_request
    def remember_device(response: Any) -> Any:
        devices.remember(response, email, mark)
        return response


def _went_out(_app: Flask, user: User, **_: Any) -> None:
    sign_ins.end_here(user.get_id())


def _leave_public_pages_alone() -> None:
    """Ask who is signed in only where a page wants to know: a public page reads no session by itself."""
    principal: Any = security.principal
    principal.identity_loaders = deque(_unless_public(loader) for loader in principal.identity_loaders)


def _unless_public(loader: Callable[[], Any]) -> Callable[[], Any]:
    @functools.wraps(loader)
    def load() -> Any:
        view = current_app.view_functions.get(request.endpoint or "")
        return None if getattr(view, "lms_access", None) == ("public",) else loader()

    return load
