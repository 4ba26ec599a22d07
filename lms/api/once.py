"""Once and no more: the same `Idempotency-Key` gets the first answer again, also when two arrive together."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _

from lms import clock, crypto
from lms.api.models import ApiAnswer
from lms.db import db
from lms.errors import Conflict, LmsError

#: For how long an answer is kept.
KEPT = timedelta(hours=24)
MOST_CHARS = 100


class KeyNeeded(LmsError):
    """A deed without an Idempotency-Key, or with one that cannot be used."""

    code = "idempotency_key"


class KeyUsed(Conflict):
    """The key came with another request before."""

    code = "idempotency_key_used"


@dataclass(frozen=True)
class Answer:
    """What was answered; `again` when it is the first answer once more."""

    body: Any
    status: int
    again: bool = False


def checked_key(key: str | None) -> str:
    """The key as it was sent. Raises KeyNeeded."""
    if not key or len(key) > MOST_CHARS or not key.isascii() or not key.isprintable():
        raise KeyNeeded(
            _(
                "Please send a header Idempotency-Key of 1 to %(most)s letters or digits, new for every deed.",
                most=MOST_CHARS,
            )
        )
    return key


def answer(
    holder: str, key: str, asked: tuple[str, str, Any], status: int, deed: Callable[[], Any]
) -> Answer:
    """Do the deed, or give the answer it got before. Deed and answer are kept in one transaction.

    Two at once: the second waits for the first one's transaction. A deed that is refused leaves nothing behind, so the
    same key may be sent again. Raises KeyUsed when the key came with another request.
    """
    key_hash, asked_hash = crypto.keyed_hash(key, "api-key"), _hash(asked)
    with db.atomic():
        mine = _take(holder, key_hash, asked_hash)
        if mine is None:
            return _first(holder, key_hash, asked_hash)
        body = deed()
        kept = crypto.seal(json.dumps(body, ensure_ascii=False))
        ApiAnswer.update(status=status, body_sealed=kept).where(ApiAnswer.id == mine).execute()
    return Answer(body, status)


def _take(holder: str, key_hash: str, asked_hash: str) -> int | None:
    """The row of a key that is new; None when it is known. Waits while another transaction holds it."""
    old = clock.now() - KEPT
    ApiAnswer.delete().where(
        ApiAnswer.holder == holder, ApiAnswer.key_hash == key_hash, ApiAnswer.at < old
    ).execute()
    made = list(
        ApiAnswer.insert(holder=holder, key_hash=key_hash, asked_hash=asked_hash, at=clock.now())
        .on_conflict_ignore()
        .returning(ApiAnswer.id)
        .execute()
    )
    return made[0].id if made else None


def _first(holder: str, key_hash: str, asked_hash: str) -> Answer:
    row = ApiAnswer.get(ApiAnswer.holder == holder, ApiAnswer.key_hash == key_hash)
    if row.asked_hash != asked_hash:
        raise KeyUsed(_("This Idempotency-Key came with another request before. Please use a new one."))
    return Answer(json.loads(crypto.unseal(row.body_sealed)), row.status, again=True)


def forget_old() -> int:
    """Remove answers whose day is over; returns how many."""
    return int(ApiAnswer.delete().where(ApiAnswer.at < clock.now() - KEPT).execute())


def _hash(asked: tuple[str, str, Any]) -> str:
    return hashlib.sha256(json.dumps(asked, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
