"""Certificate ids as people see them: Crockford base 32, and one check symbol for typing.

The alphabet leaves out I, L, O and U. Readers accept small letters and the usual slips (O for 0, I or L
for 1). The check symbol is a sum over GF(32) with a different weight at each place: it finds every single
wrong symbol and every exchange of two symbols.
"""

from __future__ import annotations

import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
ID_BYTES = 10
ID_SYMBOLS = 16

_VALUES = {symbol: value for value, symbol in enumerate(ALPHABET)} | {"O": 0, "I": 1, "L": 1}
_IGNORED = frozenset(" -\t\n\r\u00a0\u2010\u2011\u2013")


class NotAnId(ValueError):
    """The text is no certificate id; `code` is ``symbol``, ``length`` or ``check``."""

    def __init__(self, code: str, symbol: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.symbol = symbol


def new_id() -> bytes:
    """Eighty random bits, derived from nothing."""
    return secrets.token_bytes(ID_BYTES)


def encode(raw: bytes) -> str:
    """Ten bytes as sixteen symbols (capital letters)."""
    if len(raw) != ID_BYTES:
        raise NotAnId("length")
    number = int.from_bytes(raw, "big")
    return "".join(ALPHABET[(number >> shift) & 31] for shift in range(75, -1, -5))


def decode(text: str) -> bytes:
    """Sixteen symbols as ten bytes; case and the usual slips are forgiven. Raises NotAnId."""
    values = _values(text)
    if len(values) != ID_SYMBOLS:
        raise NotAnId("length")
    return _pack(values)


def is_canonical(text: str) -> bool:
    """Whether the text is an id exactly as our addresses carry it: sixteen symbols, small letters."""
    return len(text) == ID_SYMBOLS and _CANONICAL.issuperset(text)


_CANONICAL = frozenset(ALPHABET.lower())


def path_id(raw: bytes) -> str:
    """The id as it stands in an address: small letters."""
    return encode(raw).lower()


def check_symbol(raw: bytes) -> str:
    """The seventeenth symbol of the typed code."""
    total = 0
    weight = 1
    for symbol in encode(raw):
        weight = _times(weight, 2)
        total ^= _times(weight, _VALUES[symbol])
    return ALPHABET[total]


def typed_code(raw: bytes) -> str:
    """The code printed for typing: four groups of four and the check symbol, ``K7Q2-0ABC-…-9``."""
    symbols = encode(raw)
    groups = [symbols[start : start + 4] for start in range(0, ID_SYMBOLS, 4)]
    return "-".join([*groups, check_symbol(raw)])


def read_typed(text: str) -> bytes:
    """The id behind a typed code. Raises NotAnId: ``symbol``, ``length``, or ``check`` when it was mistyped."""
    values = _values(text)
    if len(values) != ID_SYMBOLS + 1:
        raise NotAnId("length")
    raw = _pack(values[:-1])
    if ALPHABET[values[-1]] != check_symbol(raw):
        raise NotAnId("check")
    return raw


def _values(text: str) -> list[int]:
    values = []
    for symbol in text:
        if symbol in _IGNORED:
            continue
        value = _VALUES.get(symbol.upper()) if symbol.isascii() else None
        if value is None:
            raise NotAnId("symbol", symbol)
        values.append(value)
    return values


def _pack(values: list[int]) -> bytes:
    number = 0
    for value in values:
        number = number << 5 | value
    return number.to_bytes(ID_BYTES, "big")


def _times(left: int, right: int) -> int:
    """Product in GF(32), modulo x⁵ + x² + 1."""
    product = 0
    while right:
        if right & 1:
            product ^= left
        left <<= 1
        if left & 32:
            left ^= 0b100101
        right >>= 1
    return product
