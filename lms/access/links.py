"""One-time short links: ``/s/XXXXXXXX`` for people without an account.

The code has 8 characters of Crockford's base 32 (40 bits). It is short enough to type from a blackboard;
guessing is held off by the expiry, the few uses and the rate limit on ``/s/``. Only a keyed hash is stored.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from flask import session
from flask_babel import gettext as _

from lms import clock, crypto
from lms.access.models import ShortLink, User
from lms.config import settings
from lms.db import atomic, lock
from lms.errors import NotFound
from lms.people.models import Official

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
) -> str:
    """Make a link and return its code (shown once). `target` is what the plugin of `purpose` needs to open it."""
    code = new_code()
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
