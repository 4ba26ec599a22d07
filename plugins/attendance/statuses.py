"""Everything about the four ways a learner can stand on a roll."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

PRESENT, ABSENT, EXCUSED, LATE = "present", "absent", "excused", "late"

#: In the order a tap walks through them.
CYCLE = (PRESENT, ABSENT, EXCUSED, LATE)

LABELS = {
    PRESENT: _l("Present"),
    ABSENT: _l("Absent"),
    EXCUSED: _l("Excused"),
    LATE: _l("Late"),
}

#: How a missed session is named within a sentence.
MISSED_LABELS = {ABSENT: _l("absent without leave"), EXCUSED: _l("excused, not made up")}

#: One letter for dense tables and for the hidden list of what a page showed.
LETTERS = {PRESENT: "p", ABSENT: "a", EXCUSED: "e", LATE: "l"}
FROM_LETTER = {letter: status for status, letter in LETTERS.items()}


def attended(status: str | None) -> bool:
    """Whether the learner was in the room. An excused absence is recorded, never credited."""
    return status in (PRESENT, LATE)


@dataclass(frozen=True)
class Counts:
    """How many stand where on one roll."""

    present: int = 0
    late: int = 0
    excused: int = 0
    absent: int = 0
    unmarked: int = 0

    @property
    def total(self) -> int:
        return self.present + self.late + self.excused + self.absent + self.unmarked

    @property
    def in_room(self) -> int:
        return self.present + self.late

    @property
    def away(self) -> int:
        return self.absent + self.excused


def count(statuses: Iterable[str | None]) -> Counts:
    """Count statuses; None is somebody without a mark."""
    found = dict.fromkeys((*CYCLE, None), 0)
    for status in statuses:
        found[status] += 1
    return Counts(found[PRESENT], found[LATE], found[EXCUSED], found[ABSENT], found[None])
