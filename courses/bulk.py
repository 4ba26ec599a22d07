"""Deeds on many learners of a class at once."""

from __future__ import annotations

from collections.abc import Sequence

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from werkzeug.datastructures import MultiDict

from courses import queries, services
from courses.models import JOINABLE_STATES, Klass, Membership
from courses.services.learners import must_give_reason
from lms.access.models import User
from lms.bulk import BulkDeed, bulk_deed
from lms.db import atomic
from lms.errors import Conflict, Refused


@bulk_deed
class TakeOut(BulkDeed):
    """Learners leave the class, with one reason for all; marks and scores stay on record."""

    key = "courses.take_out"
    title = _l("Take learners out of the class")
    label = _l("Take out")
    icon = "user-x"
    danger = True
    permission = "courses.manage"
    wants_reason = True
    reason_hint = _l("It stays on record with the class; marks and scores stay too.")

    def target_or_404(self, target: int | None, user: User) -> Klass:
        return queries.class_or_404(target or 0, user)

    def back_url(self, target: int | None) -> str:
        return url_for("courses.learners", class_id=target)

    def matching(self, arguments: MultiDict[str, str], *, user: User, target: Klass) -> list[int]:
        return [row.id for row in queries.learners_for(target, user)]

    def rows(self, ids: Sequence[int], *, user: User, target: Klass) -> list[Membership]:
        wanted = set(ids)
        return [row for row in queries.learners(target, left=True) if row.id in wanted]

    def describe(self, row: Membership) -> tuple[str, str]:
        return str(row.official.full_name), str(row.official.organisation.name)

    def judge(self, rows: Sequence[Membership], *, user: User, target: Klass) -> list[str]:
        if target.state not in JOINABLE_STATES:
            return [_("The class is under review or over; nobody leaves it any more.")] * len(rows)
        return [_("Has left the class already.") if row.left_at else "" for row in rows]

    def check_reason(self, reason: str) -> str:
        return must_give_reason(reason)

    def apply(self, rows: Sequence[Membership], *, by: User, target: Klass, reason: str) -> dict[int, str]:
        for row in rows:
            services.remove_learner(target, row.official, reason, by=by)
        return {}

    def undo(self, rows: Sequence[Membership], *, by: User, target: Klass) -> dict[int, str]:
        stayed: dict[int, str] = {}
        for row in rows:
            try:
                with atomic():
                    services.add_learner(target, row.official, by=by)
            except (Conflict, Refused) as problem:
                stayed[row.id] = str(problem)
        return stayed

    def confirm_words(self, count: int) -> str:
        return ngettext("Take %(num)s learner out", "Take %(num)s learners out", count)

    def ready_words(self, count: int) -> str:
        return ngettext("%(num)s learner can be taken out", "%(num)s learners can be taken out", count)

    def done_words(self, count: int) -> str:
        return ngettext("%(num)s learner has left the class", "%(num)s learners have left the class", count)
