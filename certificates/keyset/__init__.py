"""The public side of keys and the dictionary, read once and kept for seconds: verifying a paper must not cost queries.

`document` the signed key set, `pinned` the root it must be signed by. A key of the database counts only when the pinned
root signed it; the database may make it count less (withdrawn), never more.
"""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from certificates.keyset import pinned
from certificates.keyset.document import KeySetDocument, Root, Signed, Untrusted, entry, trusted
from certificates.keyset.models import KeySetVersion
from certificates.models import Key, Term
from certificates.token import PublicKey
from lms import clock

SECONDS_FRESH = 20.0
#: The stricter state of two.
_STRICTNESS = {"active": 0, "retired": 1, "withdrawn": 2}

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class KeyBook:
    """All keys and terms as they were read at one moment."""

    keys: dict[bytes, PublicKey] = field(default_factory=dict)
    #: (kind, number) → terms, the newest first.
    terms: dict[tuple[str, int], list[Term]] = field(default_factory=dict)
    read_at: float = 0.0
    #: The key set as published, with what it says; None before the first one, or when it cannot be trusted.
    signed: Signed | None = None
    document: KeySetDocument | None = None
    root: Root | None = None
    #: Why the published key set is not believed; empty when it is.
    distrust: str = ""

    def term(self, kind: str, number: int, on: date) -> Term | None:
        """What a number meant on a day: the newest entry not younger than that day."""
        return next((term for term in self.terms.get((kind, number), ()) if term.valid_from <= on), None)

    @property
    def status_keys(self) -> dict[bytes, PublicKey]:
        """Keys that sign status lists."""
        return {key.kid: key for key in self.document.status_keys} if self.document else {}


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
    """Read keys and terms now: three queries."""
    global _current
    with _reading:
        rows = {bytes.fromhex(row.kid): public_key(row) for row in Key.select()}
        terms: dict[tuple[str, int], list[Term]] = {}
        for term in Term.select().order_by(Term.valid_from.desc(), Term.id.desc()):
            terms.setdefault((term.kind, term.number), []).append(term)
        _current = _believed(rows, terms)


def newest() -> KeySetVersion | None:
    """The key set published last."""
    found: KeySetVersion | None = KeySetVersion.select().order_by(KeySetVersion.version.desc()).first()
    return found


def signed(row: KeySetVersion) -> Signed:
    """A published key set with its signature."""
    return Signed(row.document, row.root, bytes(row.signature))


def _believed(rows: dict[bytes, PublicKey], terms: dict[tuple[str, int], list[Term]]) -> KeyBook:
    """Keys as far as the pinned root vouches for them; an installation from before there were roots goes on without."""
    root, row = pinned.root(), newest()
    now = time.monotonic()
    if row is None and pinned.is_development():
        return KeyBook({kid: key for kid, key in rows.items() if key.issuer}, terms, now)
    if root is None or row is None:
        return KeyBook({}, terms, now, root=root, distrust="missing")
    try:
        said = trusted(signed(row), root, at_least=pinned.seen())
    except Untrusted as wrong:
        log.error("keyset_not_trusted", extra={"why": str(wrong), "version": row.version})
        return KeyBook({}, terms, now, root=root, distrust=wrong.code)
    keys = {key.kid: _stricter(key, rows.get(key.kid)) for key in said.keys}
    return KeyBook(keys, terms, now, signed(row), said, root)


def _stricter(published: PublicKey, row: PublicKey | None) -> PublicKey:
    """The published key; a withdrawal entered here counts before the root has signed it."""
    if row is None or _STRICTNESS[row.status] <= _STRICTNESS[published.status]:
        return published
    return replace(
        published,
        status=row.status,
        withdrawn_at=row.withdrawn_at,
        last_good_checkpoint=row.last_good_checkpoint,
    )


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
        row.withdrawn_at,
        row.last_good_checkpoint,
    )


#: A key as published.
key_json = entry


def dictionary(known: KeyBook) -> dict[str, list[dict[str, Any]]]:
    """What numbers in the codes mean: issuers, programmes, posts, rules, each entry with the day from which it counts."""
    names = {"issuer": "issuers", "programme": "programmes", "post": "posts", "rule": "rules"}
    lists: dict[str, list[dict[str, Any]]] = {name: [] for name in names.values()}
    for (kind, _number), terms in sorted(known.terms.items()):
        lists[names[kind]] += [
            {
                "number": term.number,
                "code": term.code,
                "title": term.title,
                "title_en": term.title_en,
                "from": term.valid_from.isoformat(),
            }
            for term in terms
        ]
    return lists


def published() -> dict[str, Any]:
    """The key set document of docs/certificate-format.md: what the root signed, the same keys to read, and the dictionary."""
    known = book()
    said = known.document
    return {
        "version": said.version if said else 0,
        "issued_at": (said.issued_at if said else clock.now()).isoformat(timespec="seconds") + "Z",
        "keyset": known.signed.as_json() if known.signed else None,
        "keys": [key_json(key) for key in known.keys.values()],
    } | dictionary(known)
