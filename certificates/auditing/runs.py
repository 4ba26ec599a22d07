"""Audits as background work: started by an inspector or the timetable, the last result for the page, the alarm."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from certificates.models import Certificate
from lms import audit, jobs
from lms.access import can
from lms.access.grants import roles_of
from lms.access.models import Role, User, UserRole
from lms.db import atomic
from lms.jobs import JobRun
from lms.notify import notify

KIND = "certificates.audit"


@atomic
def start(*, by: User | None) -> JobRun | None:
    """Queue an audit; None when there is nothing to audit. One that waits or runs is returned as it is."""
    waiting: JobRun | None = (
        JobRun.select().where(JobRun.kind == KIND, JobRun.state.in_(("queued", "running"))).first()
    )
    if waiting is not None:
        return waiting
    if not Certificate.select().exists():
        return None
    run = jobs.start(KIND, title=_("Audit of the register of certificates"), by=by)
    if by is not None:
        audit.record(by, "certificates.audit_started")
    return run


def last() -> JobRun | None:
    """The last audit that came to its end."""
    found: JobRun | None = (
        JobRun.select().where(JobRun.kind == KIND, JobRun.state == "done").order_by(JobRun.id.desc()).first()
    )
    return found


def under_way() -> JobRun | None:
    """The audit that waits or runs now."""
    found: JobRun | None = (
        JobRun.select().where(JobRun.kind == KIND, JobRun.state.in_(("queued", "running"))).first()
    )
    return found


@atomic
def tell(run: JobRun, result: dict[str, Any]) -> None:
    """Everybody who inspects hears of an audit that found something."""
    total = int(result["total"])
    if not total:
        return
    audit.record(None, "certificates.audit_alarm", total=total)
    notify(
        _inspectors(),
        "certificates.alarms",
        _l("The audit of the register of certificates found rows that are not as they were"),
        ngettext(
            "%(num)s row differs from what was signed, numbered or logged. Do not repair anything before it is looked at.",
            "%(num)s rows differ from what was signed, numbered or logged. Do not repair anything before they are looked at.",
            total,
        ),
        "/certificates/audit",
        key=f"audit:{run.id}",
    )


def _inspectors() -> list[User]:
    holders = UserRole.select(UserRole.user).join(Role).where(Role.name.in_(list(roles_of(KIND)) or [""]))
    active = User.select().where(User.active, User.id.in_(holders))  # type: ignore[attr-defined]
    return [user for user in active if can(user, KIND)]
