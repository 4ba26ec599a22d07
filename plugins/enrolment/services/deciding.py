"""The school decides on nominations: one by one or many at once, with a dry run before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from courses.models import Klass
from courses.services import add_learner, remove_learner
from lms import audit
from lms.access.models import User
from lms.db import atomic, lock
from lms.errors import Conflict, Invalid, Refused
from lms.events import publish
from lms.plugins import check
from plugins.enrolment import queries
from plugins.enrolment.events import DecisionsTakenBack, NominationsDecided
from plugins.enrolment.models import ACCEPTED, REJECTED, SUBMITTED, Nomination
from plugins.enrolment.services.nominating import must_give_reason, take_step


@dataclass(frozen=True)
class Blocked:
    """A nomination that cannot be accepted, and why."""

    nomination: Nomination
    reason: str


@dataclass(frozen=True)
class Plan:
    """What accepting would do: who would come in, who not and why, and how many seats remain."""

    ready: list[Nomination]
    blocked: list[Blocked]
    seats_left: int | None


def plan_acceptance(klass: Klass, ids: Iterable[int]) -> Plan:
    """Try an acceptance without writing. Ids that are not of this class are left out."""
    return _plan(klass, queries.chosen(klass, ids))


def _plan(klass: Klass, chosen: list[Nomination]) -> Plan:
    learners = queries.learners_among(klass, [nomination.official_id for nomination in chosen])
    left = queries.line(klass).seats_left
    ready: list[Nomination] = []
    blocked: list[Blocked] = []
    for nomination in chosen:
        reason = _reason_against(klass, nomination, learners)
        if not reason and left is not None and len(ready) >= left:
            reason = _("No seat is left in the class.")
        if reason:
            blocked.append(Blocked(nomination, reason))
        else:
            ready.append(nomination)
    return Plan(ready, blocked, None if left is None else left - len(ready))


def reasons_against(klass: Klass, nominations: Sequence[Nomination]) -> list[str]:
    """Why each of these nominations cannot be accepted, seats in their order; empty when it can."""
    blocked = {one.nomination.id: one.reason for one in _plan(klass, list(nominations)).blocked}
    return [blocked.get(nomination.id, "") for nomination in nominations]


def _reason_against(klass: Klass, nomination: Nomination, learners: set[int]) -> str:
    if nomination.status != SUBMITTED:
        return str(_("Decided already."))
    if nomination.official_id in learners:
        return str(_("Is a learner of this class already."))
    try:
        check("before_enrol", klass=klass, official=nomination.official)
    except Refused as veto:
        return str(veto)
    return ""


@dataclass(frozen=True)
class Accepted:
    """What an acceptance did."""

    joined: list[Nomination]
    blocked: list[Blocked]


@atomic
def accept(klass: Klass, ids: Iterable[int], *, by: User) -> Accepted:
    """Let nominated officials into the class; those who cannot come in stay waiting, with the reason.

    Raises Invalid when nobody was chosen.
    """
    klass = lock(klass)
    chosen = queries.chosen(klass, ids)
    if not chosen:
        raise Invalid(_("Nobody was chosen."))
    joined: list[Nomination] = []
    blocked: list[Blocked] = []
    for nomination in chosen:
        try:
            _admit(klass, nomination, by)
        except Conflict as problem:
            blocked.append(Blocked(nomination, str(problem)))
        else:
            joined.append(nomination)
    if joined:
        audit.record(by, "enrolment.accepted", klass, count=len(joined), nominations=[n.id for n in joined])
        decided = ",".join(str(nomination.id) for nomination in joined)
        publish(NominationsDecided(class_id=klass.id, accepted=len(joined), rejected=0, nominations=decided))
    return Accepted(joined, blocked)


@atomic
def _admit(klass: Klass, nomination: Nomination, by: User) -> None:
    if nomination.status != SUBMITTED:
        raise Conflict(_("Decided already."))
    add_learner(klass, nomination.official, by=by)
    take_step(nomination, ACCEPTED, by=by)


@atomic
def reject(klass: Klass, ids: Iterable[int], *, by: User, reason: str) -> int:
    """Turn nominations down with one reason; returns how many. Raises Invalid without a reason or a choice."""
    reason = must_give_reason(reason)
    klass = lock(klass)
    waiting = [nomination for nomination in queries.chosen(klass, ids) if nomination.status == SUBMITTED]
    if not waiting:
        raise Invalid(_("None of the chosen nominations is waiting for a decision."))
    for nomination in waiting:
        take_step(nomination, REJECTED, by=by, reason=reason)
    audit.record(by, "enrolment.rejected", klass, count=len(waiting), reason=reason)
    decided = ",".join(str(nomination.id) for nomination in waiting)
    publish(NominationsDecided(class_id=klass.id, accepted=0, rejected=len(waiting), nominations=decided))
    return len(waiting)


@atomic
def take_back(klass: Klass, ids: Iterable[int], *, by: User) -> list[Blocked]:
    """Let decided nominations wait again; who was accepted leaves the class. Answers those that stay decided, and why."""
    klass = lock(klass)
    blocked: list[Blocked] = []
    again: list[Nomination] = []
    for nomination in queries.chosen(klass, ids):
        try:
            _reopen(klass, nomination, by)
        except (Conflict, Invalid) as problem:
            blocked.append(Blocked(nomination, str(problem)))
        else:
            again.append(nomination)
    if again:
        audit.record(by, "enrolment.taken_back", klass, count=len(again), nominations=[n.id for n in again])
        publish(DecisionsTakenBack(klass.id, ",".join(str(nomination.id) for nomination in again)))
    return blocked


@atomic
def _reopen(klass: Klass, nomination: Nomination, by: User) -> None:
    if nomination.status not in {ACCEPTED, REJECTED}:
        raise Conflict(_("Is not decided any more."))
    if nomination.status == ACCEPTED:
        remove_learner(klass, nomination.official, str(_("The decision was taken back")), by=by)
    take_step(nomination, SUBMITTED, by=by)
    nomination.decided_at = None
    nomination.save(only=[Nomination.decided_at])
