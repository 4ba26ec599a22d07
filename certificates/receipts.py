"""Receipt numbers of checks: what the register answered about a paper, at which minute, without keeping a row for it.

A receipt is twelve symbols: the minute of the check (25 bits, from 1 January 2020) and a keyed checksum over
certificate, verdict and minute (35 bits). Whoever noted it can have it confirmed years later; only this installation
can make one, because the checksum takes its secret key. It says nothing about a person.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from certificates.token.base32 import ALPHABET
from certificates.verification import TONES
from lms.crypto import keyed_hash

SYMBOLS = 12
_START = datetime(2020, 1, 1)
_MINUTE_BITS = 25
_SUM_BITS = 35
_VALUES = {symbol: value for value, symbol in enumerate(ALPHABET)} | {"O": 0, "I": 1, "L": 1}


@dataclass(frozen=True)
class Receipt:
    """What was answered: a verdict of `verification` at a minute (naive UTC)."""

    verdict: str
    at: datetime


def number(id16: str, verdict: str, at: datetime) -> str:
    """The receipt of an answer given at `at` (naive UTC), in three groups of four."""
    minute = max(0, int((at - _START).total_seconds()) // 60) % (1 << _MINUTE_BITS)
    value = (minute << _SUM_BITS) | _checksum(id16, verdict, minute)
    text = "".join([ALPHABET[(value >> shift) & 31] for shift in range(55, -1, -5)])
    return f"{text[:4]}-{text[4:8]}-{text[8:]}"


def confirmed(id16: str, text: str) -> Receipt | None:
    """What the register answered for this receipt; None when it gave no such answer about this certificate."""
    symbols = [one for one in text.upper() if one not in " -"]
    if len(symbols) != SYMBOLS or not _VALUES.keys() >= set(symbols):
        return None
    value = 0
    for symbol in symbols:
        value = value << 5 | _VALUES[symbol]
    minute, checksum = value >> _SUM_BITS, value & ((1 << _SUM_BITS) - 1)
    for verdict in TONES:
        if _checksum(id16, verdict, minute) == checksum:
            return Receipt(verdict, _START + timedelta(minutes=minute))
    return None


def _checksum(id16: str, verdict: str, minute: int) -> int:
    return int(keyed_hash(f"{id16} {verdict} {minute}", "receipt")[:9], 16) >> 1
