"""Accounts as a list that goes out; they come in one by one, each with a link for its owner."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict

from lms import clock
from lms.access import account_queries
from lms.access.models import User
from lms.access.roles import title_of
from lms.importing.columns import ListColumn
from lms.importing.kinds import ListKind, list_kind

_COLUMNS = (
    ListColumn("name", _l("Name"), value=lambda row: row.display_name),
    ListColumn("email", _l("E-mail address"), value=lambda row: row.email),
    ListColumn("roles", _l("Roles"), value=lambda row: row.roles_told),
    ListColumn("state", _l("State"), value=lambda row: _("May sign in") if row.active else _("Switched off")),
    ListColumn("second", _l("Second factor"), value=lambda row: _("Yes") if row.strong else _("No")),
    ListColumn("last", _l("Last sign-in"), value=lambda row: row.last_login_at and clock.local(row.last_login_at).replace(tzinfo=None)),
)  # fmt: skip


@list_kind
class AccountList(ListKind):
    """Accounts with their roles, as filtered on the page."""

    key = "access.accounts"
    title = _l("Accounts")
    view_permission = "platform.users"

    def columns(self) -> Sequence[ListColumn]:
        return _COLUMNS

    def export(self, user: User, arguments: MultiDict[str, str], target: Any) -> Iterable[User]:
        wanted = account_queries.wanted(arguments)
        query = account_queries.accounts(search=wanted["q"], role=wanted["role"], state=wanted["state"])
        rows = list(query)
        held = account_queries.roles_held(rows)
        strong = account_queries.with_second_factor(rows)
        for row in rows:
            told = [
                f"{title_of(one.role)} ({one.organisation.name})" if one.organisation else title_of(one.role)
                for one in held.get(row.id, [])
            ]
            row.roles_told, row.strong = "; ".join(told), row.id in strong
        return rows

    def filename(self, target: Any) -> str:
        return "tai-khoan"
