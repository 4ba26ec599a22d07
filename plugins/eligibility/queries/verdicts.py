"""The question and its answer: who, which post, which day; checked the same way for pages, API and command line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _

from lms import clock
from lms.errors import Invalid
from lms.people.models import Official
from lms.people.queries import officials as officials_in_scope
from lms.web.filters import date as written
from plugins.eligibility import words
from plugins.eligibility.engine.judge import Judge
from plugins.eligibility.engine.outcomes import Outcome
from plugins.eligibility.engine.rules import Post, leaves
from plugins.eligibility.engine.verdict import Verdict
from plugins.eligibility.queries import people
from plugins.eligibility.queries.rules import rulebook

EARLIEST = date(1990, 1, 1)
LATEST = date(2100, 12, 31)
_WRITTEN = re.compile(r"([0-9]{1,4})[/. -]+([0-9]{1,2})[/. -]+([0-9]{1,4})")
#: As the register stood on the day asked about, or as it stands today.
THEN, NOW = "then", "now"


class Several(Invalid):
    """More than one official fits; `candidates` are to choose from."""

    def __init__(self, candidates: Sequence[Official]) -> None:
        super().__init__(fields={"q": _("Several officials fit. Choose one.")})
        self.candidates = list(candidates)


@dataclass(frozen=True)
class Row:
    """One official of a review."""

    official: Official
    verdict: Verdict

    def fits(self, show: str) -> bool:
        """Whether the filter keeps the row: an outcome, "one_short", or nothing for everybody."""
        if show == "one_short":
            return self.verdict.one_course_short
        return not show or str(self.verdict.outcome) == show


def parse_day(text: str) -> date:
    """A day as people write it (24/11/2026, 24-11-2026, 2026-11-24); empty = today. Raises Invalid for field `on`."""
    text = text.strip()
    if not text:
        return clock.today()
    parts = _WRITTEN.fullmatch(text)
    if parts:
        first, month, last = (int(part) for part in parts.groups())
        year, day = (first, last) if first > 31 else (last, first)
        with suppress(ValueError):
            found = date(year, month, day)
            if EARLIEST <= found <= LATEST:
                return found
    raise Invalid(
        fields={"on": _("Write the day as dd/mm/yyyy, for example %(today)s.", today=written(clock.today()))}
    )


def the_post(code: str, on: date) -> Post:
    """The post of that code, if it exists on that day. Raises Invalid for field `post`, naming the successor."""
    book = rulebook(clock.today())
    post = book.posts.get(code)
    if post is None:
        raise Invalid(fields={"post": _("Choose a post.") if not code else _("There is no such post.")})
    if post.exists(on):
        return post
    raise Invalid(fields={"post": _not_there(post, on, book.successor(post, on))})


def _not_there(post: Post, on: date, heir: Post | None) -> str:
    if post.rule.valid_from and on < post.rule.valid_from:
        return _(
            "The post “%(post)s” exists only from %(date)s. Choose another post or a later day.",
            post=words.title(post),
            date=written(post.rule.valid_from),
        )
    ended = written(post.rule.valid_to)
    if heir is None:
        return _("The post “%(post)s” ended on %(date)s.", post=words.title(post), date=ended)
    return _(
        "The post “%(post)s” ended on %(date)s; it was followed by “%(heir)s”. Choose that post or an earlier day.",
        post=words.title(post),
        date=ended,
        heir=words.title(heir),
    )


def the_official(user: Any, wanted: str, chosen: int | None = None) -> Official:
    """The one official meant by a name or staff code. Raises Invalid for field `q`, or Several."""
    if chosen is not None:
        query = officials_in_scope(user, permission="eligibility.check").where(Official.id == chosen)
        found = query.first()
        if found:
            return found
    fitting = people.find(user, wanted, limit=9)
    exact = [each for each in fitting if each.code == wanted.strip()]
    if len(exact) == 1 or len(fitting) == 1:
        return (exact or fitting)[0]
    if fitting:
        raise Several(fitting)
    if not wanted.strip():
        raise Invalid(fields={"q": _("Type a name or a staff code.")})
    raise Invalid(
        fields={
            "q": _(
                "No official of your organisations fits “%(wanted)s”. Check the spelling or the code.",
                wanted=wanted.strip()[:60],
            )
        }
    )


def known_day(on: date, known: str) -> date:
    """The day of knowledge: today, or for "as known then" the day asked about."""
    today = clock.today()
    return min(on, today) if known == THEN else today


def verdict(official: Official, post: Post, on: date, *, known: str = NOW) -> Verdict:
    """May this official be appointed to this post on this day, as known now or as known then?"""
    return review([official], post, on, known=known)[0].verdict


def review(officials: Sequence[Official], post: Post, on: date, *, known: str = NOW) -> list[Row]:
    """The verdict on each of these officials, in their order, in a constant number of queries."""
    known_on = known_day(on, known)
    judge = Judge(rulebook(known_on), post, on, known_on)
    records = people.persons(officials, known_on)
    return [Row(official, judge.verdict(records[official.id])) for official in officials]


def counts(rows: Sequence[Row]) -> dict[str, int]:
    """How many of each outcome, and how many are one course short."""
    found = {str(outcome): 0 for outcome in Outcome}
    for row in rows:
        found[str(row.verdict.outcome)] += 1
    found["one_short"] = sum(row.verdict.one_course_short for row in rows)
    return found


def posts_by_level(on: date) -> list[tuple[str, list[Post]]]:
    """Posts that exist on a day, by level, in the order of the catalogue."""
    groups: dict[str, list[Post]] = {}
    for post in rulebook(clock.today()).posts_on(on):
        groups.setdefault(post.level, []).append(post)
    return list(groups.items())


def posts_counting(programme: str, on: date) -> list[Post]:
    """Posts whose standard on a day asks for the programme, or for one it stands for."""
    book = rulebook(clock.today())
    found = []
    for post in book.posts_on(on):
        standard = book.standard(post.code, on)
        wanted = (
            {need.programme for need in leaves(standard.require) if need.programme} if standard else set()
        )
        if any(
            cover.programme == programme and not cover.unknown
            for code in wanted
            for cover in book.covers(code, on)
        ):
            found.append(post)
    return found


def count_asking_for_programmes(on: date) -> int:
    """How many standards in force on a day ask for a programme, for a post that exists then."""
    book = rulebook(clock.today())
    found = {
        standard.rule.rule_id
        for post in book.posts_on(on)
        if (standard := book.standard(post.code, on))
        and any(need.programme for need in leaves(standard.require))
    }
    return len(found)
