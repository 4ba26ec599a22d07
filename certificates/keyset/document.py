"""The key set as a signed document: pure functions, no database, no web (format: docs/certificate-format.md, Keys).

What is signed is the text itself. Its JSON is canonical (sorted keys, no spaces), and a reader that finds another
spelling refuses it.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from certificates.token import PublicKey, algorithms, key_id

DOMAIN = b"VNKEYSET1\x00"
DEVELOPMENT = "development"
OFFLINE = "offline"
_STATES = ("active", "retired", "withdrawn")


class Untrusted(ValueError):
    """A key set that must not be used; `code` is ``root``, ``signature``, ``form`` or ``rollback``."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code


@dataclass(frozen=True)
class Root:
    """The pinned public key of the root. `kind` says where its private half is: offline, or on this machine."""

    kind: str
    algorithm: str
    public_key: bytes

    @property
    def kid(self) -> str:
        return key_id(self.algorithm, self.public_key).hex()

    @property
    def fingerprint(self) -> str:
        """What is printed in the regulation: SHA-256 of algorithm and public key, in groups of four."""
        text = hashlib.sha256(self.algorithm.encode() + self.public_key).hexdigest()
        return " ".join(text[at : at + 4] for at in range(0, 64, 4))

    @property
    def pin(self) -> str:
        """As settings and pages carry it: "Ed25519:<base64>"."""
        return f"{self.algorithm}:{base64.b64encode(self.public_key).decode()}"


@dataclass(frozen=True)
class Signed:
    """A document with its signature, as published."""

    document: str
    root: str
    signature: bytes

    def as_json(self) -> dict[str, str]:
        return {
            "document": self.document,
            "root": self.root,
            "signature": base64.b64encode(self.signature).decode(),
        }


@dataclass(frozen=True)
class KeySetDocument:
    """What a key set says, after its signature was checked."""

    version: int
    root: str
    issued_at: datetime
    next_update: datetime
    keys: tuple[PublicKey, ...]
    #: Keys that sign status lists; they never sign certificates.
    status_keys: tuple[PublicKey, ...]

    def is_stale(self, now: datetime) -> bool:
        """Whether a newer one should have been seen by now."""
        return now > self.next_update


def read_pin(text: str, kind: str = OFFLINE) -> Root:
    """A pinned root as settings carry it. Raises ValueError."""
    algorithm, _, key = text.partition(":")
    raw = base64.b64decode(key, validate=True)
    if not algorithms.is_known(algorithm) or len(raw) not in {32, 65}:
        raise ValueError(f"LMS_ROOT_KEY={text!r} must be like Ed25519:<base64 of 32 bytes>")
    return Root(kind, algorithm, raw)


def message(document: str) -> bytes:
    """What the root signs."""
    return DOMAIN + document.encode()


def canonical(values: Any) -> str:
    """The one spelling of a JSON value: keys sorted, no spaces, letters as they are."""
    return json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def write(
    version: int,
    root: str,
    issued_at: datetime,
    next_update: datetime,
    keys: Iterable[PublicKey],
    status_keys: Iterable[PublicKey],
) -> str:
    """The text of a key set, to be signed."""
    return canonical(
        {
            "v": 1,
            "version": version,
            "root_kind": root,
            "issued_at": moment(issued_at),
            "next_update": moment(next_update),
            "keys": [entry(key) for key in sorted(keys, key=lambda key: key.kid)],
            "status_keys": [entry(key) for key in sorted(status_keys, key=lambda key: key.kid)],
        }
    )


def entry(key: PublicKey) -> dict[str, Any]:
    """A key as published."""
    values: dict[str, Any] = {
        "kid": key.kid.hex(),
        "alg": key.algorithm,
        "pub": base64.b64encode(key.raw).decode(),
        "issuer": key.issuer,
        "not_before": key.not_before.isoformat(),
        "not_after": key.not_after.isoformat(),
        "status": key.status,
    }
    if key.status == "withdrawn":
        values["withdrawn_at"] = moment(key.withdrawn_at) if key.withdrawn_at else None
        values["last_good_checkpoint"] = key.last_good_checkpoint
    return values


def trusted(signed: Signed, root: Root, *, at_least: int = 0) -> KeySetDocument:
    """The key set, when the pinned root signed it and no later version was seen. Raises Untrusted."""
    if signed.root != root.kid:
        raise Untrusted("root", signed.root)
    if not algorithms.holds(root.algorithm, root.public_key, signed.signature, message(signed.document)):
        raise Untrusted("signature")
    read_document = read(signed.document)
    if read_document.version < at_least:
        raise Untrusted("rollback", f"{read_document.version} after {at_least}")
    return read_document


def read(text: str) -> KeySetDocument:
    """Take a document apart, strictly. Raises Untrusted("form")."""
    try:
        values = json.loads(text)
        if canonical(values) != text or values["v"] != 1:
            raise Untrusted("form", "not canonical")
        keys, status_keys = (
            tuple(_read_entry(one) for one in values[name]) for name in ("keys", "status_keys")
        )
        kids = [key.kid for key in keys + status_keys]
        if len(set(kids)) != len(kids):
            raise Untrusted("form", "a key id stands twice")
        return KeySetDocument(
            int(values["version"]),
            str(values["root_kind"]),
            read_moment(values["issued_at"]),
            read_moment(values["next_update"]),
            keys,
            status_keys,
        )
    except (KeyError, TypeError, ValueError) as wrong:
        if isinstance(wrong, Untrusted):
            raise
        raise Untrusted("form", str(wrong)) from wrong


def _read_entry(values: dict[str, Any]) -> PublicKey:
    raw = base64.b64decode(values["pub"], validate=True)
    kid = bytes.fromhex(values["kid"])
    if kid != key_id(values["alg"], raw):
        raise Untrusted("form", f"{values['kid']} is not the id of its key")
    if values["status"] not in _STATES:
        raise Untrusted("form", values["status"])
    withdrawn = values.get("withdrawn_at")
    return PublicKey(
        kid,
        values["alg"],
        raw,
        int(values["issuer"]),
        date.fromisoformat(values["not_before"]),
        date.fromisoformat(values["not_after"]),
        values["status"],
        read_moment(withdrawn) if withdrawn else None,
        values.get("last_good_checkpoint"),
    )


def moment(value: datetime) -> str:
    """UTC to the second: "2025-03-28T02:00:00Z"."""
    return value.replace(microsecond=0).isoformat() + "Z"


def read_moment(text: str) -> datetime:
    """The other way round. Raises ValueError for any other form."""
    if not text.endswith("Z"):
        raise ValueError(text)
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ")
