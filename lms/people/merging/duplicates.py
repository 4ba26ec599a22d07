"""Pairs of records that may be one person: suggestions, never more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from peewee import Case, fn

from lms.access import scope
from lms.people.merging.models import NotSame
from lms.people.models import Official, Organisation

#: What speaks for one person: the whole birth date, only the year, the same organisation, one side without an id.
_BIRTH_DATE, _BIRTH_YEAR, _SAME_PLACE, _CODE = 60, 30, 30, 50
MERGE = "people.merge"


@dataclass(frozen=True)
class Pair:
    """Two records that look alike, with what they have in common."""

    first: Official
    second: Official
    weight: int

    @property
    def reasons(self) -> list[str]:
        """What they have in common, in words, the strongest first."""
        one, other = self.first, self.second
        found = [_("Same name")]
        if same_code(one, other):
            found.insert(0, _("Same staff code but for leading zeros"))
        if one.birth_date and one.birth_date == other.birth_date:
            found.append(_("same birth date"))
        elif one.birth_year:
            found.append(_("same year of birth"))
        if one.organisation_id == other.organisation_id:
            found.append(_("same organisation"))
        return found


def same_code(one: Official, other: Official) -> bool:
    """Whether two staff codes are one number with and without its leading zeros."""
    codes = [str(person.code or "").lstrip("0") for person in (one, other)]
    return bool(codes[0]) and codes[0] == codes[1]


def pairs(user: Any, *, search: str = "") -> Any:
    """Suggested pairs in the user's scope as rows (first, second, weight), the most alike first.

    Same folded name and same year of birth; whole dates must agree when both are known. Two different citizen ids
    are two persons. Pairs somebody has told apart are left out.
    """
    first, second = Official.alias("one"), Official.alias("other")
    weight = (
        Case(None, [(first.birth_date == second.birth_date, _BIRTH_DATE)], _BIRTH_YEAR)
        + Case(None, [(first.organisation == second.organisation, _SAME_PLACE)], 0)
        + Case(None, [(_trimmed(first.code) == _trimmed(second.code), _CODE)], 0)
    )
    query = (
        first.select(first.id, second.id, weight.alias("weight"))
        .join(
            second,
            on=(
                (first.name_folded == second.name_folded)
                & (first.birth_year == second.birth_year)
                & (first.id < second.id)
            ),
        )
        .where(
            first.merged_into.is_null(),
            second.merged_into.is_null(),
            (first.birth_date == second.birth_date)
            | first.birth_date.is_null()
            | second.birth_date.is_null(),
            first.cccd_hash.is_null() | second.cccd_hash.is_null(),
            ~fn.EXISTS(
                NotSame.select(NotSame.id).where(NotSame.first == first.id, NotSame.second == second.id)
            ),
        )
        .order_by(weight.desc(), first.name_sort, first.id, second.id)
    )
    for side in (first, second):
        query = scope.limit(query, side.organisation, user, MERGE)
    from_search = search.strip()
    return query.where(first.name_folded.contains(from_search)) if from_search else query


def load(rows: list[tuple[int, int, int]]) -> list[Pair]:
    """The records of suggested rows, in one query."""
    ids = {one for row in rows for one in row[:2]} or {-1}
    query = Official.select(Official, Organisation).join(Organisation).where(Official.id.in_(sorted(ids)))
    known = {one.id: one for one in query}
    return [Pair(known[a], known[b], weight) for a, b, weight in rows]


def _trimmed(code: Any) -> Any:
    return fn.LTRIM(code, "0")
