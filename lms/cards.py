"""The kernel's own cards of the home pages: what waits on people's records, and what the audit record heard last."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from lms import clock
from lms.access import can, scope
from lms.answers import HomeCard
from lms.audit import queries as deeds
from lms.audit.models import AuditRow
from lms.audit.queries import Wanted
from lms.audit.words import told
from lms.people.models import Official
from lms.people.privacy.models import DataRequest
from lms.people.staff.models import StaffList

#: Deeds the card names; the record has all.
LATEST = 5


def records_card(user: Any) -> list[HomeCard]:
    """Staff lists and requests on personal data that wait for this user; nothing when he or she answers neither."""
    context: dict[str, Any] = {}
    if can(user, "people.staff_approve"):
        waiting = StaffList.select().where(StaffList.state == "waiting")
        context["lists"] = scope.limit(waiting, StaffList.organisation, user, "people.staff_approve").count()
    if can(user, "people.privacy"):
        query = DataRequest.select().join(Official).where(DataRequest.state.in_(("open", "proposed")))
        query = scope.limit(query, Official.organisation, user, "people.privacy")
        context["requests"] = query.count()
        context["late"] = (
            query.where(DataRequest.due_on < clock.today()).count() if context["requests"] else 0
        )
    if not context:
        return []
    return [HomeCard(_("Records of people"), "people/home_records.html", context, weight=30, wide=True)]


def audit_card(user: Any) -> list[HomeCard]:
    """For who reads the audit record without running the platform: how long it is, and the latest deeds in words."""
    if not can(user, "platform.audit") or can(user, "platform.plugins"):
        return []
    today = clock.today()
    context = {
        "total": AuditRow.select().count(),
        "today": deeds.deeds(Wanted(first=today, last=today)).count(),
        "day": today,
        "latest": told(deeds.deeds(Wanted()).limit(LATEST)),
    }
    return [HomeCard(_("Audit record"), "web/audit_card.html", context, weight=5, wide=True)]
