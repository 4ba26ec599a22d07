"""The audit record: who did what and when, and whether the chain still holds."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from flask import render_template, request

from lms import clock
from lms.access import requires
from lms.audit import verify_chain
from lms.audit.models import AuditRow
from lms.db import paginate
from lms.web.routes.blueprint import web


@web.get("/audit")
@requires("platform.audit")
def audit() -> str:
    """Deeds, the latest first; filtered by person, deed and day."""
    wanted = {name: request.args.get(name, "").strip()[:120] for name in ("q", "deed", "from", "to")}
    page = paginate(_deeds(wanted), request.args.get("page", 1, type=int))
    deeds = [row[0] for row in AuditRow.select(AuditRow.deed).distinct().order_by(AuditRow.deed).tuples()]
    return render_template("web/audit.html", page=page, wanted=wanted, deeds=deeds)


@web.get("/audit/check")
@requires("platform.audit")
def audit_check() -> str:
    """Check the whole chain now."""
    broken = verify_chain()
    total = AuditRow.select().count()
    return render_template("web/audit_check.html", broken=broken, total=total, at=clock.now())


def _deeds(wanted: dict[str, str]) -> Any:
    query = AuditRow.select().order_by(AuditRow.number.desc())
    if wanted["q"]:
        query = query.where(
            AuditRow.by_name.contains(wanted["q"]) | AuditRow.object_label.contains(wanted["q"])
        )
    if wanted["deed"]:
        query = query.where(AuditRow.deed == wanted["deed"])
    first, last = _day(wanted["from"]), _day(wanted["to"])
    if first:
        query = query.where(AuditRow.at >= clock.from_local(first))
    if last:
        query = query.where(AuditRow.at < clock.from_local(last + timedelta(days=1)))
    return query


def _day(text: str) -> datetime | None:
    try:
        return datetime.combine(date.fromisoformat(text), datetime.min.time())
    except ValueError:
        return None
