"""Reads on accounts, for administrators."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from peewee import JOIN
from werkzeug.datastructures import MultiDict

from lms import text
from lms.access import sign_ins
from lms.access.models import Passkey, Role, SecondFactor, User, UserRole
from lms.access.roles import BY_NAME
from lms.errors import NotFound
from lms.people.models import Organisation


def wanted(arguments: MultiDict[str, str]) -> dict[str, str]:
    """What the address asks of the list: search, role, state."""
    return {name: arguments.get(name, "").strip()[:120] for name in ("q", "role", "state")}


def accounts(*, search: str = "", role: str = "", state: str = "") -> Any:
    """Accounts in Vietnamese name order; `search` in name (without accents) and address, `role` a role's name, `state` "on" or "off"."""
    query = User.select().order_by(User.name_sort, User.id)
    for word in text.fold(search).split():
        query = query.where(User.name_folded.contains(word) | User.email.contains(word))
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


def chosen(ids: Sequence[int]) -> list[User]:
    """These accounts in name order, each with `open_devices`, the number it is signed in on; two queries a portion."""
    listed, found = sorted(set(ids)), []
    for start in range(0, len(listed), 5000):
        portion = listed[start : start + 5000]
        open_ = dict(sign_ins.open_devices(portion))
        for user in User.select().where(User.id.in_(portion)):  # type: ignore[attr-defined]
            user.__dict__["open_devices"] = open_.get(user.id, 0)
            found.append(user)
    return sorted(found, key=lambda user: (user.name_sort, user.id))


def run_the_platform(users: Sequence[User]) -> set[int]:
    """Ids of those that hold the platform's administration today; one query a portion."""
    held: set[int] = set()
    for start in range(0, len(users), 5000):
        query = (
            UserRole.select(UserRole.user)
            .join(Role)
            .where(UserRole.holds_now(), Role.name == "platform_admin")
        )
        held |= {
            row[0]
            for row in query.where(
                UserRole.user.in_([user.id for user in users[start : start + 5000]])
            ).tuples()
        }
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
