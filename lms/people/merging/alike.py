"""Pairs that look alike, kept as rows: worked out when a record is added or changed, so that the page only reads."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from peewee import Case, fn

from lms.db import atomic
from lms.people.merging.models import Alike, NotSame
from lms.people.models import Official

#: What speaks against one person, less and less: only the year of birth agrees, another organisation, another code.
_YEAR_ONLY, _ELSEWHERE, _OTHER_CODE = 30, 30, 50
#: A change of one of these can make two records alike or different.
TELLING = frozenset(
    {"full_name", "birth_date", "birth_year", "organisation", "code", "cccd_hash", "merged_into"}
)
_PORTION = 2000


@atomic
def look_at(officials: Iterable[int]) -> None:
    """Work out anew whom these officials look like. Constant number of queries for each two thousand."""
    ids = sorted(set(officials))
    for start in range(0, len(ids), _PORTION):
        part = ids[start : start + _PORTION]
        Alike.delete().where(Alike.first.in_(part) | Alike.second.in_(part)).execute()
        one, other = Official.alias("one"), Official.alias("other")
        _insert(one, other, one.id.in_(part), one.id != other.id)


@atomic
def rebuild() -> int:
    """Work out all pairs anew; returns how many there are."""
    one, other = Official.alias("one"), Official.alias("other")
    Alike.delete().execute()
    _insert(one, other, one.id < other.id)
    return int(Alike.select().count())


def _insert(one: Any, other: Any, *where: Any) -> None:
    """Keep the pairs of two aliases under a condition; the lower id comes first.

    Same folded name and same year of birth; whole dates must agree when both are known. Two different citizen ids are
    two persons, and so are two whom somebody has told apart.
    """
    ordered = one.id < other.id
    first, second = Case(None, [(ordered, one.id)], other.id), Case(None, [(ordered, other.id)], one.id)
    same_name = (one.name_folded == other.name_folded) & (one.birth_year == other.birth_year)
    found = (
        one.select(
            first,
            second,
            Case(None, [(one.birth_date == other.birth_date, 0)], _YEAR_ONLY)
            + Case(None, [(one.organisation == other.organisation, 0)], _ELSEWHERE)
            + Case(None, [(fn.LTRIM(one.code, "0") == fn.LTRIM(other.code, "0"), 0)], _OTHER_CODE),
            Case(None, [(ordered, one.name_sort)], other.name_sort),
        )
        .join(other, on=same_name)
        .where(
            *where,
            one.merged_into.is_null(),
            other.merged_into.is_null(),
            (one.birth_date == other.birth_date) | one.birth_date.is_null() | other.birth_date.is_null(),
            one.cccd_hash.is_null() | other.cccd_hash.is_null(),
            ~fn.EXISTS(NotSame.select(NotSame.id).where(NotSame.first == first, NotSame.second == second)),
        )
    )
    fields = [Alike.first, Alike.second, Alike.distance, Alike.name_sort]
    Alike.insert_from(found, fields).on_conflict_ignore().execute()
