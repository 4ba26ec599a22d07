"""What a report says, taken from a pile once and for all; and the part of it that everybody who holds it may compare."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import force_locale

from certificates.desk import words
from certificates.desk.models import Pile, PileReport
from certificates.desk.pile import Entry, View
from certificates.token import base32, typed_code
from lms import clock
from lms.config import settings
from lms.web.filters import date as written


@dataclass(frozen=True)
class Line:
    """One line as printed. `label` is what tells it apart without a name: serial, foreign host, nothing."""

    number: int
    code: str
    tone: str
    verdict: str
    since: str
    name: str
    born: str
    title: str
    label: str
    told: str
    standing: str


@dataclass(frozen=True)
class Content:
    """A pile at the moment of its report."""

    pile: int
    office: str
    by: str
    made_at: str
    post: str
    post_on: str
    good: int
    warn: int
    bad: int
    eligible: int
    not_yet: int
    unsure: int
    lines: tuple[Line, ...]

    def public(self) -> dict[str, Any]:
        """What the public page shows to whoever has the number: no holder's name, no officer's."""
        return {
            "v": 1,
            "pile": self.pile,
            "office": self.office,
            "post": self.post,
            "post_on": self.post_on,
            "counts": {"good": self.good, "warn": self.warn, "bad": self.bad},
            "people": {"eligible": self.eligible, "not_yet": self.not_yet, "unsure": self.unsure},
            "lines": [[one.number, one.label, one.code, one.since] for one in self.lines],
        }


def content(view: View, pile: Pile, *, office: str, by: str, post: str, at: datetime) -> Content:
    """Freeze a pile's view, in Vietnamese as the report is."""
    with force_locale("vi"):
        lines = tuple(_line(one, bool(pile.post)) for one in view.entries)
    return Content(
        pile=pile.id,
        office=office,
        by=by,
        made_at=f"{clock.local(at):%d/%m/%Y %H:%M}",
        post=post,
        post_on=_day(pile.post_on) if pile.post else "",
        good=view.count("good"),
        warn=view.count("warn"),
        bad=view.count("bad"),
        eligible=view.standing_count("eligible"),
        not_yet=view.standing_count("not_yet"),
        unsure=view.standing_count("unsure"),
        lines=lines,
    )


def _line(one: Entry, with_post: bool) -> Line:
    row = one.row
    changed = one.code in {"revoked", "superseded", "suspended"}
    born = (row.birth_date or row.birth_year) if row and one.named else ""
    return Line(
        number=one.line.number,
        code=one.code,
        tone=one.tone,
        verdict=str(one.word.title),
        since=_day(one.since) if changed else "",
        name=one.name,
        born=written(born) if born else "",
        title=str(row.programme_title) if row else "",
        label=str(row.serial)
        if row
        else str(one.line.place if one.code in {"foreign", "look_alike"} else ""),
        told=" · ".join(filter(None, (str(one.line.origin), str(one.deed)))),
        standing=_standing(one) if with_post else "",
    )


def _standing(one: Entry) -> str:
    if one.standing is None:
        return "–"
    return ": ".join(filter(None, (str(one.standing.title), str(one.standing.text))))


def _day(day: date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else ""


def url_of(report_id: str) -> str:
    """The address in the report's code."""
    return f"{settings().base_url}/c/r/{report_id}"


def code_of(report: PileReport) -> str:
    """The report's number as it is printed."""
    return typed_code(base32.decode(str(report.id16)))


def verdict_of(code: str) -> words.Word:
    return words.of(code)
