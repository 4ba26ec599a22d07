"""A pile as the officer sees it: every line judged as of now, exceptions first, in a constant number of queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask_babel import gettext as _
from peewee import JOIN

from certificates import queries, verification
from certificates.desk import words
from certificates.desk.models import Pile, PileLine, PileReport, ReportSeal
from certificates.hookspecs import PileStanding
from certificates.models import Certificate
from certificates.verification import Verdict
from lms import clock
from lms.access.models import User
from lms.errors import NotFound
from lms.plugins import ask


@dataclass
class Entry:
    """One line with its verdict of today. Values of a paper come from the row that its signed bytes vouch for."""

    line: PileLine
    code: str
    verdict: Verdict | None = None
    official_id: int | None = None
    #: The whole name may be shown: its signed data were read, or the holder is of the officer's own organisations.
    named: bool = False
    standing: PileStanding | None = None

    @property
    def word(self) -> words.Word:
        return words.of(self.code)

    @property
    def deed(self) -> Any:
        """What to do about it, or why a file was not read."""
        return words.REASONS.get(str(self.line.place), "") if self.code == words.REFUSED else self.word.deed

    @property
    def tone(self) -> str:
        return self.word.tone

    @property
    def row(self) -> Any:
        return self.verdict.row if self.verdict else None

    @property
    def name(self) -> str:
        if self.row is None:
            return ""
        return str(self.row.name) if self.named else verification.masked(self.row.name)

    @property
    def since(self) -> date | None:
        return self.verdict.since if self.verdict else None


@dataclass
class View:
    """A pile: its lines, the worst first, and what they come to."""

    pile: Pile | None
    entries: list[Entry] = field(default_factory=list)
    report: PileReport | None = None
    #: The signature over the report, once the worker made it.
    seal: ReportSeal | None = None
    #: Official id → what a plugin says about the post; empty when no post is applied.
    standings: dict[int, PileStanding] = field(default_factory=dict)

    def count(self, tone: str) -> int:
        return sum(one.tone == tone for one in self.entries)

    @property
    def people(self) -> set[int]:
        """Holders of the papers that count, known to the register."""
        return {one.official_id for one in self.entries if one.official_id and one.tone != "bad"}

    def standing_count(self, state: str) -> int:
        return sum(one.state == state for one in self.standings.values())

    @property
    def problems(self) -> int:
        """Papers nobody may rely on, and people about whom nothing certain can be said."""
        return self.count("bad") + self.standing_count("unsure")


def own(pile_id: int, user: User) -> Pile:
    """A pile of the user. Raises NotFound for another's: what somebody checks is nobody else's business."""
    found: Pile | None = Pile.get_or_none(Pile.id == pile_id, Pile.by == user.id)
    if found is None:
        raise NotFound(_("There is no such pile of yours."))
    return found


def latest(user: User, limit: int = 8) -> list[Pile]:
    """The user's last piles, newest first, with their reports."""
    query = (
        Pile.select(Pile, PileReport)
        .join(PileReport, JOIN.LEFT_OUTER, attr="report")
        .where(Pile.by == user.id)
        .order_by(Pile.id.desc())
        .limit(limit)
    )
    return list(query)


def view(pile: Pile | None, user: User, *, today: date | None = None) -> View:
    """The pile as of today: seven queries at most, whatever its size."""
    if pile is None:
        return View(None)
    today = today or clock.today()
    lines = list(PileLine.select().where(PileLine.pile == pile.id).order_by(PileLine.number.desc()))
    ids = sorted({str(one.id16) for one in lines if one.id16 and not one.code})
    verdicts = verification.look_up_many(ids, today)
    entries = [_entry(line, verdicts) for line in lines]
    _name(entries, ids, user)
    entries.sort(key=lambda one: words.ORDER[one.tone])
    found = View(
        pile, entries, PileReport.get_or_none(PileReport.pile == pile.id) if pile.finished_at else None
    )
    if found.report:
        found.seal = ReportSeal.get_or_none(ReportSeal.report == found.report.id)
    if pile.post and pile.post_on:
        found.standings = standings(found.people, pile.post, pile.post_on, user)
        for one in entries:
            if one.official_id and one.tone != "bad":
                one.standing = found.standings.get(one.official_id)
    return found


def standings(official_ids: set[int], post: str, on: date, user: User) -> dict[int, PileStanding]:
    """What the plugins say about these people, a post and a day."""
    answers: Sequence[PileStanding] = ask(
        "pile_standings", official_ids=sorted(official_ids), post=post, on=on, user=user
    )
    return {one.official_id: one for one in answers}


def _entry(line: PileLine, verdicts: dict[str, Verdict]) -> Entry:
    if line.code:
        return Entry(line, str(line.code))
    verdict = verdicts.get(str(line.id16))
    if verdict is None:
        return Entry(line, words.UNKNOWN)
    return Entry(line, verdict.code, verdict, named=bool(line.signed))


def _name(entries: list[Entry], ids: list[str], user: User) -> None:
    """Say whose papers they are, and which names this officer may read though only the number was given."""
    holders = dict(
        Certificate.select(Certificate.id16, Certificate.official)
        .where(Certificate.id16.in_(ids or [""]))
        .tuples()
    )
    within = queries.within_scope(ids, user)
    for one in entries:
        if one.row is not None:
            one.named = one.named or str(one.line.id16) in within
            one.official_id = holders.get(str(one.line.id16)) if one.named else None
