"""One-time short links: ``/s/XXXXXXXX`` for people without an account.

The code has 8 characters of Crockford's base 32 (40 bits). It is short enough to type from a blackboard;
guessing is held off by the expiry, the few uses and the rate limit on ``/s/``. Only a keyed hash is stored.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any

from flask import session
from flask_babel import gettext as _

from lms import audit, clock, crypto
from lms.access import passwords
from lms.access.models import ShortLink, User
from lms.config import settings
from lms.db import atomic, lock
from lms.errors import NotFound
from lms.people.models import Official

PASSWORD = "password"
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 8


class LinkSpent(NotFound):
    """The link is unknown, used up or past its time; all three sound the same."""

    code = "link_spent"


@atomic
def create(
    purpose: str,
    target: dict[str, Any],
    *,
    expires_at: datetime,
    by: User | None,
    official: Official | None = None,
    label: str = "",
    uses: int = 1,
    length: int = LENGTH,
) -> str:
    """Make a link and return its code (shown once). `target` is what the plugin of `purpose` needs to open it."""
    code = new_code(length)
    ShortLink.create(
        code_hash=_hash(code),
        purpose=purpose,
        target=target,
        official=official,
        label=label,
        uses_left=uses,
        expires_at=expires_at,
        created_by=by,
    )
    return code


def new_code(length: int = LENGTH) -> str:
    """A random code in Crockford's alphabet."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def normalise(typed: str) -> str:
    """What was typed, as the alphabet has it: no spaces or dashes, O as 0, I and L as 1."""
    plain = "".join(typed.upper().replace("-", "").split())
    return plain.translate(str.maketrans("OIL", "011"))


def url(code: str) -> str:
    """The address to print or send."""
    return f"{settings().base_url}/s/{code}"


def find(code: str) -> ShortLink:
    """The link behind a code that can still be used. Raises LinkSpent."""
    link = ShortLink.get_or_none(ShortLink.code_hash == _hash(normalise(code)))
    if link is None or link.uses_left < 1 or link.expires_at < clock.now():
        raise LinkSpent(_("This link has been used or its time is over. Please ask for a new one."))
    return link


@atomic
def spend(link: ShortLink) -> ShortLink:
    """Use the link once. Raises LinkSpent when somebody was faster."""
    fresh = lock(link)
    if fresh.uses_left < 1 or fresh.expires_at < clock.now():
        raise LinkSpent(_("This link has been used or its time is over. Please ask for a new one."))
    ShortLink.update(uses_left=ShortLink.uses_left - 1).where(ShortLink.id == fresh.id).execute()
    return fresh


@atomic
def for_choosing(user: User, *, by: User | None, days: int = 3) -> str:
    """The address under which somebody chooses the password of the account, once; earlier ones are void."""
    ShortLink.update(uses_left=0).where(
        ShortLink.purpose == PASSWORD, ShortLink.label == f"{user.id}"
    ).execute()
    code = create(
        PASSWORD,
        {"user_id": user.id},
        expires_at=clock.now() + timedelta(days=days),
        by=by,
        label=f"{user.id}",
        length=20,
    )
    audit.record(by, "access.password_link_made", user, days=days)
    return f"{settings().base_url}/set-password/{code}"


def for_password(code: str) -> tuple[ShortLink, User]:
    """The link and the account whose password it sets. Raises LinkSpent; an account that is off has no link."""
    link = find(code)
    user = None
    if link.purpose == PASSWORD:
        user = User.get_or_none(User.id == link.target["user_id"], User.active)
    if user is None:
        raise LinkSpent(_("This link has been used or its time is over. Please ask for a new one."))
    return link, user


@atomic
def choose_password(code: str, password: str) -> None:
    """Set the password by the link and use it up. Raises Invalid (the link stays good), LinkSpent."""
    link, user = for_password(code)
    spend(link)
    passwords.choose(user, password)


def hold(link: ShortLink) -> None:
    """Remember in the visitor's session that the link was opened here."""
    session["link"] = {"purpose": link.purpose, "target": link.target, "until": link.expires_at.isoformat()}


def held(purpose: str) -> dict[str, Any] | None:
    """The target of the link of this purpose that the visitor opened, while its time lasts; None otherwise."""
    link = session.get("link")
    if not link or link["purpose"] != purpose or datetime.fromisoformat(link["until"]) < clock.now():
        return None
    target: dict[str, Any] = link["target"]
    return target


def _hash(code: str) -> str:
    return crypto.keyed_hash(code, "short-link")
