"""JSON Web Tokens of credentials: written, and read by a verifier that believes nothing a token says about itself.

The key is found by its id in our key set, and the algorithm is the key's. A token that brings a key of its own, points
to one, asks for an algorithm that is not the key's (also "none", or HMAC with a public key as its secret), or says
anything twice is refused before its signature is looked at.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from certificates.interop.badge import CONTEXTS, JOSE, issuer_address, key_address, written
from certificates.token import KeySet, PublicKey, signature_holds

MOST_CHARACTERS = 65_536
_KID = re.compile(r"(.{1,180})/c/jwk/([0-9a-f]{8})", re.DOTALL)
_HEADER = {"alg", "typ", "kid"}


class Refused(ValueError):
    """No credential of ours; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Read:
    """A credential whose signature holds. Whether the certificate still stands is another question."""

    payload: dict[str, Any]
    key: PublicKey


def signing_input(header: dict[str, str], payload: dict[str, Any]) -> bytes:
    """What is signed: head and content in base 64."""
    return f"{_encode(written(header).encode())}.{_encode(written(payload).encode())}".encode()


def joined(signed: bytes, signature: bytes) -> str:
    """The whole token."""
    return f"{signed.decode()}.{_encode(signature)}"


def read(text: str, keys: KeySet) -> Read:
    """Verify a token. Raises Refused with `malformed`, `header`, `unknown_key`, `algorithm`, `bad_signature`,
    `claims`, `wrong_issuer`, `outside_validity` or `key_withdrawn`.
    """
    if len(text) > MOST_CHARACTERS or not text.isascii() or text.count(".") != 2:
        raise Refused("malformed")
    head, content, signature = (_decode(part) for part in text.split("."))
    header = _object(head)
    base, key = _key(header, keys)
    if not signature_holds(key, signature, text.rpartition(".")[0].encode()):
        raise Refused("bad_signature")
    payload = _object(content)
    _must_fit(payload, base, key)
    return Read(payload, key)


def _key(header: dict[str, Any], keys: KeySet) -> tuple[str, PublicKey]:
    if set(header) != _HEADER or header["typ"] != "vc+jwt" or not isinstance(header["kid"], str):
        raise Refused("header")
    named = _KID.fullmatch(header["kid"])
    key = keys.get(bytes.fromhex(named[2])) if named else None
    if named is None or key is None:
        raise Refused("unknown_key")
    if header["alg"] != JOSE.get(key.algorithm):
        raise Refused("algorithm")
    return named[1], key


def _must_fit(payload: dict[str, Any], base: str, key: PublicKey) -> None:
    """The credential itself is the content, its claims say the same as it, and it is of the key's issuer and time."""
    try:
        issuer, valid_from = payload["issuer"]["id"], payload["validFrom"]
        same = payload["iss"] == issuer and payload["jti"] == payload["id"]
        day = date.fromisoformat(valid_from[:10])
    except (KeyError, TypeError, ValueError) as wrong:
        raise Refused("claims") from wrong
    if not same or "vc" in payload or payload.get("@context") != list(CONTEXTS):
        raise Refused("claims")
    if issuer != issuer_address(base, key.issuer):
        raise Refused("wrong_issuer")
    if not key.not_before <= day <= key.not_after:
        raise Refused("outside_validity")
    if key.status == "withdrawn":
        raise Refused("key_withdrawn")


def jwk(base: str, key: PublicKey) -> dict[str, str]:
    """A public key as JSON Web Key."""
    common = {"kid": key_address(base, key.kid.hex()), "alg": JOSE[key.algorithm], "use": "sig"}
    if len(key.raw) == 32:
        return common | {"kty": "OKP", "crv": "Ed25519", "x": _encode(key.raw)}
    return common | {"kty": "EC", "crv": "P-256", "x": _encode(key.raw[1:33]), "y": _encode(key.raw[33:])}


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    """Base 64 in its one accepted form."""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error) as wrong:
        raise Refused("malformed") from wrong
    if _encode(raw) != text:
        raise Refused("malformed")
    return raw


def _object(raw: bytes) -> dict[str, Any]:
    try:
        value = json.loads(raw.decode(), object_pairs_hook=_once)
    except (ValueError, RecursionError) as wrong:
        raise Refused("malformed") from wrong
    if not isinstance(value, dict):
        raise Refused("malformed")
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = dict(pairs)
    if len(names) != len(pairs):
        raise Refused("malformed")
    return names
