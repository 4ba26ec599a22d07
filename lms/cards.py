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
from lms.importing import drafts
from lms.people.merging import duplicates
from lms.people.models import Official, Organisation
from lms.people.privacy.models import DataRequest
from lms.people.staff.models import StaffList

#: Deeds the card names; the record has all.
LATEST = 5
#: What a line says of a staff list, without its sealed rows.
SENT = (StaffList.id, StaffList.organisation, StaffList.filename, StaffList.sent_at, StaffList.counts)


def records_card(user: Any) -> list[HomeCard]:
    """Staff lists, possible duplicates and requests on personal data that wait for this user; nothing when he or she
    answers none of them."""
    context: dict[str, Any] = {}
    if can(user, "people.staff_approve"):
        waiting = StaffList.select(*SENT, Organisation).join(Organisation).where(StaffList.state == "waiting")
        waiting = scope.limit(waiting, StaffList.organisation, user, "people.staff_approve")
        context["lists"] = waiting.count()
        context["oldest"] = list(waiting.order_by(StaffList.sent_at, StaffList.id).limit(LATEST))
    if can(user, "people.merge"):
        context["pairs"] = duplicates.pairs(user).count()
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


def imports_card(user: Any) -> list[HomeCard]:
    """Lists this user checked and has not applied; nothing when there are none."""
    rows = drafts.not_applied(user).limit(LATEST)
    if not (found := list(rows)):
        return []
    return [
        HomeCard(_("Lists you have not applied yet"), "web/imports_card.html", {"drafts": found}, weight=32)
    ]


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
