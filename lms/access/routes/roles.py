"""``/accounts/roles``: what each role may do, in sentences; changed with a preview."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from lms.access import account_queries, editing, grants
from lms.access.forms import NewRoleForm, RolePermissionsForm
from lms.access.guard import me, requires
from lms.access.models import Role, UserRole
from lms.access.roles import sentence_of, title_of
from lms.access.routes.blueprint import bp
from lms.errors import Invalid
from lms.plugins.contract import Permission
from lms.plugins.registry import registry
from lms.web.forms import show_refusal


@bp.get("/accounts/roles")
@requires("platform.users")
def roles() -> str:
    """Every role with what it may do."""
    return render_template(
        "access/roles.html",
        roles=account_queries.roles(),
        may={row.name: _sentences(row) for row in account_queries.roles()},
        holders=_holders(),
        title_of=title_of,
        sentence_of=sentence_of,
    )


@bp.get("/accounts/roles/new")
@requires("platform.users")
def new_role() -> str:
    return render_template("access/new_role.html", form=NewRoleForm())


@bp.post("/accounts/roles/new")
@requires("platform.users")
def add_role() -> Any:
    """Add a role of the site's own."""
    form = NewRoleForm()
    if form.validate_on_submit():
        try:
            row = editing.add_role(
                form.title.data, form.description.data or "", everywhere=form.reach.data == "all", by=me()
            )
        except Invalid as refused:
            show_refusal(form, refused)
        else:
            return redirect(url_for("access.role", name=row.name))
    return render_template("access/new_role.html", form=form), 422


@bp.get("/accounts/roles/<name>")
@requires("platform.users")
def role(name: str) -> str:
    """One role, its permissions ticked."""
    row = account_queries.role_or_404(name)
    return _page(row, grants.permissions_of(row.name))


@bp.post("/accounts/roles/<name>/preview")
@requires("platform.users")
def preview_role(name: str) -> str:
    """Who would gain or lose what; nothing is changed yet."""
    row, form = account_queries.role_or_404(name), RolePermissionsForm()
    wanted = set(form.permissions.data or [])
    return _page(row, wanted, change=editing.preview(row, wanted))


@bp.post("/accounts/roles/<name>")
@requires("platform.users")
def change_role(name: str) -> Response:
    """Do it, or ask the second person."""
    row, form = account_queries.role_or_404(name), RolePermissionsForm()
    asked = editing.change(row, set(form.permissions.data or []), by=me(), reason=form.reason.data or "")
    if asked:
        flash(_("Somebody else who keeps accounts must agree first. The request waits for them."), "info")
        return redirect(url_for("approvals.approvals", show="mine"))
    flash(_("The role is changed."), "success")
    return redirect(url_for("access.roles"))


def _page(row: Role, ticked: set[str], *, change: editing.Change | None = None) -> str:
    groups: dict[str, list[Permission]] = {}
    for permission in registry.permissions.values():
        groups.setdefault(permission.plugin, []).append(permission)
    shown = [(registry.found[plugin].plugin.title, rows) for plugin, rows in groups.items()]
    return render_template(
        "access/role.html",
        role=row,
        groups=shown,
        ticked=ticked,
        change=change,
        permissions=registry.permissions,
        title_of=title_of,
        sentence_of=sentence_of,
    )


def _sentences(row: Role) -> list[str]:
    may = grants.permissions_of(row.name)
    return [str(permission.title) for name, permission in registry.permissions.items() if name in may]


def _holders() -> dict[int, int]:
    counts: dict[int, int] = {}
    for user_id, role_id in UserRole.select(UserRole.user, UserRole.role).distinct().tuples():
        counts[role_id] = counts.get(role_id, 0) + bool(user_id)
    return counts
