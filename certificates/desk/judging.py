"""What was read, against the key set and the register: one query for any number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from certificates import keyset, verification
from certificates.desk import reading as kinds
from certificates.desk import words
from certificates.desk.reading import Reading
from certificates.token import Outcome, base32, verify_fragment
from certificates.verification import Verdict


@dataclass(frozen=True)
class Judged:
    """One reading with its verdict. `signed`: the holder's data were in the code and held."""

    reading: Reading
    code: str
    #: Said by the code alone, whatever the register says later; "" when the register decides each day anew.
    fixed: str
    key: str
    signed: bool = False

    @property
    def tone(self) -> str:
        return words.of(self.code).tone


def judge(readings: Sequence[Reading], today: date) -> list[Judged]:
    """The verdict on each reading, in their order."""
    ids = {one.id16 for one in readings if one.kind == kinds.PAPER}
    known = verification.look_up_many(sorted(ids), today)
    return [_one(reading, known.get(reading.id16)) for reading in readings]


def _one(reading: Reading, verdict: Verdict | None) -> Judged:
    if reading.kind != kinds.PAPER:
        return Judged(reading, reading.kind, reading.kind, reading.key)
    if _outside_its_days(reading, verdict):
        return Judged(reading, kinds.FOREIGN, kinds.FOREIGN, f"{reading.id16}@{kinds.digest(reading.place)}")
    if not reading.digits:
        return Judged(reading, verdict.code if verdict else words.UNKNOWN, "", reading.key)
    outcome = _of_code(reading)
    fixed = _against(outcome, verdict)
    if fixed:
        # A copy with other digits is another paper than the genuine one of that id.
        return Judged(reading, fixed, fixed, f"{reading.id16}#{kinds.digest(reading.digits)}")
    assert verdict is not None
    return Judged(reading, verdict.code, "", reading.key, signed=verdict.row is not None)


def _outside_its_days(reading: Reading, verdict: Verdict | None) -> bool:
    """A former address on a paper that was issued when it was not ours: whoever has the name now could print it."""
    if not reading.former or verdict is None or verdict.row is None:
        return False
    issued_on = verdict.row.issued_on
    return not any(one.first <= issued_on <= one.last for one in reading.former)


def _of_code(reading: Reading) -> Outcome:
    """What the signed data in the code say by themselves."""
    keys = keyset.book().keys
    identifier = base32.decode(reading.id16)
    outcome = verify_fragment(identifier, reading.digits, keys)
    if outcome.code != "unknown_key" or outcome.token is None:
        return outcome
    # A key may have been made a moment ago.
    return verify_fragment(identifier, reading.digits, keyset.book_with(outcome.token.kid).keys)


def _against(outcome: Outcome, verdict: Verdict | None) -> str:
    """The verdict that the code settles; "" when it holds and is the very token of the register."""
    if outcome.code == "unknown_version":
        return words.NEWER
    if not outcome.genuine and outcome.code != "key_withdrawn":
        return words.FORGED
    if verdict is None:
        return words.MISSING
    token = outcome.token
    row = verdict.row
    if row is not None and token is not None and bytes(row.token) != token.raw:
        return verification.ALTERED
    return ""
