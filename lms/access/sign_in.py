"""Flask-Security, wired: argon2, our tables, our templates."""

from __future__ import annotations

import functools
from collections import deque
from collections.abc import Callable
from typing import Any

from flask import Flask, current_app, request
from flask_security import PeeweeUserDatastore, Security

from lms.access.models import Role, User, UserRole
from lms.config import Settings
from lms.db import db

security = Security()


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
    security.init_app(app, datastore)
    _leave_public_pages_alone()


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
