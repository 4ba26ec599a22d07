"""What a role may do: the site's own decisions over the plugins' defaults, dated, with a preview of whom they touch.

Giving a role a *sensitive* permission takes two persons (`lms.approvals`); everything else is done at once.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lms import approvals, audit, clock
from lms.access import grants
from lms.access.models import Role, RolePermission, User, UserRole
from lms.access.roles import BY_NAME
from lms.approvals.models import Approval
from lms.db import atomic
from lms.errors import Conflict, Invalid
from lms.plugins.models import PluginState
from lms.plugins.registry import registry
from lms.plugins.switch import refresh
from lms.text import clean_line, fold

DEED = "access.role_permissions"
USERS = "platform.users"


@dataclass(frozen=True)
class Change:
    """What would change for a role: permissions given and taken, each with the accounts that gain or lose it."""

    role: Role
    given: dict[str, list[User]]
    taken: dict[str, list[User]]

    @property
    def empty(self) -> bool:
        return not self.given and not self.taken

    @property
    def sensitive(self) -> list[str]:
        """Those given that take two persons."""
        return [name for name in self.given if registry.permissions[name].sensitive]


def preview(role: Role, wanted: set[str]) -> Change:
    """Who would gain or lose what if the role carried exactly `wanted`. Two queries, whatever the number of people."""
    known = wanted & set(registry.permissions)
    before = grants.permissions_of(role.name)
    holders = _holders(role)
    others = _other_roles(holders, role)
    given = {name: _touched(name, holders, others) for name in sorted(known - before)}
    taken = {name: _touched(name, holders, others) for name in sorted(before - known)}
    return Change(role, given, taken)


@atomic
def change(role: Role, wanted: set[str], *, by: User, reason: str = "") -> Approval | None:
    """Make the role carry exactly `wanted`; returns the request when it takes a second person, else None.

    Raises Conflict when nobody could keep accounts any more.
    """
    planned = preview(role, wanted)
    details = {"role": role.name, "given": list(planned.given), "taken": list(planned.taken)}
    if planned.sensitive:
        return approvals.request(DEED, role, by=by, details=details, reason=reason)
    _apply(details, by=by)
    return None


def describe(details: dict[str, Any]) -> list[str]:
    """The change in sentences."""
    lines = [_("May from now on: %(deed)s", deed=_title(name)) for name in details["given"]]
    return lines + [_("May no longer: %(deed)s", deed=_title(name)) for name in details["taken"]]


@approvals.two_person(DEED, title=_l("Change what a role may do"), permission=USERS, describe=describe)
def _apply(details: dict[str, Any], *, by: User, second: User | None = None) -> None:
    role = details["role"]
    for name in details["given"]:
        _decide(role, name, True, by)
    for name in details["taken"]:
        _decide(role, name, False, by)
    _announce()
    if not _somebody_keeps_accounts():
        _reread()  # what was just read goes away with the transaction
        raise Conflict(
            _("Somebody must keep accounts: give the role to another account first."), code="last_admin"
        )
    audit.record(
        by, "access.role_changed", Role.get(Role.name == role), **details, second=getattr(second, "id", None)
    )


@atomic
def add_role(title: str, description: str, *, everywhere: bool, by: User) -> Role:
    """Add a role of the site's own; it may nothing yet. Raises Invalid."""
    title = clean_line(title)
    if not title:
        raise Invalid(fields={"title": _("Please name the role.")})
    if any(fold(str(row.title)) == fold(title) for row in Role.select()):
        raise Invalid(fields={"title": _("There is already a role of this name.")})
    name = re.sub(r"\W+", "_", fold(title).lower()).strip("_")[:30] or "vai_tro"
    if Role.select().where(Role.name == name).exists() or name in BY_NAME:
        name = f"{name}_{secrets.token_hex(2)}"
    row = Role.create(
        name=name, title=title, description=clean_line(description)[:300], everywhere=everywhere
    )
    audit.record(by, "access.role_added", row, title=title, everywhere=everywhere)
    return row


def _decide(role: str, permission: str, allowed: bool, by: User) -> None:
    """Close the decision in force and write the new one; none is needed where the default says the same."""
    now = clock.now()
    mine = (RolePermission.role == role) & (RolePermission.permission == permission)
    RolePermission.update(until_at=now).where(mine, RolePermission.until_at.is_null()).execute()
    declared = registry.permissions.get(permission)
    if declared is not None and (role in declared.roles) is not allowed:
        RolePermission.create(role=role, permission=permission, allowed=allowed, from_at=now, by=by.id)


def _announce() -> None:
    """Let every process read the decisions again."""
    PluginState.insert(name="lms", on=True, changed_at=clock.now()).on_conflict_ignore().execute()
    PluginState.update(changed_at=clock.now()).where(PluginState.name == "lms").execute()
    _reread()


def _reread() -> None:
    refresh()
    grants.forget()


def _somebody_keeps_accounts() -> bool:
    carrying = grants.roles_of(USERS)
    query = UserRole.select().join(Role).switch(UserRole).join(User)
    return bool(query.where(Role.name.in_(sorted(carrying) or [""]), User.active).exists())


def _holders(role: Role) -> list[User]:
    holding = UserRole.select(UserRole.user).where(UserRole.role == role.id)
    among = User.id.in_(holding)  # type: ignore[attr-defined]
    return list(User.select().where(among, User.active).order_by(User.name_sort, User.id))


def _other_roles(holders: list[User], role: Role) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {user.id: set() for user in holders}
    query = (
        UserRole.select(UserRole, Role)
        .join(Role)
        .where(UserRole.user.in_(list(found) or [-1]), UserRole.role != role.id)
    )
    for row in query:
        found[row.user_id].add(row.role.name)
    return found


def _touched(permission: str, holders: list[User], others: dict[int, set[str]]) -> list[User]:
    """Those for whom this role alone decides: no other role of theirs carries the permission."""
    carrying = grants.roles_of(permission)
    return [user for user in holders if not others[user.id] & carrying]


def _title(name: str) -> str:
    declared = registry.permissions.get(name)
    return str(declared.title) if declared else name
