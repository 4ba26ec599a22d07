"""Reads on accounts, for administrators."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from peewee import JOIN

from lms.access.models import Passkey, Role, SecondFactor, User, UserRole
from lms.access.roles import BY_NAME
from lms.errors import NotFound
from lms.people.models import Organisation


def accounts(*, search: str = "", role: str = "", state: str = "") -> Any:
    """Accounts by name; `search` in name and address, `role` a role's name, `state` "on" or "off"."""
    query = User.select().order_by(User.display_name, User.id)
    for word in search.split():
        query = query.where(User.display_name.contains(word) | User.email.contains(word))
    if role:
        holders = UserRole.select(UserRole.user).join(Role).where(Role.name == role)
        query = query.where(User.id.in_(holders))  # type: ignore[attr-defined]
    if state in {"on", "off"}:
        query = query.where(User.active == (state == "on"))
    return query


def roles_held(users: list[User]) -> dict[int, list[UserRole]]:
    """The roles of each of the accounts, with organisation; one query."""
    held: dict[int, list[UserRole]] = {user.id: [] for user in users}
    query = (
        UserRole.select(UserRole, Role, Organisation)
        .join(Role)
        .switch(UserRole)
        .join(Organisation, JOIN.LEFT_OUTER)
        .where(UserRole.user.in_(list(held) or [-1]))
        .order_by(UserRole.id)
    )
    for row in query:
        held[row.user_id].append(row)
    return held


def with_second_factor(users: list[User]) -> set[int]:
    """Ids of those that have an authenticator app or a passkey; two queries."""
    ids = [user.id for user in users] or [-1]
    apps = SecondFactor.select(SecondFactor.user).where(
        SecondFactor.user.in_(ids), SecondFactor.totp_at.is_null(False)
    )
    keys = Passkey.select(Passkey.user).where(Passkey.user.in_(ids))
    return {row.user_id for row in apps} | {row.user_id for row in keys}


def account_or_404(user_id: int) -> User:
    """One account. Raises NotFound."""
    found = User.get_or_none(User.id == user_id)
    if found is None:
        raise NotFound()
    return found


def roles() -> list[Role]:
    """Every role: the presets in their order, then the site's own by title."""
    order = {name: place for place, name in enumerate(BY_NAME)}
    return sorted(Role.select(), key=lambda row: (order.get(row.name, len(order)), row.title, row.name))


def role_or_404(name: str) -> Role:
    """One role by its name. Raises NotFound."""
    found = Role.get_or_none(Role.name == name)
    if found is None:
        raise NotFound(_("There is no role “%(role)s”.", role=name))
    return found
