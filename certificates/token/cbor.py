"""The five kinds of CBOR item (RFC 8949 §4.2) a token may hold, written and read in one way only.

General CBOR libraries accept trailing bytes, longer integers than needed and indefinite lengths; two
readers could then see two documents in one signature. This reader accepts exactly what the writer writes.
"""

from __future__ import annotations

from certificates.token.errors import Malformed

_UINT, _NEGATIVE, _BYTES, _TEXT, _ARRAY = range(5)
_SIZES = {24: 1, 25: 2, 26: 4, 27: 8}


def head(kind: int, value: int) -> bytes:
    """The shortest head of an item: its kind and its value or length."""
    if value < 24:
        return bytes([kind << 5 | value])
    for code, size in _SIZES.items():
        if value < 1 << 8 * size:
            return bytes([kind << 5 | code]) + value.to_bytes(size, "big")
    raise Malformed("range")


def write_int(value: int) -> bytes:
    return head(_UINT, value) if value >= 0 else head(_NEGATIVE, -1 - value)


def write_bytes(value: bytes) -> bytes:
    return head(_BYTES, len(value)) + value


def write_text(value: str) -> bytes:
    raw = value.encode()
    return head(_TEXT, len(raw)) + raw


def write_array_head(length: int) -> bytes:
    return head(_ARRAY, length)


class Reader:
    """Reads items one after the other; every deviation raises Malformed."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self.at = 0

    def integer(self) -> int:
        kind, value = self._head()
        if kind == _UINT:
            return value
        if kind == _NEGATIVE:
            return -1 - value
        raise Malformed("type")

    def unsigned(self) -> int:
        return self._expect(_UINT)

    def octets(self) -> bytes:
        return self._take(self._expect(_BYTES))

    def text(self) -> str:
        raw = self._take(self._expect(_TEXT))
        try:
            return raw.decode()
        except UnicodeDecodeError as wrong:
            raise Malformed("utf8") from wrong

    def array(self) -> int:
        """The number of items of an array that starts here."""
        return self._expect(_ARRAY)

    def end(self) -> None:
        if self.at != len(self.raw):
            raise Malformed("trailing")

    def _expect(self, kind: int) -> int:
        found, value = self._head()
        if found != kind:
            raise Malformed("type")
        return value

    def _head(self) -> tuple[int, int]:
        first = self._take(1)[0]
        kind, short = first >> 5, first & 31
        if short < 24:
            return kind, short
        size = _SIZES.get(short)
        if size is None:
            raise Malformed("type")
        value = int.from_bytes(self._take(size), "big")
        if value < (24 if size == 1 else 1 << 4 * size):
            raise Malformed("canonical")
        return kind, value

    def _take(self, size: int) -> bytes:
        end = self.at + size
        if end > len(self.raw):
            raise Malformed("truncated")
        piece = self.raw[self.at : end]
        self.at = end
        return piece
