"""Everything about tokens: made, shown once, found again, narrowed to what they may, revoked."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _

from lms import audit, clock, crypto, text
from lms.access import can
from lms.access.models import User
from lms.api.models import ApiToken
from lms.db import atomic
from lms.errors import Conflict, Invalid, NotAllowed, NotFound
from lms.people.models import Organisation
from lms.plugins.contract import Permission
from lms.plugins.registry import registry

PREFIX = "kb_"
#: For how many days a token may be made.
DAYS = (7, 30, 90, 180, 365)
#: How many good tokens one account may have.
MOST = 20
#: A use is noted once in this time; what is read costs no write each time.
_NOTED = timedelta(minutes=10)


def offered(user: User) -> list[Permission]:
    """The permissions an account can give to a token: those it has itself, in the plugins' order."""
    return [one for name, one in registry.permissions.items() if can(user, name)]


def agencies(user: User) -> list[Organisation]:
    """The organisations an account holds a role for: a token can be kept to one of them."""
    found = {row.organisation.id: row.organisation for row in user.roles if row.organisation is not None}
    return sorted(found.values(), key=lambda one: str(one.path))


@atomic
def make(
    user: User, name: str, scopes: Iterable[str], *, days: int, organisation_id: int | None = None
) -> tuple[ApiToken, str]:
    """Make a token of one's own; returns it with its secret, which is shown once and not kept.

    Raises NotAllowed for a token that would make a token, Invalid for a permission the account has not or an
    organisation it holds no role for, Conflict when there are too many.
    """
    if user.token_scopes is not None:
        raise NotAllowed(_("A token cannot make tokens."))
    chosen = _checked(user, name, list(scopes), days, organisation_id)
    good = ApiToken.select().where(
        ApiToken.user == user, ApiToken.revoked_at.is_null(), ApiToken.expires_at > clock.now()
    )
    if good.count() >= MOST:
        raise Conflict(_("You have %(count)s tokens. Please revoke one first.", count=MOST))
    secret = PREFIX + secrets.token_urlsafe(32)
    made = ApiToken.create(
        user=user,
        token_hash=_hash(secret),
        hint=secret[:9],
        expires_at=clock.now() + timedelta(days=days),
        **chosen,
    )
    audit.record(user, "api.token_made", made, scopes=chosen["scopes"], days=days)
    return made, secret


def _checked(
    user: User, name: str, scopes: list[str], days: int, organisation_id: int | None
) -> dict[str, Any]:
    wrong: dict[str, Any] = {}
    name = text.squeeze(name)[:80]
    if not name:
        wrong["name"] = _("Please say which program will use the token.")
    known = {one.name for one in offered(user)}
    if not scopes or not set(scopes) <= known:
        wrong["scopes"] = _("Please choose at least one permission of your own.")
    if days not in DAYS:
        wrong["days"] = _("Please choose how long the token is good.")
    if organisation_id is not None and organisation_id not in {one.id for one in agencies(user)}:
        wrong["organisation"] = _("Please choose an organisation for which you hold a role.")
    if wrong:
        raise Invalid(fields=wrong)
    return {"name": name, "scopes": sorted(set(scopes)), "organisation": organisation_id}


@atomic
def revoke(token: ApiToken, *, by: User | None) -> None:
    """Revoke a token at once; one that is revoked stays so."""
    done = (
        ApiToken.update(revoked_at=clock.now())
        .where(ApiToken.id == token.id, ApiToken.revoked_at.is_null())
        .execute()
    )
    if done:
        audit.record(by, "api.token_revoked", token, owner=str(token.user))


def bearer(secret: str) -> User | None:
    """The owner of a good token, narrowed to what the token may; None for a token that is none, or no longer good."""
    token = (
        ApiToken.select(ApiToken, User).join(User).where(ApiToken.token_hash == _hash(secret[:100])).first()
    )
    if token is None or token.state != "good" or not token.user.active:
        return None
    _note_use(token)
    return narrowed(token)


def narrowed(token: ApiToken) -> User:
    """The owner as the token may act: the permissions it names, and only roles of its organisation when it has one."""
    user: User = token.user
    user.token_scopes = frozenset(token.scopes)
    user.token_id = token.id
    if token.organisation_id is not None:
        kept = [row for row in user.roles if row.organisation_id == token.organisation_id]
        user.__dict__["_roles"] = kept
    return user


def _note_use(token: ApiToken) -> None:
    now = clock.now()
    if token.last_used_at is None or token.last_used_at < now - _NOTED:
        ApiToken.update(last_used_at=now).where(ApiToken.id == token.id).execute()


def _hash(secret: str) -> str:
    return crypto.keyed_hash(secret, "api-token")


def of(user: User) -> Sequence[ApiToken]:
    """An account's tokens, newest first."""
    return list(_all().where(ApiToken.user == user))


def everybodys(search: str = "") -> Any:
    """Every account's tokens, newest first; `search` in names of accounts and tokens."""
    query = _all()
    for word in search.split():
        query = query.where(User.name_folded.contains(text.fold(word)) | ApiToken.name.contains(word))
    return query


def own_or_404(token_id: int, user: User) -> ApiToken:
    """One of the account's own tokens. Raises NotFound."""
    return _one(_all().where(ApiToken.id == token_id, ApiToken.user == user))


def token_or_404(token_id: int) -> ApiToken:
    """One token of anybody. Raises NotFound."""
    return _one(_all().where(ApiToken.id == token_id))


def _all() -> Any:
    return (
        ApiToken.select(ApiToken, User, Organisation)
        .join(User)
        .switch(ApiToken)
        .left_outer_join(Organisation)
        .order_by(ApiToken.id.desc())
    )


def _one(query: Any) -> ApiToken:
    found: ApiToken | None = query.first()
    if found is None:
        raise NotFound(_("There is no such token."))
    return found
