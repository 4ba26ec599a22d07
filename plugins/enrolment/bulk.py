"""Deciding many nominations of a class at once."""

from __future__ import annotations

from collections.abc import Sequence

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from werkzeug.datastructures import MultiDict

from courses import queries as courses
from courses.models import Klass
from lms.access.models import User
from lms.bulk import BulkDeed, bulk_deed
from plugins.enrolment import queries
from plugins.enrolment.models import SUBMITTED, Nomination
from plugins.enrolment.services import deciding
from plugins.enrolment.services.nominating import must_give_reason


class OfNominations(BulkDeed):
    """What both decisions share: the waiting nominations of one class, as filtered on its page."""

    permission = "enrolment.decide"

    def target_or_404(self, target: int | None, user: User) -> Klass:
        return courses.class_or_404(target or 0, user)

    def back_url(self, target: int | None) -> str:
        return url_for("enrolment.of_class", class_id=target)

    def matching(self, arguments: MultiDict[str, str], *, user: User, target: Klass) -> list[int]:
        query = queries.of_class_filtered(target, arguments)
        return [one.id for one in query.where(Nomination.status == SUBMITTED)]

    def rows(self, ids: Sequence[int], *, user: User, target: Klass) -> list[Nomination]:
        return queries.chosen(target, ids)

    def describe(self, row: Nomination) -> tuple[str, str]:
        return str(row.official.full_name), " · ".join(
            str(part) for part in (row.position, row.organisation.name) if part
        )

    def undo(self, rows: Sequence[Nomination], *, by: User, target: Klass) -> dict[int, str]:
        stayed = deciding.take_back(target, [row.id for row in rows], by=by)
        return {one.nomination.id: one.reason for one in stayed}


@bulk_deed
class Accept(OfNominations):
    """Let nominated officials into the class."""

    key = "enrolment.accept"
    title = _l("Accept nominations")
    label = _l("Accept")

    def judge(self, rows: Sequence[Nomination], *, user: User, target: Klass) -> list[str]:
        return deciding.reasons_against(target, rows)

    def apply(self, rows: Sequence[Nomination], *, by: User, target: Klass, reason: str) -> dict[int, str]:
        done = deciding.accept(target, [row.id for row in rows], by=by)
        return {one.nomination.id: one.reason for one in done.blocked}

    def confirm_words(self, count: int) -> str:
        return ngettext("Accept %(num)s official", "Accept %(num)s officials", count)

    def ready_words(self, count: int) -> str:
        return ngettext("%(num)s official can come into the class", "%(num)s officials can come into the class", count)  # fmt: skip

    def done_words(self, count: int) -> str:
        return ngettext("%(num)s official accepted into the class", "%(num)s officials accepted into the class", count)  # fmt: skip


@bulk_deed
class Reject(OfNominations):
    """Turn nominations down, with one reason for all."""

    key = "enrolment.reject"
    title = _l("Reject nominations")
    label = _l("Reject")
    icon = "x"
    danger = True
    wants_reason = True
    reason_hint = _l("The agency reads it.")

    def judge(self, rows: Sequence[Nomination], *, user: User, target: Klass) -> list[str]:
        return ["" if row.status == SUBMITTED else _("Decided already.") for row in rows]

    def check_reason(self, reason: str) -> str:
        return must_give_reason(reason)

    def apply(self, rows: Sequence[Nomination], *, by: User, target: Klass, reason: str) -> dict[int, str]:
        deciding.reject(target, [row.id for row in rows], by=by, reason=reason)
        return {}

    def confirm_words(self, count: int) -> str:
        return ngettext("Reject %(num)s nomination", "Reject %(num)s nominations", count)

    def ready_words(self, count: int) -> str:
        return ngettext("%(num)s nomination can be rejected", "%(num)s nominations can be rejected", count)

    def done_words(self, count: int) -> str:
        return ngettext("%(num)s nomination rejected", "%(num)s nominations rejected", count)
