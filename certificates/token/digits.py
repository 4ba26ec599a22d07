"""Bytes as decimal digits: seven bytes become seventeen digits, for the numeric mode of a QR code."""

from __future__ import annotations

from certificates.token.errors import Malformed

#: Digits for a last group of 0…7 bytes.
_DIGITS = (0, 3, 5, 8, 10, 13, 15, 17)
_BYTES = {digits: size for size, digits in enumerate(_DIGITS)}
_ASCII_DIGITS = frozenset("0123456789")
#: More digits than any token has.
_MOST = 600


def to_digits(raw: bytes) -> str:
    """Each group of seven bytes, most significant first, as a number of seventeen digits; the rest shorter."""
    return "".join(_group(raw[start : start + 7]) for start in range(0, len(raw), 7))


def from_digits(text: str) -> bytes:
    """The bytes behind the digits. Raises Malformed unless the text is exactly what `to_digits` writes."""
    if not _ASCII_DIGITS.issuperset(text):
        raise Malformed("digits")
    if len(text) > _MOST:
        raise Malformed("length")
    raw = bytearray()
    for start in range(0, len(text), 17):
        group = text[start : start + 17]
        size = _BYTES.get(len(group))
        if size is None or int(group) >= 1 << 8 * size:
            raise Malformed("digits")
        raw += int(group).to_bytes(size, "big")
    return bytes(raw)


def _group(raw: bytes) -> str:
    return str(int.from_bytes(raw, "big")).zfill(_DIGITS[len(raw)])
