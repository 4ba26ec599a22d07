"""Token = key id (4) ‖ body ‖ signature (64), and its way into and out of an address."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from certificates.token import base32, cbor
from certificates.token.body import Body, decode
from certificates.token.digits import from_digits, to_digits
from certificates.token.errors import Malformed, UnknownVersion

DOMAIN = b"VNCERT1\x00"
KID_BYTES = 4
SIGNATURE_BYTES = 64
MIN_BYTES, MAX_BYTES = 95, 220

#: In every version: key id, array head, version number: six bytes; then the id as an eleven-byte item.
_ID_AT = 6
_ID_HEAD = cbor.head(2, base32.ID_BYTES)
_ID_END = _ID_AT + len(_ID_HEAD) + base32.ID_BYTES


@dataclass(frozen=True)
class Token:
    """A token taken apart, not yet verified. `body` is None when its format is a later one."""

    kid: bytes
    raw_body: bytes
    signature: bytes
    body: Body | None

    @property
    def raw(self) -> bytes:
        return self.kid + self.raw_body + self.signature

    @property
    def message(self) -> bytes:
        """What the signature signs."""
        return message(self.kid, self.raw_body)


def key_id(algorithm: str, public_key: bytes) -> bytes:
    """First four bytes of SHA-256 over the algorithm's name and the public key."""
    return hashlib.sha256(algorithm.encode("ascii") + public_key).digest()[:KID_BYTES]


def message(kid: bytes, raw_body: bytes) -> bytes:
    """Domain separator ‖ key id ‖ body."""
    return DOMAIN + kid + raw_body


def join(kid: bytes, raw_body: bytes, signature: bytes) -> bytes:
    """Put a token together. Raises Malformed when a part has the wrong length."""
    if len(kid) != KID_BYTES or len(signature) != SIGNATURE_BYTES:
        raise Malformed("length")
    return kid + raw_body + signature


def split(raw: bytes) -> Token:
    """Take a token apart, strictly. Raises Malformed; a later format is taken apart without its body."""
    if not MIN_BYTES <= len(raw) <= MAX_BYTES:
        raise Malformed("length")
    kid, raw_body, signature = raw[:KID_BYTES], raw[KID_BYTES:-SIGNATURE_BYTES], raw[-SIGNATURE_BYTES:]
    try:
        body = decode(raw_body)
    except UnknownVersion:
        body = None
    return Token(kid, raw_body, signature, body)


def fragment(raw: bytes) -> str:
    """The digits after ``#``: the token without its id, which stands in the path."""
    if raw[_ID_AT : _ID_AT + 1] != _ID_HEAD:
        raise Malformed("id")
    return to_digits(raw[:_ID_AT] + raw[_ID_END:])


def from_fragment(identifier: bytes, digits: str) -> Token:
    """Rebuild the token from the id of the path and the digits of the fragment. Raises Malformed."""
    raw = from_digits(digits)
    if len(raw) < _ID_AT + SIGNATURE_BYTES:
        raise Malformed("length")
    return split(raw[:_ID_AT] + _ID_HEAD + identifier + raw[_ID_AT:])


def address(base: str, raw: bytes) -> str:
    """The address in the QR code: ``https://host/c/<id>#<digits>``, small letters."""
    identifier = raw[_ID_AT + 1 : _ID_END]
    return f"{base.rstrip('/').lower()}/c/{base32.path_id(identifier)}#{fragment(raw)}"


def read_address(text: str) -> tuple[str, bytes, str]:
    """Host part, id and digits of an address as printed. Raises Malformed or NotAnId."""
    place, _, digits = text.strip().partition("#")
    base, mark, identifier = place.rpartition("/c/")
    if not mark or not base32.is_canonical(identifier):
        raise Malformed("address")
    return base, base32.decode(identifier), digits
