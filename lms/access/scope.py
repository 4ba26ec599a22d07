"""Organisation scope: the one helper that pages, exports and the API share."""

from __future__ import annotations

from typing import Any, Final

from peewee import Expression, fn

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
    scopes = getattr(user, "token_scopes", None)
    if scopes is not None and permission not in scopes:
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
    """Ids of the organisations, everything below them, and the organisations whose place they took (with their history).

    One query, whatever the depth of the tree and the length of the line of predecessors.
    """
    root, below, old = Organisation.alias("root"), Organisation.alias("below"), Organisation.alias("old")
    inside = fn.SUBSTR(below.path, 1, fn.LENGTH(root.path)) == root.path
    held = (
        below.select(below.id)
        .join(root, on=inside)
        .where(root.id.in_(sorted(set(roots))))
        .cte("held", recursive=True, columns=("id",))
    )
    # UNION (not UNION ALL): a ring of successors, entered by mistake, ends too.
    everything = held.union(old.select(old.id).join(held, on=(old.successor == held.c.id)))
    return frozenset(row[0] for row in everything.select_from(everything.c.id).tuples())


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
