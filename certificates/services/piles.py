"""Deeds at the verify desk: open a pile, add what was read, apply a post, finish."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import gettext as _

from certificates.desk import judging, reading
from certificates.desk.judging import Judged
from certificates.desk.models import Pile, PileLine
from certificates.desk.reading import Reading
from certificates.errors import PileFinished, PileFull
from lms import audit, clock
from lms.access.models import User
from lms.config import settings
from lms.db import atomic, insert_many, lock

MOST_LINES = 1000
#: What only a second try can mend; such a line may be left out of the pile again.
MISREAD = frozenset({reading.DAMAGED, reading.MISTYPED, reading.NO_ADDRESS})


@dataclass(frozen=True)
class Read:
    """A text from a list or a scanner, or a picture's code, and where it was found."""

    reading: Reading
    origin: str = ""
    #: Settled without a code: nothing readable on a page, a file refused.
    code: str = ""


@dataclass(frozen=True)
class Added:
    """What came of reading: `new` lines, `again` those that were in the pile already."""

    new: tuple[Judged, ...]
    again: tuple[Judged, ...]

    @property
    def tone(self) -> str:
        """How it sounds: the worst of what is new; "again" when nothing is."""
        tones = {one.tone for one in self.new}
        return next((tone for tone in ("bad", "warn", "good") if tone in tones), "again")


@atomic
def open_pile(*, by: User) -> Pile:
    """Begin a session of checking."""
    pile: Pile = Pile.create(by=by)
    audit.record(by, "certificates.pile_opened", pile)
    return pile


def read_text(text: str) -> list[Read]:
    """What was scanned, typed or pasted, a reading for each line."""
    ours = settings()
    return [
        Read(reading.read_line(line, ours.base_url, ours.former_addresses)) for line in reading.lines(text)
    ]


@atomic
def add_to_pile(pile: Pile, found: Sequence[Read], *, source: str, by: User | None) -> Added:
    """Judge what was read and put it on the pile; the same paper twice is one line.

    Three queries and one insert, whatever the number. Raises PileFinished, PileFull.
    """
    pile = lock(pile)
    refuse_finished(pile)
    judged = _judge(found)
    there = {row.key: row for row in PileLine.select().where(PileLine.pile == pile.id)}
    new, again, rows = [], [], []
    number = max((row.number for row in there.values()), default=0)
    for one, read in zip(judged, found, strict=True):
        known = there.get(one.key)
        if known is not None:
            _better(known, one)
            again.append(one)
            continue
        number += 1
        line = _line(pile, number, one, read, source)
        there[one.key] = line
        rows.append(line)
        new.append(one)
    if len(there) > MOST_LINES:
        raise PileFull(_("A pile holds %(most)s papers. Finish this one and begin another.", most=MOST_LINES))
    insert_many(PileLine, [line.__data__ for line in rows])
    if new:
        Pile.update(touched_at=clock.now()).where(Pile.id == pile.id).execute()
        counts = Counter(one.tone for one in new)
        audit.record(by, "certificates.pile_checked", pile, count=len(new), bad=counts["bad"], source=source)
    return Added(tuple(new), tuple(again))


@atomic
def leave_out(pile: Pile, number: int, *, by: User) -> bool:
    """Take a misread line out again; a line with a verdict stays. Raises PileFinished."""
    pile = lock(pile)
    refuse_finished(pile)
    gone = (
        PileLine.delete()
        .where(PileLine.pile == pile.id, PileLine.number == number, PileLine.code.in_(MISREAD))
        .execute()
    )
    if gone:
        audit.record(by, "certificates.pile_left_out", pile, line=number)
    return bool(gone)


@atomic
def apply_post(pile: Pile, post: str, on: date | None, *, by: User) -> None:
    """Apply the standard of a post on a day to the pile, or of none. Raises PileFinished."""
    pile = lock(pile)
    refuse_finished(pile)
    Pile.update(post=post, post_on=on if post else None, touched_at=clock.now()).where(
        Pile.id == pile.id
    ).execute()
    audit.record(
        by, "certificates.pile_post", pile, post=post or "-", on=on.isoformat() if on and post else "-"
    )


@atomic
def forget_old_piles(days: int = 30) -> int:
    """Delete piles nobody finished and nobody touched for so long."""
    old = Pile.touched_at < clock.now() - timedelta(days=days)
    return int(Pile.delete().where(Pile.finished_at.is_null(), old).execute())


def refuse_finished(pile: Pile) -> None:
    """Raise PileFinished for a pile whose report is made."""
    if pile.finished_at is not None:
        raise PileFinished(_("This pile is finished; its report does not change any more. Begin a new one."))


def _judge(found: Sequence[Read]) -> list[Judged]:
    """The verdicts; what was settled without a code keeps its own."""
    texts = judging.judge([one.reading for one in found if not one.code], clock.today())
    judged = iter(texts)
    return [
        Judged(one.reading, one.code, one.code, one.reading.key) if one.code else next(judged)
        for one in found
    ]


def _better(known: PileLine, one: Judged) -> None:
    """A number typed first and scanned later: now its signed data were seen."""
    if one.signed and not known.signed:
        PileLine.update(signed=True).where(PileLine.id == known.id).execute()


def _line(pile: Pile, number: int, one: Judged, read: Read, source: str) -> PileLine:
    return PileLine(
        pile=pile.id,
        number=number,
        key=one.key,
        code=one.fixed,
        id16=one.reading.id16,
        signed=one.signed,
        place=one.reading.place,
        source=source,
        origin=read.origin[:200],
        read_at=clock.now(),
    )
