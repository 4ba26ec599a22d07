"""Signing in with the province's OpenID Connect provider (Authlib): it says who somebody is, never what they may do.

Only an account that exists is signed in: by the provider's own name for it once that is tied, else by a verified
e-mail address. Code flow with state, nonce and PKCE; the ID token's signature, issuer, audience and time are checked.
"""

from __future__ import annotations

import logging
from typing import Any
from urllib.parse import urlsplit

from authlib.common.errors import AuthlibBaseError
from flask import current_app, request, session
from flask_babel import gettext as _
from joserfc.errors import JoseError
from peewee import fn
from werkzeug.wrappers import Response

from lms import audit
from lms.access.models import OpenIdentity, User
from lms.config import settings
from lms.db import atomic
from lms.errors import NotAllowed, NotFound, Unavailable
from lms.web.addresses import safe_next

log = logging.getLogger(__name__)

#: Seconds the provider has to answer; a slow one must not hold a web process.
TIME = 10
#: Seconds the two clocks may differ.
LEEWAY = 60
_NEXT = "openid_next"
_CLIENTS = "kimbang-openid"


class OpenIdRefused(NotAllowed):
    """The provider's answer cannot be accepted; the reason is in the log, without personal data."""

    code = "openid_refused"


def offered() -> bool:
    """Whether this installation has a provider."""
    chosen = settings()
    return bool(chosen.oidc_issuer and chosen.oidc_client_id)


def title() -> str:
    """What the button says."""
    return settings().oidc_title or _("The province's account")


def start(next_url: str | None, back: str) -> Response:
    """Send the visitor to the provider, to come back at the address `back`. Raises Unavailable."""
    session[_NEXT] = safe_next(next_url)
    try:
        answer: Response = _client().authorize_redirect(back)
    except (OSError, AuthlibBaseError, ValueError) as problem:  # OSError: what the network says
        raise _unreachable(problem) from problem
    return answer


def come_back() -> tuple[User, str]:
    """The account behind the provider's answer, and where it wanted to go. Raises OpenIdRefused, Unavailable."""
    claims = _claims()
    user = _account(claims)
    return user, safe_next(session.pop(_NEXT, None))


def _claims() -> dict[str, Any]:
    chosen = settings()
    wanted = {
        "iss": {"essential": True, "value": chosen.oidc_issuer},
        "aud": {"essential": True, "value": chosen.oidc_client_id},
        "exp": {"essential": True},
        "nonce": {"essential": True},
    }
    try:
        token = _client().authorize_access_token(claims_options=wanted, leeway=LEEWAY)
    except OSError as problem:
        raise _unreachable(problem) from problem
    except (AuthlibBaseError, JoseError, KeyError, ValueError) as problem:
        log.warning("OpenID answer refused: %s", type(problem).__name__)
        raise _refused() from problem
    claims = token.get("userinfo")
    if not claims or not claims.get("sub"):
        log.warning("OpenID answer refused: no ID token")
        raise _refused()
    return dict(claims)


@atomic
def _account(claims: dict[str, Any]) -> User:
    issuer, subject = settings().oidc_issuer, str(claims["sub"])[:255]
    tied = (
        OpenIdentity.select(OpenIdentity, User)
        .join(User)
        .where(OpenIdentity.issuer == issuer, OpenIdentity.subject == subject)
        .first()
    )
    if tied is not None:
        return _active(tied.user)
    user = _by_address(claims)
    if OpenIdentity.select().where(OpenIdentity.issuer == issuer, OpenIdentity.user == user.id).exists():
        # The address now belongs to somebody else over there.
        raise OpenIdRefused(
            _(
                "This account is tied to another person at the provider. Please ask the administrator of the platform."
            )
        )
    OpenIdentity.create(user=user.id, issuer=issuer, subject=subject)
    audit.record(user, "access.openid_tied", user, issuer=issuer)
    return user


def _by_address(claims: dict[str, Any]) -> User:
    address = str(claims.get("email") or "").strip().lower()
    found = None
    if address and claims.get("email_verified") is True:
        found = User.get_or_none(fn.LOWER(User.email) == address)
    if found is None:
        raise OpenIdRefused(
            _(
                "There is no account here for you yet. Please ask the administrator of the platform to add one."
            )
        )
    return _active(found)


def _active(user: User) -> User:
    if not user.active:
        raise OpenIdRefused(_("This account is switched off. Please ask the administrator of the platform."))
    return user


def _client() -> Any:
    """The library's client of this installation; its copy of the provider's metadata lives as long as the process."""
    chosen = settings()
    if not offered():
        raise NotFound()
    address = urlsplit(chosen.oidc_issuer)
    if address.scheme != "https" and address.hostname not in {"127.0.0.1", "localhost", "::1"}:
        raise Unavailable(
            _("The sign-in provider must be reached over https. Please tell the administrator.")
        )
    clients = current_app.extensions.setdefault(_CLIENTS, {})
    key = (chosen.oidc_issuer, chosen.oidc_client_id, chosen.oidc_client_secret)
    if key not in clients:
        from authlib.integrations.flask_client import OAuth  # noqa: PLC0415  heavy; few sites use it

        clients[key] = OAuth(current_app).register(
            "openid",
            client_id=chosen.oidc_client_id,
            client_secret=chosen.oidc_client_secret or None,
            server_metadata_url=f"{chosen.oidc_issuer.rstrip('/')}/.well-known/openid-configuration",
            client_kwargs={
                "scope": "openid email",
                "code_challenge_method": "S256",
                "default_timeout": TIME,
            },
        )
    return clients[key]


def back_address(path: str) -> str:
    """The whole address of a path of this site, as people reach it."""
    return f"{(settings().public_url or request.host_url).rstrip('/')}{path}"


def _refused() -> OpenIdRefused:
    return OpenIdRefused(_("The answer of the sign-in provider could not be accepted. Please start again."))


def _unreachable(problem: Exception) -> Unavailable:
    log.warning("OpenID provider not reached: %s", type(problem).__name__)
    return Unavailable(
        _("The sign-in provider does not answer. Please use your password, or try again later.")
    )
