"""Who comes into a class and who leaves it."""

from __future__ import annotations

from flask_babel import gettext as _

from courses.events import LearnerJoined, LearnerLeft
from courses.models import JOINABLE_STATES, Klass, Membership, MembershipChange
from courses.queries import learner_count, membership_or_404
from courses.services.classes import must_be
from lms import audit, clock, text
from lms.access.models import User
from lms.db import atomic, lock
from lms.errors import Conflict, Invalid
from lms.events import publish
from lms.people.models import Official
from lms.plugins import check


class SeatsFull(Conflict):
    """Every seat of the class is taken."""

    code = "seats_full"


class AlreadyIn(Conflict):
    """The official is in the class already."""

    code = "already_in"


@atomic
def add_learner(klass: Klass, official: Official, *, by: User | None) -> Membership:
    """Take an official into a class; somebody who had left comes back into the same row.

    Every plugin may veto (`before_enrol`). Raises WrongState, AlreadyIn, SeatsFull, Refused. Publishes LearnerJoined.
    """
    klass = lock(klass)
    must_be(klass, *JOINABLE_STATES)
    known = Membership.get_or_none(Membership.klass == klass, Membership.official == official)
    if known is not None and known.left_at is None:
        raise AlreadyIn(_("%(name)s is already in the class.", name=official.full_name))
    if not official.active:
        raise Conflict(_("%(name)s is no longer in service.", name=official.full_name), code="not_in_service")
    if klass.capacity and learner_count(klass) >= klass.capacity:
        raise SeatsFull(_("The class is full: all %(seats)d seats are taken.", seats=klass.capacity))
    check("before_enrol", klass=klass, official=official)
    membership = _join(klass, official, known)
    MembershipChange.create(membership=membership, kind="joined", by=getattr(by, "id", None))
    audit.record(by, "courses.learner_joined", klass, official_id=official.id)
    publish(LearnerJoined(class_id=klass.id, official_id=official.id))
    return membership


@atomic
def remove_learner(klass: Klass, official: Official, reason: str, *, by: User | None) -> Membership:
    """Let a learner leave, with a reason; marks and scores stay on record.

    Raises NotFound, WrongState once results are under review, Invalid without a reason. Publishes LearnerLeft.
    """
    klass = lock(klass)
    must_be(klass, *JOINABLE_STATES)
    membership = membership_or_404(klass, official)
    reason = must_give_reason(reason)
    if membership.left_at is not None:
        raise Conflict(
            _("%(name)s has already left the class.", name=official.full_name), code="already_left"
        )
    membership.left_at, membership.left_reason = clock.now(), reason
    membership.save(only=[Membership.left_at, Membership.left_reason])
    MembershipChange.create(membership=membership, kind="left", by=getattr(by, "id", None), reason=reason)
    audit.record(by, "courses.learner_left", klass, official_id=official.id, reason=reason)
    publish(LearnerLeft(class_id=klass.id, official_id=official.id))
    return membership


def must_give_reason(reason: str) -> str:
    """A reason as one clean line. Raises Invalid when it says nothing."""
    reason = text.clean_line(reason)[:400]
    if len(reason) < 3:
        raise Invalid(fields={"reason": _("Please give a reason.")})
    return reason


def _join(klass: Klass, official: Official, known: Membership | None) -> Membership:
    if known is None:
        return Membership.create(klass=klass, official=official)  # type: ignore[no-any-return]
    known.joined_at, known.left_at, known.left_reason = clock.now(), None, ""
    known.save(only=[Membership.joined_at, Membership.left_at, Membership.left_reason])
    return known
