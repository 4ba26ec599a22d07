"""Deeds on many certificates of a class at once."""

from __future__ import annotations

from collections.abc import Sequence

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from werkzeug.datastructures import MultiDict

from certificates import queries, services
from certificates.models import Certificate
from certificates.register import decisions
from certificates.register.models import Order
from certificates.services import deciding
from courses.queries import class_or_404
from lms.access.models import User
from lms.bulk import BulkDeed, bulk_deed


@bulk_deed
class NameInOrder(BulkDeed):
    """Certificates are named in a decision that revokes them; a second person agrees once for all."""

    key = "certificates.name_in_order"
    title = _l("Revoke several certificates of a class")
    label = _l("Revoke")
    icon = "ban"
    danger = True
    permission = "certificates.decide"
    can_undo = False

    def target_or_404(self, target: int | None, user: User) -> Order:
        order = decisions.order_or_404(target or 0)
        class_or_404(order.klass_id, user)
        return order

    def back_url(self, target: int | None) -> str:
        return url_for("certificates.order", order_id=target)

    def matching(self, arguments: MultiDict[str, str], *, user: User, target: Order) -> list[int]:
        return [row.id for row in queries.of_class(target.klass)]

    def rows(self, ids: Sequence[int], *, user: User, target: Order) -> list[Certificate]:
        wanted = set(ids)
        return [row for row in queries.of_class(target.klass) if row.id in wanted]

    def describe(self, row: Certificate) -> tuple[str, str]:
        return str(row.name), f"{row.serial} · {row.register_text}"

    def judge(self, rows: Sequence[Certificate], *, user: User, target: Order) -> list[str]:
        if target.done_at:
            return [_("The decision is carried out already.")] * len(rows)
        return deciding.reasons_against(rows, target, user)

    def remark(self, rows: Sequence[Certificate], *, user: User, target: Order) -> str:
        return _("Nothing is revoked before a second person has agreed. Revoking is final.")

    def apply(self, rows: Sequence[Certificate], *, by: User, target: Order, reason: str) -> dict[int, str]:
        return services.name_in_order(target, rows, by=by)

    def confirm_words(self, count: int) -> str:
        return ngettext("Ask to revoke %(num)s certificate", "Ask to revoke %(num)s certificates", count)

    def ready_words(self, count: int) -> str:
        return ngettext("%(num)s certificate can be revoked", "%(num)s certificates can be revoked", count)

    def done_words(self, count: int) -> str:
        return ngettext(
            "%(num)s certificate is named and waits for the second person",
            "%(num)s certificates are named and wait for the second person",
            count,
        )
