"""The signed body of a certificate: twelve positional fields (docs/certificate-format.md)."""

from __future__ import annotations

import itertools
import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta

from certificates.token import cbor
from certificates.token.base32 import ID_BYTES
from certificates.token.errors import Malformed, UnknownVersion

VERSION = 1
FIELDS = 12
NAME_MAX_BYTES = 80
SERIAL_MAX_BYTES = 24
MAX_POSTS = 32

BIRTH_EPOCH = date(1900, 1, 1)
EPOCH = date(1970, 1, 1)

#: Letters of Vietnamese and of the minority languages' Latin scripts, their combining marks, and ' ’ ʼ - . and space.
#: A closed list: control, bidi and zero-width characters, digits and look-alikes of other alphabets stay out.
_NAME = re.compile(
    r"[A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u0300-\u036f\u1e00-\u1eff'\u2019\u02bc.-]+"
    r"(?: [A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u0300-\u036f\u1e00-\u1eff'\u2019\u02bc.-]+)*"
)
_SERIAL = re.compile(r"[0-9A-Za-z\u0110./-]+")


@dataclass(frozen=True)
class Body:
    """What the signature vouches for."""

    id: bytes
    name: str
    #: Birth date, or the year alone when no more is known.
    birth: date | int
    programme: int
    issuer: int
    issued_on: date
    valid_until: date | None
    #: Numbers of the posts the certificate counted for on the day of issue, ascending.
    posts: tuple[int, ...]
    status_index: int
    #: Số hiệu as printed.
    serial: str
    #: Number of the rule it was issued under; 0 = none named.
    rules: int

    def encode(self) -> bytes:
        """The body in its only valid form. Raises Malformed when a field is outside its limits."""
        check(self)
        return b"".join(
            (
                cbor.write_array_head(FIELDS),
                cbor.write_int(VERSION),
                cbor.write_bytes(self.id),
                cbor.write_text(self.name),
                cbor.write_int(_birth_number(self.birth)),
                cbor.write_int(self.programme),
                cbor.write_int(self.issuer),
                cbor.write_int((self.issued_on - EPOCH).days),
                cbor.write_int((self.valid_until - EPOCH).days if self.valid_until else 0),
                cbor.write_array_head(len(self.posts)),
                *(cbor.write_int(post) for post in self.posts),
                cbor.write_int(self.status_index),
                cbor.write_text(self.serial),
                cbor.write_int(self.rules),
            )
        )


def decode(raw: bytes) -> Body:
    """Read a body. Raises UnknownVersion for a later format, Malformed for everything that is not canonical."""
    read = cbor.Reader(raw)
    length = read.array()
    version = read.unsigned()
    if version != VERSION:
        raise UnknownVersion(version)
    if length != FIELDS:
        raise Malformed("fields")
    body = Body(
        id=read.octets(),
        name=read.text(),
        birth=_birth(read.integer()),
        programme=read.unsigned(),
        issuer=read.unsigned(),
        issued_on=_day(read.unsigned()),
        valid_until=_day_or_none(read.unsigned()),
        posts=tuple(read.unsigned() for _ in range(_few(read.array()))),
        status_index=read.unsigned(),
        serial=read.text(),
        rules=read.unsigned(),
    )
    read.end()
    if body.encode() != raw:
        raise Malformed("canonical")
    return body


def check(body: Body) -> None:
    """Raise Malformed with the code of the first field outside its limits."""
    if len(body.id) != ID_BYTES:
        raise Malformed("id")
    if not is_name(body.name):
        raise Malformed("name")
    _birth(_birth_number(body.birth))
    if not 1 <= body.programme <= 65535:
        raise Malformed("programme")
    if not 1 <= body.issuer <= 65535:
        raise Malformed("issuer")
    _day((body.issued_on - EPOCH).days)
    if body.valid_until and body.valid_until < body.issued_on:
        raise Malformed("valid_until")
    if not _are_posts(body.posts):
        raise Malformed("posts")
    if not 0 <= body.status_index < 1 << 32:
        raise Malformed("status_index")
    if not is_serial(body.serial):
        raise Malformed("serial")
    if not 0 <= body.rules <= 65535:
        raise Malformed("rules")


def is_name(text: str) -> bool:
    """Whether a name may be signed: closed alphabet, NFC, single spaces, at most 80 bytes."""
    return (
        len(text.encode(errors="replace")) <= NAME_MAX_BYTES
        and _NAME.fullmatch(text) is not None
        and unicodedata.is_normalized("NFC", text)
    )


def is_serial(text: str) -> bool:
    return _SERIAL.fullmatch(text) is not None and len(text.encode()) <= SERIAL_MAX_BYTES


def _are_posts(posts: tuple[int, ...]) -> bool:
    ascending = all(left < right for left, right in itertools.pairwise(posts))
    return len(posts) <= MAX_POSTS and ascending and all(1 <= post <= 65535 for post in posts)


def _few(count: int) -> int:
    if count > MAX_POSTS:
        raise Malformed("posts")
    return count


def _birth_number(birth: date | int) -> int:
    return -birth if isinstance(birth, int) else (birth - BIRTH_EPOCH).days


def _birth(number: int) -> date | int:
    """Not negative: days since 1 January 1900; negative: the year alone."""
    if 0 <= number <= 65535:
        return BIRTH_EPOCH + timedelta(days=number)
    if -2079 <= number <= -1900:
        return -number
    raise Malformed("birth")


def _day(number: int) -> date:
    if not 1 <= number <= 65535:
        raise Malformed("date")
    return EPOCH + timedelta(days=number)


def _day_or_none(number: int) -> date | None:
    return _day(number) if number else None
