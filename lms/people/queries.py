"""Reads on organisations and officials."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from flask_babel import gettext as _
from peewee import fn

from lms import crypto, text
from lms.access import scope
from lms.db import Page
from lms.errors import NotFound
from lms.importing.values import BirthDate
from lms.people.models import Official, Organisation


def officials(
    user: Any, *, permission: str = "people.view", search: str = "", organisation_id: int | None = None
) -> Any:
    """Officials in the user's scope, in Vietnamese name order, with their organisation; `search` without accents.

    Digits search the staff code; a whole citizen id finds its one holder.
    """
    query = Official.select(Official, Organisation).join(Organisation)
    query = _wanted(query, user, permission, search, organisation_id)
    return query.order_by(Official.name_sort, Official.id)


def officials_page(
    user: Any,
    number: int = 1,
    *,
    search: str = "",
    organisation_id: int | None = None,
    order: Sequence[Any] = (),
    per_page: int = 50,
) -> Page:
    """A page of `officials`. Counting and skipping touch indexes alone: a province's last page costs what the first
    does. `order`: columns of Official or Organisation instead of the names."""
    by = order or [Official.name_sort, Official.id]
    found = _wanted(Official.select(Official.id), user, "people.view", search, organisation_id)
    homes = _homes(found, by[0]) if _by_organisation(by) else []
    total = sum(many for _name, many in homes) if homes else found.count()
    pages = max(1, -(-total // per_page))
    number = min(max(1, number), pages)
    ids: list[int] = []
    if total:
        skipped = (number - 1) * per_page
        portion = found.join(Organisation) if order else found
        if homes:
            names, skipped = _shown(homes, skipped, per_page)
            portion = portion.where(Organisation.name_folded.in_(names))
        ids = [row[0] for row in portion.order_by(*by).limit(per_page).offset(skipped).tuples()]
    rows = (
        Official.select(Official, Organisation)
        .join(Organisation)
        .where(Official.id.in_(ids or [-1]))
        .order_by(*by)
    )
    return Page(list(rows), number, pages, total, per_page)


def _by_organisation(by: Sequence[Any]) -> bool:
    return getattr(by[0], "node", by[0]) is Organisation.name_folded


def _homes(found: Any, by: Any) -> list[tuple[str, int]]:
    """How many of the found are in each organisation, in the order of the list.

    A hundred thousand officials are counted faster than they are sorted, and then only those of the organisations on
    the page are.
    """
    counted = found.columns(Official.organisation.alias("home"), fn.COUNT(Official.id).alias("many"))
    counted = counted.group_by(Official.organisation)
    query = Organisation.select(Organisation.name_folded, fn.SUM(counted.c.many))
    query = query.join(counted, on=(counted.c.home == Organisation.id))
    return [
        (name, int(many)) for name, many in query.group_by(Organisation.name_folded).order_by(by).tuples()
    ]


def _shown(homes: Sequence[tuple[str, int]], skipped: int, per_page: int) -> tuple[list[str], int]:
    """The organisations of one page, and how many of their officials stand before it."""
    names: list[str] = []
    before = offset = 0
    for name, many in homes:
        if before >= skipped + per_page:
            break
        if before + many > skipped:
            offset = offset if names else skipped - before
            names.append(name)
        before += many
    return names, offset


def _wanted(query: Any, user: Any, permission: str, search: str, organisation_id: int | None) -> Any:
    query = scope.limit(query.where(Official.merged_into.is_null()), Official.organisation, user, permission)
    if organisation_id:
        query = query.where(Official.organisation.in_(sorted(scope.subtree(organisation_id))))
    for word in text.fold(search).split():
        if word.isascii() and word.isdigit():
            query = query.where(_numbered(word))
        else:
            query = query.where(Official.name_folded.contains(word))
    return query


def officials_by(column: Any, wanted: Iterable[Any]) -> Iterator[Official]:
    """Officials whose value in a column is among the wanted ones, with their organisation; in portions, whatever the scope."""
    listed = sorted({value for value in wanted if value})
    for start in range(0, len(listed), 5000):
        query = (
            Official.select(Official, Organisation).join(Organisation).where(Official.merged_into.is_null())
        )
        yield from query.where(column.in_(listed[start : start + 5000])).order_by(Official.id)


def birth_of(official: Official) -> BirthDate | None:
    """The birth date on record, exact or only the year."""
    if official.birth_date:
        return BirthDate(official.birth_date.year, official.birth_date)
    return BirthDate(official.birth_year) if official.birth_year else None


def _numbered(digits: str) -> Any:
    """Whose citizen id this is, or whose staff code begins so (a range, so that an index finds it)."""
    if len(digits) == 12:
        return Official.cccd_hash == crypto.keyed_hash(digits)
    after = f"{int(digits) + 1:0{len(digits)}d}"
    starts = (Official.code >= digits) & (Official.code < after)
    return starts if len(after) == len(digits) else Official.code >= digits


def official_or_404(official_id: int, user: Any, *, permission: str = "people.view") -> Official:
    """One official in the user's scope; for a record that was merged, the one kept.

    Raises NotFound, the same for "not there" and "not yours".
    """
    found = officials(user, permission=permission).where(Official.id == survivor_id(official_id)).first()
    if found is None:
        raise NotFound(_("There is no such official in your organisations."))
    return found


def organisations(user: Any, permission: str = "people.view", *, search: str = "") -> Any:
    """Organisations in the user's scope, in the order of the tree."""
    query = scope.limit(Organisation.select(), Organisation.id, user, permission).order_by(Organisation.path)
    for word in text.fold(search).split():
        query = query.where(Organisation.name_folded.contains(word))
    return query


def organisation_or_404(organisation_id: int, user: Any, permission: str = "people.view") -> Organisation:
    """One organisation in the user's scope. Raises NotFound, the same for "not there" and "not yours"."""
    found = organisations(user, permission).where(Organisation.id == organisation_id).first()
    if found is None:
        raise NotFound(_("There is no such organisation among yours."))
    return found


def survivor_id(official_id: int) -> int:
    """The record that counts for a person: itself, or the one it was merged into (over any number of merges)."""
    merged = dict(
        Official.select(Official.id, Official.merged_into).where(Official.id == official_id).tuples()
    )
    while merged.get(official_id):
        official_id = merged[official_id]
        merged = dict(
            Official.select(Official.id, Official.merged_into).where(Official.id == official_id).tuples()
        )
    return official_id


def survivor(official: Official) -> Official:
    """The record that counts for a person."""
    if official.merged_into_id is None:
        return official
    return (
        Official.select(Official, Organisation)
        .join(Organisation)
        .where(Official.id == survivor_id(official.id))
        .get()
    )
