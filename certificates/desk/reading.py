"""What a scanner, a person or a scan gave: one text, read as one of a few things."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from certificates.desk import addresses
from certificates.token import NotAnId, base32, read_typed
from lms.config import FormerAddress

#: What a text may be.
PAPER = "paper"
FOREIGN = "foreign"
LOOK_ALIKE = "look_alike"
DAMAGED = "damaged"
MISTYPED = "mistyped"
NO_ADDRESS = "no_address"

_LONGEST = 2000
_CELLS = re.compile(r"[\t;]")


@dataclass(frozen=True)
class Reading:
    """One text, read. `key` tells what is the same; no more of a foreign text is kept than where it leads."""

    kind: str
    key: str
    id16: str = ""
    digits: str = ""
    #: Host of a foreign code or of a former address of ours, or the beginning of what was typed.
    place: str = ""
    #: The former address it was printed with, once for each time it was ours; it counts for papers of those days alone.
    former: tuple[FormerAddress, ...] = ()


def lines(text: str) -> Iterator[str]:
    """The entries of what was typed, scanned or pasted: one a line, empty ones left out."""
    for line in text.splitlines():
        if line.strip():
            yield line.strip()[:_LONGEST]


def read_line(line: str, base: str, former: Sequence[FormerAddress] = ()) -> Reading:
    """The first cell of a line that is a code; the whole line when none is."""
    cells = [cell.strip().strip('"') for cell in _CELLS.split(line) if cell.strip()]
    readings = [read(cell, base, former) for cell in cells] or [read(line, base, former)]
    found = next((one for one in readings if one.kind in {PAPER, FOREIGN, LOOK_ALIKE, DAMAGED}), None)
    return found or (readings[0] if len(readings) == 1 else read(line, base, former))


def read(text: str, base: str, former: Sequence[FormerAddress] = ()) -> Reading:
    """Read one text as a code; `former` are addresses that were ours before. Never raises."""
    olds = {one.base: tuple(other for other in former if other.base == one.base) for one in former}
    return next(
        (found for old, times in olds.items() if (found := _of_old(text, old, times))), None
    ) or _read(text, base)


def _of_old(text: str, old: str, times: tuple[FormerAddress, ...]) -> Reading | None:
    """A code that was printed with a former address, letter for letter."""
    scheme, _, netloc = old.partition("://")
    if text.startswith(f"{netloc}/c/"):
        text = f"{scheme}://{text}"
    found = addresses.own(text, old)
    if found is None:
        return None
    return Reading(PAPER, found.id16, found.id16, found.digits, netloc, times)


def _read(text: str, base: str) -> Reading:
    # As it is printed under the code, for typing.
    scheme, _, netloc = base.partition("://")
    if text.startswith(f"{netloc}/c/"):
        text = f"{scheme}://{text}"
    found = addresses.own(text, base)
    if found is not None:
        return Reading(PAPER, found.id16, found.id16, found.digits)
    if addresses.is_own_place(text, base):
        return Reading(DAMAGED, _key(text), place=_id_in(text, base))
    leads = addresses.foreign(text, base)
    if leads is not None:
        return Reading(LOOK_ALIKE if leads.look_alike else FOREIGN, _key(text), place=leads.place[:200])
    return _typed(text)


def _typed(text: str) -> Reading:
    try:
        id16 = base32.path_id(read_typed(text))
    except NotAnId as wrong:
        if wrong.code == "check":
            return Reading(MISTYPED, _key(text), place=text[:40])
    else:
        return Reading(PAPER, id16, id16)
    if base32.is_canonical(text.lower()) and text.isascii():
        return Reading(PAPER, text.lower(), text.lower())
    return Reading(NO_ADDRESS, _key(text))


def _id_in(text: str, base: str) -> str:
    """The id that a damaged address still carries, if any; it says only which paper was meant."""
    rest = text[len(base) :].removeprefix("/c/")[:16]
    return rest if base32.is_canonical(rest) else ""


def digest(text: str) -> str:
    """Enough of a digest to tell texts apart."""
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()[:32]


def _key(text: str) -> str:
    return "#" + digest(text)
