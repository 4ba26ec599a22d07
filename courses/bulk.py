"""Deeds on many learners or sessions of a class at once."""

from __future__ import annotations

from collections.abc import Sequence

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from werkzeug.datastructures import MultiDict

from courses import queries, services
from courses.models import JOINABLE_STATES, ClassSession, Klass, Membership
from courses.queries.telling import told_of_all
from courses.services.learners import must_give_reason
from courses.timetable.reading import weekday_name
from lms import clock
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


@bulk_deed
class CallOff(BulkDeed):
    """Sessions of a class are cancelled; they stay in the list, calendars and people follow."""

    key = "courses.cancel_sessions"
    title = _l("Cancel sessions")
    label = _l("Cancel sessions")
    icon = "ban"
    danger = True
    permission = "courses.manage"

    def target_or_404(self, target: int | None, user: User) -> Klass:
        return queries.class_or_404(target or 0, user)

    def back_url(self, target: int | None) -> str:
        return url_for("courses.sessions", class_id=target)

    def matching(self, arguments: MultiDict[str, str], *, user: User, target: Klass) -> list[int]:
        return [row.id for row in queries.sessions(target) if row.starts_at > clock.now()]

    def rows(self, ids: Sequence[int], *, user: User, target: Klass) -> list[ClassSession]:
        wanted = set(ids)
        return [row for row in queries.sessions(target, cancelled=True) if row.id in wanted]

    def describe(self, row: ClassSession) -> tuple[str, str]:
        starts, ends = clock.local(row.starts_at), clock.local(row.ends_at)
        when = f"{weekday_name(starts.date())}, {starts:%d/%m/%Y} {starts:%H:%M}–{ends:%H:%M}"
        people = [str(row.lecturer) if row.lecturer_id else "", str(row.room) if row.room_id else ""]
        return f"{row.number}. {row.topic}", " · ".join(part for part in (when, *people) if part)

    def judge(self, rows: Sequence[ClassSession], *, user: User, target: Klass) -> list[str]:
        return services.reasons_against_cancelling(target, rows)

    def remark(self, rows: Sequence[ClassSession], *, user: User, target: Klass) -> str:
        told = told_of_all(target, rows)
        if told is None:
            return str(_("Nobody is told: the class is not announced yet, or these sessions are over."))
        learners = ngettext("%(num)s learner", "%(num)s learners", told.learners.people)
        lecturers = ngettext("%(num)s lecturer", "%(num)s lecturers", told.lecturers.people)
        mailed = told.learners.by_mail + told.lecturers.by_mail
        return " · ".join(
            (
                str(
                    _(
                        "These people are told: %(learners)s and %(lecturers)s",
                        learners=learners,
                        lecturers=lecturers,
                    )
                ),
                ngettext("%(num)s by mail too", "%(num)s by mail too", mailed),
            )
        )

    def apply(self, rows: Sequence[ClassSession], *, by: User, target: Klass, reason: str) -> dict[int, str]:
        return services.cancel_sessions(target, [row.id for row in rows], by=by)

    def undo(self, rows: Sequence[ClassSession], *, by: User, target: Klass) -> dict[int, str]:
        return services.restore_sessions(target, [row.id for row in rows], by=by)

    def confirm_words(self, count: int) -> str:
        return ngettext("Cancel %(num)s session", "Cancel %(num)s sessions", count)

    def ready_words(self, count: int) -> str:
        return ngettext("%(num)s session can be cancelled", "%(num)s sessions can be cancelled", count)

    def done_words(self, count: int) -> str:
        return ngettext("%(num)s session is cancelled", "%(num)s sessions are cancelled", count)
