"""A reader of status lists: believes nothing that is not signed by a status key, whole, of the right kind and not older than seen.

A list past its time is still read; `stale` then says that the state may have changed since: amber, never green.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from certificates.keyset.document import canonical, read_moment
from certificates.status import encoding
from certificates.status.documents import JOSE, SignedList, base64url, message
from certificates.token import PublicKey, signature_holds

#: No list of ours comes near this; nothing larger is looked at.
MAX_TEXT = 200_000


class Unreadable(ValueError):
    """A list that says nothing; `code` is ``key``, ``signature``, ``form``, ``size``, ``purpose`` or ``rollback``."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code


@dataclass(frozen=True)
class StatusList:
    """A list that was checked."""

    number: int
    sequence: int
    issued_at: datetime
    next_update: datetime
    bits: bytes
    stale: bool

    def state(self, index: int) -> int:
        """0 stands, 1 revoked, 2 superseded, 3 suspended. Raises Unreadable for an index of another list."""
        number, place = divmod(index, encoding.SIZE)
        if number != self.number:
            raise Unreadable("purpose", f"index {index} is in list {number}, not {self.number}")
        return encoding.state_at(self.bits, place)


def read(
    signed: SignedList, keys: Mapping[bytes, PublicKey], *, number: int, now: datetime, at_least: int = 0
) -> StatusList:
    """A list in our form. `keys` are the status keys of the key set. Raises Unreadable."""
    if len(signed.document) > MAX_TEXT:
        raise Unreadable("size")
    key = _key(signed.kid, keys)
    if not signature_holds(key, signed.signature, message(signed.kid, signed.document)):
        raise Unreadable("signature")
    values = _values(signed.document)
    try:
        if values["v"] != 1 or values["bits"] != encoding.BITS or values["size"] != encoding.SIZE:
            raise Unreadable("form")
        packed = base64.b64decode(values["encoded"], validate=True)
        issued_at, next_update = read_moment(values["issued_at"]), read_moment(values["next_update"])
        found, sequence = int(values["list"]), int(values["sequence"])
    except (KeyError, TypeError, ValueError) as wrong:
        raise wrong if isinstance(wrong, Unreadable) else Unreadable("form", str(wrong)) from wrong
    _must_be_in_time(key, issued_at)
    if found != number:
        raise Unreadable("purpose", f"list {found}, {number} expected")
    if sequence < at_least:
        raise Unreadable("rollback", f"{sequence} after {at_least}")
    return StatusList(
        found,
        sequence,
        issued_at,
        next_update,
        _expanded(packed, encoding.SIZE * encoding.BITS // 8),
        now > next_update,
    )


def read_credential(
    jwt: str, keys: Mapping[bytes, PublicKey], *, url: str, purpose: str, now: datetime
) -> tuple[bytes, bool]:
    """The bits of a W3C list, and whether it is stale. The algorithm is the key's: what the header says must agree with it.

    Raises Unreadable, also for a key that the header brings along and for no signature at all.
    """
    if len(jwt) > MAX_TEXT or jwt.count(".") != 2:
        raise Unreadable("form")
    head, body, signature = jwt.split(".")
    header, payload = _part(head), _part(body)
    key = _key(str(header.get("kid", "")), keys)
    if header.get("alg") != JOSE.get(key.algorithm) or header.get("typ") != "vc+jwt" or "crit" in header:
        raise Unreadable("key", "the header names another algorithm")
    if not signature_holds(key, _raw(signature), f"{head}.{body}".encode()):
        raise Unreadable("signature")
    try:
        subject = payload["credentialSubject"]
        types = (payload["type"], subject["type"])
        if types != (["VerifiableCredential", "BitstringStatusListCredential"], "BitstringStatusList"):
            raise Unreadable("form")
        if payload["id"] != url or subject["statusPurpose"] != purpose:
            raise Unreadable("purpose")
        encoded = str(subject["encodedList"])
        issued_at, next_update = read_moment(payload["validFrom"]), read_moment(payload["validUntil"])
    except (KeyError, TypeError, ValueError) as wrong:
        raise wrong if isinstance(wrong, Unreadable) else Unreadable("form", str(wrong)) from wrong
    _must_be_in_time(key, issued_at)
    if not encoded.startswith("u"):
        raise Unreadable("form")
    return _expanded(_raw(encoded[1:]), encoding.SIZE // 8), now > next_update


def _key(kid: str, keys: Mapping[bytes, PublicKey]) -> PublicKey:
    try:
        key = keys[bytes.fromhex(kid)]
    except (KeyError, ValueError) as unknown:
        raise Unreadable("key", kid[:20]) from unknown
    if key.status == "withdrawn":
        raise Unreadable("key", "withdrawn")
    return key


def _must_be_in_time(key: PublicKey, issued_at: datetime) -> None:
    if not key.not_before <= issued_at.date() <= key.not_after:
        raise Unreadable("key", "outside its time")


def _values(text: str) -> dict[str, Any]:
    try:
        values: dict[str, Any] = json.loads(text)
    except ValueError as wrong:
        raise Unreadable("form") from wrong
    if not isinstance(values, dict) or canonical(values) != text:
        raise Unreadable("form")
    return values


def _part(text: str) -> dict[str, Any]:
    try:
        values = json.loads(_raw(text))
    except ValueError as wrong:
        raise wrong if isinstance(wrong, Unreadable) else Unreadable("form") from wrong
    if not isinstance(values, dict):
        raise Unreadable("form")
    return values


def _raw(text: str) -> bytes:
    """Base64url without padding, in its one spelling."""
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError as wrong:
        raise Unreadable("form") from wrong
    if base64url(raw) != text:
        raise Unreadable("form")
    return raw


def _expanded(packed: bytes, size: int) -> bytes:
    try:
        return encoding.expand(packed, size)
    except encoding.WrongSize as wrong:
        raise Unreadable("size", str(wrong)) from wrong
