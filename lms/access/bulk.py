"""Deeds on many accounts at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from werkzeug.datastructures import MultiDict

from lms.access import account_queries, accounts
from lms.access.models import User
from lms.bulk import BulkDeed, bulk_deed
from lms.db import atomic
from lms.errors import Conflict


class OfAccounts(BulkDeed):
    """What both deeds share: accounts as filtered on their page."""

    permission = "platform.users"
    #: The accounts the deed could be meant for.
    active = True

    def back_url(self, target: int | None) -> str:
        return url_for("access.accounts")

    def matching(self, arguments: MultiDict[str, str], *, user: User, target: Any) -> list[int]:
        wanted = account_queries.wanted(arguments)
        query = account_queries.accounts(search=wanted["q"], role=wanted["role"], state=wanted["state"])
        return [row.id for row in query.where(User.active == self.active)]

    def rows(self, ids: Sequence[int], *, user: User, target: Any) -> list[User]:
        return account_queries.chosen(ids)

    def describe(self, row: User) -> tuple[str, str]:
        devices = getattr(row, "open_devices", 0)
        signed_in = ngettext("signed in on %(num)s device", "signed in on %(num)s devices", devices)
        return str(row.display_name), f"{row.email} · {signed_in}" if devices else str(row.email)


def _off(rows: Sequence[User], by: User) -> dict[int, str]:
    """Switch them off one by one; whom the rules protect by now stays, with the reason."""
    stayed: dict[int, str] = {}
    for row, reason in zip(rows, accounts.reasons_against_switching_off(rows, by=by), strict=True):
        try:
            if reason:
                raise Conflict(reason)
            with atomic():
                accounts.deactivate(row, by=by)
        except Conflict as problem:
            stayed[row.id] = str(problem)
    return stayed


def _on(rows: Sequence[User], by: User) -> dict[int, str]:
    stayed = {row.id: reason for row, reason in zip(rows, _against_on(rows), strict=True) if reason}
    for row in rows:
        if row.id not in stayed:
            accounts.reactivate(row, by=by)
    return stayed


def _against_on(rows: Sequence[User]) -> list[str]:
    return [_("May sign in already.") if row.active else "" for row in rows]


@bulk_deed
class SwitchOff(OfAccounts):
    """Nobody signs in with these accounts any more; they are signed out everywhere, their records stay."""

    key = "access.switch_off"
    title = _l("Lock accounts")
    label = _l("Lock")
    icon = "lock"
    danger = True

    def judge(self, rows: Sequence[User], *, user: User, target: Any) -> list[str]:
        return accounts.reasons_against_switching_off(rows, by=user)

    def apply(self, rows: Sequence[User], *, by: User, target: Any, reason: str) -> dict[int, str]:
        return _off(rows, by)

    def undo(self, rows: Sequence[User], *, by: User, target: Any) -> dict[int, str]:
        return _on(rows, by)

    def confirm_words(self, count: int) -> str:
        return ngettext("Lock %(num)s account", "Lock %(num)s accounts", count)

    def ready_words(self, count: int) -> str:
        return ngettext(
            "%(num)s account can be locked and is signed out everywhere",
            "%(num)s accounts can be locked and are signed out everywhere",
            count,
        )

    def done_words(self, count: int) -> str:
        return ngettext("%(num)s account is locked", "%(num)s accounts are locked", count)


@bulk_deed
class SwitchOn(OfAccounts):
    """These accounts may sign in again, with the roles they held."""

    key = "access.switch_on"
    title = _l("Unlock accounts")
    label = _l("Unlock")
    icon = "lock-open"
    active = False

    def judge(self, rows: Sequence[User], *, user: User, target: Any) -> list[str]:
        return _against_on(rows)

    def apply(self, rows: Sequence[User], *, by: User, target: Any, reason: str) -> dict[int, str]:
        return _on(rows, by)

    def undo(self, rows: Sequence[User], *, by: User, target: Any) -> dict[int, str]:
        return _off(rows, by)

    def confirm_words(self, count: int) -> str:
        return ngettext("Unlock %(num)s account", "Unlock %(num)s accounts", count)

    def ready_words(self, count: int) -> str:
        return ngettext("%(num)s account can be unlocked", "%(num)s accounts can be unlocked", count)

    def done_words(self, count: int) -> str:
        return ngettext("%(num)s account is unlocked", "%(num)s accounts are unlocked", count)
