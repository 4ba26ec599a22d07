"""Organisations as places in which plugins are switched and set."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from lms import text
from lms.people.models import Organisation


def named(ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Organisation id → (name, no address: the reader of the plugins page need not see people)."""
    rows = Organisation.select(Organisation.id, Organisation.name).where(Organisation.id.in_(list(ids)))
    return {number: (name, "") for number, name in rows.tuples()}


def find(typed: str) -> list[tuple[int, str]]:
    """Up to twenty organisations whose name has the words, without accents."""
    query = Organisation.select(Organisation.id, Organisation.name).order_by(Organisation.path).limit(20)
    for word in text.fold(typed).split():
        query = query.where(Organisation.name_folded.contains(word))
    return list(query.tuples())


def above(organisation_id: int) -> list[tuple[str, int]]:
    """The organisations above one, from the top of the tree."""
    path = Organisation.select(Organisation.path).where(Organisation.id == organisation_id).scalar()
    if path is None:
        return []
    return [("organisation", one) for one in lines({path})[path] if one != organisation_id]


def lines(paths: Collection[str]) -> dict[str, tuple[int, ...]]:
    """Path → ids of the organisations along it, from the top of the tree; one query."""
    codes = {code for path in paths for code in path.strip("/").split("/")}
    if not codes:
        return {}
    rows = Organisation.select(Organisation.code, Organisation.id).where(Organisation.code.in_(codes))
    ids = dict(rows.tuples())
    return {path: tuple(ids[code] for code in path.strip("/").split("/") if code in ids) for path in paths}
