"""The one door: which permission a route needs, and whether a user has it."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar, cast

from flask import g
from flask_login import current_user as _login_user

from lms.access.grants import roles_of
from lms.access.models import User
from lms.errors import NotAllowed, NotFound
from lms.plugins.registry import registry
from lms.plugins.switch import is_on

V = TypeVar("V", bound=Callable[..., Any])

#: The signed-in user of this request (a `User`, or flask-login's anonymous one).
current_user = cast(User, _login_user)


class SignInNeeded(NotAllowed):
    """Nobody is signed in; the page answers with the sign-in form."""

    status = 401
    code = "sign_in_needed"


def can(user: Any, permission: str) -> bool:
    """Whether one of the user's roles carries the permission and its plugin is on."""
    if not getattr(user, "is_authenticated", False):
        return False
    declared = registry.permissions.get(permission)
    if declared is None or not is_on(declared.plugin):
        return False
    scopes = getattr(user, "token_scopes", None)
    if scopes is not None and permission not in scopes:
        return False
    return bool(user.role_names & roles_of(permission))


def require(permission: str) -> None:
    """Raise SignInNeeded or NotAllowed unless the current user has the permission."""
    require_any(permission)


def require_any(*permissions: str) -> None:
    if any(can(current_user, permission) for permission in permissions):
        return
    if not current_user.is_authenticated:
        raise SignInNeeded(permission=permissions[0])
    declared = registry.permissions.get(permissions[0])
    raise NotAllowed(permission=permissions[0], title=declared.title if declared else permissions[0])


def requires(permission: str) -> Callable[[V], V]:
    """Guard a route by one permission. Which rows it may see is the query's business (`lms.access.scope`)."""
    return requires_any(permission)


def requires_any(*permissions: str) -> Callable[[V], V]:
    """Guard a route that several permissions open."""

    def guard(view: V) -> V:
        @functools.wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            require_any(*permissions)
            return view(*args, **kwargs)

        guarded.lms_access = permissions  # type: ignore[attr-defined]
        return cast(V, guarded)

    return guard


def public(view: V) -> V:
    """Say that a route is open to everybody, on purpose."""
    view.lms_access = ("public",)  # type: ignore[attr-defined]
    return view


def signed_in(view: V) -> V:
    """Guard a route that every account may open."""

    @functools.wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if not current_user.is_authenticated:
            raise SignInNeeded()
        return view(*args, **kwargs)

    guarded.lms_access = ("signed_in",)  # type: ignore[attr-defined]
    return cast(V, guarded)


def acting_user() -> User | None:
    """The account behind the current request as a plain model, or None (nobody signed in, or no request)."""
    user = g.get("_login_user")
    return user if isinstance(user, User) else None


def me() -> User:
    """The account that does a deed, as a plain model; behind `@signed_in` or `@requires`. Raises NotFound without one."""
    user = acting_user()
    if user is None:
        raise NotFound()
    return user
