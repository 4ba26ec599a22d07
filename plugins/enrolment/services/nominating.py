"""Agencies put officials forward for a class, one by one; `lists` does it for many at once."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _

from courses.models import Klass
from lms import audit, clock
from lms.access.models import User
from lms.db import atomic, lock
from lms.errors import Conflict, Invalid
from lms.events import publish
from lms.people.models import Official, Organisation
from lms.plugins import check
from lms.text import clean_line
from plugins.enrolment import queries
from plugins.enrolment.events import OfficialsNominated
from plugins.enrolment.models import (
    ACCEPTED,
    REJECTED,
    SUBMITTED,
    WITHDRAWN,
    Nomination,
    NominationStep,
)


class NotEnrolling(Conflict):
    """The class takes no nominations."""

    code = "not_enrolling"


class AlreadyNominated(Conflict):
    """The official stands nominated for this class, or is in it."""

    code = "already_nominated"


class AlreadyDecided(Conflict):
    """The school has decided; the nomination cannot be changed any more."""

    code = "already_decided"


@atomic
def nominate_one(
    klass: Klass, official: Official, organisation: Organisation, *, by: User | None, remark: str = ""
) -> Nomination:
    """Nominate one official on record. Raises NotEnrolling, AlreadyNominated, or Refused by a plugin."""
    klass = must_enrol(klass)
    standing = queries.standing(klass, [official.id]).get(official.id)
    if standing and standing.status in {SUBMITTED, ACCEPTED}:
        raise AlreadyNominated(_("%(name)s is nominated for this class already.", name=official.full_name))
    if queries.learners_among(klass, [official.id]):
        raise AlreadyNominated(_("%(name)s is a learner of this class already.", name=official.full_name))
    check("before_enrol", klass=klass, official=official)
    row = row_of(
        klass, official, organisation, by, position=official.position, unit=official.unit_text, remark=remark
    )
    nomination = submit_again(standing, row) if standing else Nomination.create(**row)
    NominationStep.create(nomination=nomination, status=SUBMITTED, at=row["nominated_at"], by=by)
    audit.record(by, "enrolment.nominated", nomination, class_id=klass.id)
    publish(OfficialsNominated(class_id=klass.id, organisation_id=organisation.id, count=1))
    return nomination


@atomic
def withdraw(nomination: Nomination, *, by: User, reason: str) -> Nomination:
    """Take a nomination back while the school has not decided. Raises AlreadyDecided, Invalid without a reason."""
    reason = must_give_reason(reason)
    nomination = lock(nomination)
    if nomination.status != SUBMITTED:
        raise AlreadyDecided(
            _("The school has decided on this nomination. Ask the academic officer to change it.")
        )
    take_step(nomination, WITHDRAWN, by=by, reason=reason)
    audit.record(by, "enrolment.withdrawn", nomination, reason=reason)
    return nomination


def must_enrol(klass: Klass) -> Klass:
    """The class, locked. Raises NotEnrolling unless it takes nominations."""
    state = lock(klass).state
    if state != "enrolling":
        raise NotEnrolling(_("“%(klass)s” takes no nominations now.", klass=klass.title))
    return klass


def must_give_reason(reason: str) -> str:
    """A reason as one clean line. Raises Invalid when it says nothing."""
    reason = clean_line(reason)[:400]
    if len(reason) < 3:
        raise Invalid(fields={"reason": _("Give a reason; the agency sees it.")})
    return reason


def take_step(nomination: Nomination, status: str, *, by: User | None, reason: str = "") -> None:
    """Add a dated fact to a nomination and let it stand in the row."""
    now = clock.now()
    nomination.status, nomination.reason, nomination.decided_at = status, reason, now
    nomination.save(only=[Nomination.status, Nomination.reason, Nomination.decided_at])
    NominationStep.create(nomination=nomination, status=status, at=now, by=by, reason=reason)


def row_of(
    klass: Klass,
    official: Official,
    organisation: Organisation,
    by: User | None,
    *,
    position: str = "",
    unit: str = "",
    remark: str = "",
    decision: tuple[str, date | None] = ("", None),
) -> dict[str, Any]:
    """A new nomination as it is stored, submitted now."""
    now: datetime = clock.now()
    return {
        "klass": klass.id,
        "official": official.id,
        "organisation": organisation.id,
        "status": SUBMITTED,
        "position": clean_line(position)[:200],
        "unit_text": clean_line(unit)[:200],
        "remark": clean_line(remark)[:400],
        "decision_number": decision[0][:60],
        "decision_date": decision[1],
        "nominated_by": by.id if by else None,
        "nominated_at": now,
        "decided_at": None,
        "reason": "",
    }


def submit_again(nomination: Nomination, values: dict[str, Any]) -> Nomination:
    """A rejected or withdrawn nomination put forward once more; its earlier steps stay."""
    if nomination.status not in {REJECTED, WITHDRAWN}:
        raise AlreadyNominated(
            _("%(name)s is nominated for this class already.", name=nomination.official.full_name)
        )
    Nomination.update(**values).where(Nomination.id == nomination.id).execute()
    return Nomination.get_by_id(nomination.id)
