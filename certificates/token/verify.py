"""Is this token genuine? Pure: a key set in, an answer out. Status (revoked, replaced) is another question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from certificates.token import algorithms
from certificates.token.algorithms import ED25519, ES256
from certificates.token.errors import Malformed
from certificates.token.seal import Token, from_fragment, split

__all__ = [
    "ED25519",
    "ES256",
    "KeySet",
    "Outcome",
    "PublicKey",
    "signature_holds",
    "verify_fragment",
    "verify_token",
]

#: Outcomes of `verify`, in the words of the shared test vectors.
GENUINE = "genuine"
MALFORMED = "malformed"
UNKNOWN_VERSION = "unknown_version"
UNKNOWN_KEY = "unknown_key"
UNKNOWN_ALGORITHM = "unknown_algorithm"
BAD_SIGNATURE = "bad_signature"
WRONG_ISSUER = "wrong_issuer"
OUTSIDE_VALIDITY = "outside_validity"
KEY_WITHDRAWN = "key_withdrawn"


@dataclass(frozen=True)
class PublicKey:
    """A key of the key set. The algorithm belongs to the key; a token cannot choose it."""

    kid: bytes
    algorithm: str
    raw: bytes
    issuer: int
    not_before: date
    not_after: date
    status: str = "active"  # active | retired | withdrawn
    withdrawn_at: datetime | None = None
    #: Of a withdrawn key: what the public log held at this size was signed while the key was safe.
    last_good_checkpoint: int | None = None


KeySet = Mapping[bytes, PublicKey]


@dataclass(frozen=True)
class Outcome:
    """`code` is one of the constants above; `token` is there whenever it could be taken apart."""

    code: str
    token: Token | None = None
    detail: str = ""

    @property
    def genuine(self) -> bool:
        return self.code == GENUINE


def verify_fragment(identifier: bytes, digits: str, keys: KeySet) -> Outcome:
    """Verify what a scanned address carries: the id of its path and the digits after ``#``."""
    try:
        token = from_fragment(identifier, digits)
    except Malformed as wrong:
        return Outcome(MALFORMED, detail=wrong.code)
    return _judge(token, keys)


def verify_token(raw: bytes, keys: KeySet) -> Outcome:
    """Verify a stored token."""
    try:
        token = split(raw)
    except Malformed as wrong:
        return Outcome(MALFORMED, detail=wrong.code)
    return _judge(token, keys)


def signature_holds(key: PublicKey, signature: bytes, message: bytes) -> bool:
    """Check one signature with the algorithm of the key."""
    return algorithms.holds(key.algorithm, key.raw, signature, message)


def _judge(token: Token, keys: KeySet) -> Outcome:
    key = keys.get(token.kid)
    if key is None:
        return Outcome(UNKNOWN_KEY, token)
    if not algorithms.is_known(key.algorithm):
        return Outcome(UNKNOWN_ALGORITHM, token)
    if not signature_holds(key, token.signature, token.message):
        return Outcome(BAD_SIGNATURE, token)
    if token.body is None:
        return Outcome(UNKNOWN_VERSION, token)
    if token.body.issuer != key.issuer:
        return Outcome(WRONG_ISSUER, token)
    if not key.not_before <= token.body.issued_on <= key.not_after:
        return Outcome(OUTSIDE_VALIDITY, token)
    if key.status == "withdrawn":
        return Outcome(KEY_WITHDRAWN, token)
    return Outcome(GENUINE, token)
