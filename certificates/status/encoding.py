"""States as bits: two a certificate in our form, one in each of the two W3C lists. Pure functions."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Mapping

#: Places of one list. Even a list with few certificates is published whole, so that its length tells nothing.
SIZE = 131_072
#: Bits a place in our form.
BITS = 2
#: Last status in the register → state in the list. What is not named here stands (0).
STATES = {"revoked": 1, "superseded": 2, "suspended": 3}
#: W3C lists: purpose → states whose bit is set.
PURPOSES = {"revocation": (1, 2), "suspension": (3,)}


class WrongSize(ValueError):
    """The compressed bits do not have exactly the length they should have."""


def pack(states: Mapping[int, int]) -> bytes:
    """Two bits a place, place 0 in the highest bits of the first byte."""
    bits = bytearray(SIZE * BITS // 8)
    for place, state in states.items():
        bits[place >> 2] |= state << (6 - 2 * (place & 3))
    return bytes(bits)


def state_at(bits: bytes, place: int) -> int:
    """The state at a place of our form. Raises IndexError beyond the list."""
    if not 0 <= place < len(bits) * 4:
        raise IndexError(place)
    return bits[place >> 2] >> (6 - 2 * (place & 3)) & 3


def places_set(bits: bytes) -> list[int]:
    """The places of our form that do not stand."""
    return [
        at * 4 + place
        for at, byte in enumerate(bits)
        if byte
        for place in range(4)
        if byte >> (6 - 2 * place) & 3
    ]


def pack_purpose(states: Mapping[int, int], purpose: str) -> bytes:
    """One bit a place for a W3C purpose, place 0 in the highest bit of the first byte."""
    bits = bytearray(SIZE // 8)
    for place, state in states.items():
        if state in PURPOSES[purpose]:
            bits[place >> 3] |= 0x80 >> (place & 7)
    return bytes(bits)


def compress(bits: bytes) -> bytes:
    """Gzip; the same bits give the same bytes."""
    return gzip.compress(bits, mtime=0)


def expand(packed: bytes, size: int) -> bytes:
    """Undo `compress`, never making more than the expected bytes and one. Raises WrongSize.

    A megabyte can be written so that it expands to a gigabyte; it is noticed at the first byte too many.
    """
    reader = zlib.decompressobj(wbits=31)
    try:
        bits = reader.decompress(packed, size + 1)
    except zlib.error as wrong:
        raise WrongSize("not gzip") from wrong
    if len(bits) != size or not reader.eof or reader.unused_data:
        raise WrongSize(f"{len(bits)} bytes, {size} expected")
    return bits
