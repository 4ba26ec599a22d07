"""Pairs of records that may be one person: suggestions, never more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from lms.access import scope
from lms.db import Page
from lms.people.merging.models import Alike
from lms.people.models import Official, Organisation

MERGE = "people.merge"


@dataclass(frozen=True)
class Pair:
    """Two records that look alike, with what they have in common."""

    first: Official
    second: Official
    #: 0 is the most alike.
    distance: int

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
    """Suggested pairs in the user's scope as rows (first, second, distance), the most alike first."""
    first, second = Official.alias("one"), Official.alias("other")
    query = Alike.select(Alike.first, Alike.second, Alike.distance).order_by(
        Alike.distance, Alike.name_sort, Alike.first, Alike.second
    )
    conditions = [scope.condition(side.organisation, user, MERGE) for side in (first, second)]
    if conditions[0] is not None:
        query = query.join(first, on=(Alike.first == first.id)).where(conditions[0]).switch(Alike)
        query = query.join(second, on=(Alike.second == second.id)).where(conditions[1]).switch(Alike)
    if wanted := search.strip():
        named = Official.select(Official.id).where(Official.name_folded.contains(wanted))
        query = query.where(Alike.first.in_(named))
    return query


def page(user: Any, number: int, *, search: str = "", per_page: int = 30) -> Page:
    """A page of `pairs`, read from their index."""
    query = pairs(user, search=search)
    total = query.count()
    pages = max(1, -(-total // per_page))
    number = min(max(1, number), pages)
    rows = load(list(query.paginate(number, per_page).tuples())) if total else []
    return Page(rows, number, pages, total, per_page)


def load(rows: list[tuple[int, int, int]]) -> list[Pair]:
    """The records of suggested rows, in one query."""
    ids = {one for row in rows for one in row[:2]} or {-1}
    query = Official.select(Official, Organisation).join(Organisation).where(Official.id.in_(sorted(ids)))
    known = {one.id: one for one in query}
    return [Pair(known[a], known[b], distance) for a, b, distance in rows]
