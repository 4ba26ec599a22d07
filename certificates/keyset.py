"""The public side of keys and the dictionary, read once and kept for seconds: verifying a paper must not cost queries."""

from __future__ import annotations

import base64
import threading
import time
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from certificates.models import Key, Term
from certificates.token import PublicKey
from lms import clock

SECONDS_FRESH = 20.0


@dataclass(frozen=True)
class KeyBook:
    """All keys and terms as they were read at one moment."""

    keys: dict[bytes, PublicKey] = field(default_factory=dict)
    #: (kind, number) → terms, the newest first.
    terms: dict[tuple[str, int], list[Term]] = field(default_factory=dict)
    read_at: float = 0.0

    def term(self, kind: str, number: int, on: date) -> Term | None:
        """What a number meant on a day: the newest entry not younger than that day."""
        return next((term for term in self.terms.get((kind, number), ()) if term.valid_from <= on), None)


_current = KeyBook()
_reading = threading.Lock()


def book() -> KeyBook:
    """The key book, at most twenty seconds old."""
    if time.monotonic() - _current.read_at > SECONDS_FRESH:
        refresh()
    return _current


def book_with(kid: bytes) -> KeyBook:
    """The key book; read again when it does not know a key, which may be new (at most once a second)."""
    known = book()
    if kid not in known.keys and time.monotonic() - known.read_at > 1.0:
        refresh()
    return _current


def key(kid: bytes) -> PublicKey | None:
    """The key of an id, read again when it may be new; None when there is no such key."""
    return book_with(kid).keys.get(kid)


def refresh() -> None:
    """Read keys and terms now: two queries."""
    global _current
    with _reading:
        keys = {bytes.fromhex(row.kid): public_key(row) for row in Key.select()}
        terms: dict[tuple[str, int], list[Term]] = {}
        for term in Term.select().order_by(Term.valid_from.desc(), Term.id.desc()):
            terms.setdefault((term.kind, term.number), []).append(term)
        _current = KeyBook(keys, terms, time.monotonic())


def public_key(row: Key) -> PublicKey:
    """A key row as the verifier uses it."""
    return PublicKey(
        bytes.fromhex(row.kid),
        row.algorithm,
        bytes(row.public_key),
        row.issuer_number,
        row.not_before,
        row.not_after,
        row.status,
    )


def key_json(key: PublicKey) -> dict[str, Any]:
    """A key as published."""
    return {
        "kid": key.kid.hex(),
        "alg": key.algorithm,
        "pub": base64.b64encode(key.raw).decode(),
        "issuer": key.issuer,
        "not_before": key.not_before.isoformat(),
        "not_after": key.not_after.isoformat(),
        "status": key.status,
    }


def published() -> dict[str, Any]:
    """The key set document of docs/certificate-format.md."""
    known = book()
    names = {"issuer": "issuers", "programme": "programmes", "post": "posts", "rule": "rules"}
    document: dict[str, Any] = {
        "version": len(known.keys)
        + sum(map(len, known.terms.values()))
        + sum(k.status != "active" for k in known.keys.values()),
        "issued_at": clock.now().isoformat(timespec="seconds") + "Z",
        "keys": [key_json(key) for key in known.keys.values()],
    } | {name: [] for name in names.values()}
    for (kind, _number), terms in sorted(known.terms.items()):
        document[names[kind]] += [
            {
                "number": term.number,
                "code": term.code,
                "title": term.title,
                "title_en": term.title_en,
                "from": term.valid_from.isoformat(),
            }
            for term in terms
        ]
    return document
