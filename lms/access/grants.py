"""Which roles carry a permission now: the plugins' defaults, changed by the site's own dated decisions.

The decisions are read again when the kernel's row of plugin states says that something changed; a site without
decisions pays no query.
"""

from __future__ import annotations

from datetime import datetime

from lms.access.models import RolePermission
from lms.plugins.registry import registry
from lms.plugins.switch import switches


class _Decisions:
    def __init__(self) -> None:
        self.as_of: datetime | None = None
        self.by_permission: dict[str, dict[str, bool]] = {}


_decisions = _Decisions()


def roles_of(permission: str) -> frozenset[str]:
    """Names of the roles that carry the permission; none for a permission nobody declares."""
    declared = registry.permissions.get(permission)
    if declared is None:
        return frozenset()
    decided = _current().get(permission)
    if not decided:
        return declared.roles
    given = {role for role, allowed in decided.items() if allowed}
    taken = {role for role, allowed in decided.items() if not allowed}
    return (declared.roles | given) - taken


def permissions_of(role: str) -> set[str]:
    """Names of the permissions a role carries."""
    return {name for name in registry.permissions if role in roles_of(name)}


def forget() -> None:
    """Read the decisions again at the next question."""
    _decisions.as_of = None


def _current() -> dict[str, dict[str, bool]]:
    state = switches.fresh().states.get("lms")
    if state is None:
        return {}
    if state.changed_at != _decisions.as_of:
        rows = RolePermission.select().where(RolePermission.until_at.is_null())
        by_permission: dict[str, dict[str, bool]] = {}
        for row in rows:
            by_permission.setdefault(row.permission, {})[row.role] = row.allowed
        _decisions.by_permission, _decisions.as_of = by_permission, state.changed_at
    return _decisions.by_permission
