"""Reads on organisations and officials."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from flask_babel import gettext as _

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
    total = found.count()
    pages = max(1, -(-total // per_page))
    number = min(max(1, number), pages)
    ids: list[int] = []
    if total:
        portion = (found.join(Organisation) if order else found).order_by(*by).paginate(number, per_page)
        ids = [row[0] for row in portion.tuples()]
    rows = (
        Official.select(Official, Organisation)
        .join(Organisation)
        .where(Official.id.in_(ids or [-1]))
        .order_by(*by)
    )
    return Page(list(rows), number, pages, total, per_page)


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
