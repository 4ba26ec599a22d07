"""Organisation scope: the one helper that pages, exports and the API share."""

from __future__ import annotations

import operator
from functools import reduce
from typing import Any, Final

from peewee import Expression

from lms import clock
from lms.access.grants import roles_of
from lms.access.models import Role, User, UserRole
from lms.access.roles import EVERYWHERE
from lms.people.models import Organisation


class _All:
    """Every organisation."""

    def __contains__(self, _: object) -> bool:
        return True

    def __repr__(self) -> str:
        return "ALL"


ALL: Final = _All()


def organisations(user: Any, permission: str) -> _All | frozenset[int]:
    """Ids of the organisations in which the user has the permission: ALL, or the subtrees of the roles' organisations."""
    if not getattr(user, "is_authenticated", False):
        return frozenset()
    carrying = roles_of(permission)
    held = [row for row in user.roles if row.role.name in carrying]
    if any(row.role.name in EVERYWHERE or row.role.everywhere for row in held):
        return ALL
    roots = {row.organisation_id for row in held if row.organisation_id}
    if not roots:
        return frozenset()
    cache = user.__dict__.setdefault("_subtrees", {})
    key = frozenset(roots)
    if key not in cache:
        cache[key] = subtree(*roots)
    return cache[key]


def offices(user: Any, permission: str) -> list[Organisation]:
    """The organisations for which the user holds a role that carries the permission, in the order of the tree.

    A role that sees everything is held for none of them.
    """
    carrying = roles_of(permission) - EVERYWHERE
    held = [row for row in user.roles if row.role.name in carrying and not row.role.everywhere]
    roots = {row.organisation_id for row in held if row.organisation_id}
    if not roots:
        return []
    return list(Organisation.select().where(Organisation.id.in_(sorted(roots))).order_by(Organisation.path))


def answering_for(organisation: Organisation, permission: str) -> list[User]:
    """Accounts whose role carries the permission for this organisation or for one above it, now."""
    above = [code for code in str(organisation.path).split("/") if code]
    carrying = sorted(roles_of(permission) - EVERYWHERE)
    today = clock.today()
    query = (
        User.select(User)
        .join(UserRole)
        .join(Role)
        .switch(UserRole)
        .join(Organisation)
        .where(
            User.active,
            Role.name.in_(carrying),
            ~Role.everywhere,
            Organisation.code.in_(above),
            UserRole.from_date.is_null() | (UserRole.from_date <= today),
            UserRole.until_date.is_null() | (UserRole.until_date >= today),
        )
        .order_by(User.id)
        .distinct()
    )
    return list(query)


def subtree(*roots: int) -> frozenset[int]:
    """Ids of the organisations, everything below them, and the organisations whose place they took (with their history)."""
    paths = [
        row[0] for row in Organisation.select(Organisation.path).where(Organisation.id.in_(roots)).tuples()
    ]
    if not paths:
        return frozenset()
    below = reduce(operator.or_, [Organisation.path.startswith(path) for path in paths])
    held = {row[0] for row in Organisation.select(Organisation.id).where(below).tuples()}
    return frozenset(held | _predecessors(held))


def _predecessors(held: set[int]) -> set[int]:
    """Organisations that ended and whose successors, over any number of steps, are among these."""
    ended = Organisation.select(Organisation.id, Organisation.successor)
    follows = dict(ended.where(Organisation.successor.is_null(False)).tuples())
    found: set[int] = set()
    while more := {old for old, new in follows.items() if new in held | found} - found:
        found |= more
    return found


def condition(field: Any, user: Any, permission: str) -> Expression | None:
    """The condition that keeps `field` (an organisation id) inside the scope; None when everything is."""
    wanted = organisations(user, permission)
    if isinstance(wanted, _All):
        return None
    return field.in_(sorted(wanted) or [-1])


def limit(query: Any, field: Any, user: Any, permission: str) -> Any:
    """The query limited to the organisations where the user has the permission."""
    where = condition(field, user, permission)
    return query if where is None else query.where(where)
