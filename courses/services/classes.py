"""The life of a class: draft → enrolling → running → reviewing → closed, or cancelled."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from peewee import fn

from courses import queries, review
from courses.events import ClassCancelled, ClassClosed, ClassStarted, ReviewStarted
from courses.models import ClassSession, ClassStateChange, Klass, Lecturer, ProgrammeVersion, Result
from courses.review import LearnerReview, Verdict
from courses.services.facts import class_values
from lms import audit, clock, text
from lms.access.models import User
from lms.db import atomic, insert_many, lock
from lms.errors import Conflict, Invalid
from lms.events import publish
from lms.people.models import Organisation
from lms.plugins import Refused

STATE_NAMES = {
    "draft": _l("Draft"),
    "enrolling": _l("Enrolling"),
    "running": _l("Teaching"),
    "reviewing": _l("Under review"),
    "closed": _l("Closed"),
    "cancelled": _l("Cancelled"),
}

#: From which states a class may come into each state.
COMES_FROM = {
    "enrolling": ("draft",),
    "running": ("enrolling", "reviewing"),
    "reviewing": ("running",),
    "closed": ("reviewing",),
    "cancelled": ("draft", "enrolling", "running"),
}


class WrongState(Conflict):
    """The class is not in a state in which this can be done."""

    code = "wrong_state"


class ClosingBlocked(Refused):
    """The closing checklist still has open lines; `details["checks"]` names them."""

    code = "closing_blocked"


@atomic
def open_class(
    code: str,
    title: str,
    programme_version: ProgrammeVersion,
    organiser: Organisation,
    *,
    by: User | None,
    starts_on: date | None = None,
    ends_on: date | None = None,
    place: str = "",
    capacity: int | None = None,
    homeroom_lecturer: Lecturer | None = None,
) -> Klass:
    """Open a class as a draft. Raises Invalid naming the field: code taken, dates reversed, programme not in force."""
    values = class_values(
        None,
        code,
        title,
        programme_version,
        organiser,
        starts_on,
        ends_on,
        place,
        capacity,
        homeroom_lecturer,
    )
    klass = Klass.create(**values)
    _enter(klass, "draft", by)
    audit.record(by, "courses.class_opened", klass, code=klass.code)
    return klass


@atomic
def change_class(
    klass: Klass,
    *,
    by: User,
    code: str,
    title: str,
    programme_version: ProgrammeVersion,
    organiser: Organisation,
    starts_on: date | None,
    ends_on: date | None,
    place: str,
    capacity: int | None,
    homeroom_lecturer: Lecturer | None,
) -> Klass:
    """Change the facts of a class. Raises Invalid as `open_class` does, WrongState once results are under review.

    The programme version is pinned as soon as enrolment begins: learners were called for that programme.
    """
    klass = lock(klass)
    must_be(klass, "draft", "enrolling", "running")
    if klass.state != "draft" and programme_version.id != klass.programme_version_id:
        raise Invalid(
            fields={"programme_version": _("Enrolment has begun, so the programme can no longer change.")}
        )
    values = class_values(
        klass,
        code,
        title,
        programme_version,
        organiser,
        starts_on,
        ends_on,
        place,
        capacity,
        homeroom_lecturer,
    )
    if capacity and capacity < (count := queries.learner_count(klass)):
        raise Invalid(fields={"capacity": _("%(count)d learners are already in the class.", count=count)})
    changed = [name for name, value in values.items() if klass.__data__[name] != getattr(value, "id", value)]
    Klass.update(**values).where(Klass.id == klass.id).execute()
    audit.record(by, "courses.class_changed", klass, changed=sorted(set(changed) - {"search_folded"}))
    return queries.class_or_404(klass.id)


@atomic
def announce(klass: Klass, *, by: User | None) -> Klass:
    """Call for enrolment (chiêu sinh). Raises WrongState, Conflict while the class has no dates."""
    klass = lock(klass)
    _must_come_from(klass, "enrolling")
    if not (klass.starts_on and klass.ends_on):
        raise Conflict(_("Please give the first and last day of the class before calling for enrolment."))
    _move(klass, "enrolling", by)
    return klass


@atomic
def start(klass: Klass, *, by: User | None) -> Klass:
    """Begin teaching. Raises WrongState, Conflict while there are no learners or no sessions. Publishes ClassStarted."""
    klass = lock(klass)
    must_be(klass, "enrolling")
    if not queries.learner_count(klass):
        raise Conflict(_("Nobody is in the class yet. Please add learners first."))
    if not ClassSession.select().where(queries.live(klass)).exists():
        raise Conflict(_("The class has no sessions yet. Please import the timetable first."))
    _move(klass, "running", by)
    publish(ClassStarted(class_id=klass.id))
    return klass


@atomic
def start_review(klass: Klass, *, by: User | None) -> Klass:
    """End teaching and begin the review (xét điều kiện). Raises WrongState, Conflict while sessions are still to come.

    Publishes ReviewStarted.
    """
    klass = lock(klass)
    _must_come_from(klass, "reviewing")
    to_come = (
        ClassSession.select(fn.COUNT(ClassSession.id))
        .where(queries.live(klass), ClassSession.starts_at > clock.now())
        .scalar()
    )
    if to_come:
        raise Conflict(
            ngettext(
                "%(num)d session is still to come. Hold it or cancel it first.",
                "%(num)d sessions are still to come. Hold them or cancel them first.",
                to_come,
            )
        )
    _move(klass, "reviewing", by)
    publish(ReviewStarted(class_id=klass.id))
    return klass


@atomic
def reopen(klass: Klass, reason: str, *, by: User) -> Klass:
    """Go back from the review to teaching, with a reason. Raises WrongState, Invalid without a reason."""
    klass = lock(klass)
    must_be(klass, "reviewing")
    _move(klass, "running", by, _reason(reason))
    return klass


@atomic
def close_class(klass: Klass, *, by: User | None) -> Klass:
    """Close the class: freeze every learner's result, then announce it (ClassClosed).

    Asks every plugin for its closing checks; raises ClosingBlocked naming the lines that are still open,
    WrongState when the class is not under review.
    """
    klass = lock(klass)
    _must_come_from(klass, "closed")
    klass = queries.class_or_404(klass.id)
    if open_lines := review.blockers(review.closing_checks(klass)):
        titles = "; ".join(str(check.title) for check in open_lines)
        raise ClosingBlocked(
            _("The class cannot be closed yet: %(titles)s.", titles=titles),
            checks=[check.code for check in open_lines],
        )
    reviews = review.judge(klass, queries.learners(klass))
    _freeze(klass, reviews)
    completed = sum(one.verdict is Verdict.COMPLETE for one in reviews)
    now = clock.now()
    Klass.update(closed_at=now).where(Klass.id == klass.id).execute()
    klass.closed_at = now
    _move(klass, "closed", by, completed=completed, learners=len(reviews))
    publish(ClassClosed(class_id=klass.id))
    return klass


@atomic
def cancel_class(klass: Klass, reason: str, *, by: User) -> Klass:
    """Call a class off, with a reason. Raises WrongState once results are under review, Invalid without a reason."""
    klass = lock(klass)
    _must_come_from(klass, "cancelled")
    _move(klass, "cancelled", by, _reason(reason))
    publish(ClassCancelled(class_id=klass.id))
    return klass


def must_be(klass: Klass, *states: str) -> None:
    """Raise WrongState unless the class is in one of the states."""
    if klass.state not in states:
        raise WrongState(
            _(
                "This cannot be done while the class is “%(state)s”.",
                state=str(STATE_NAMES[klass.state]).lower(),
            ),
            state=klass.state,
        )


def _must_come_from(klass: Klass, state: str) -> None:
    must_be(klass, *COMES_FROM[state])


def _move(klass: Klass, state: str, by: User | None, reason: str = "", **details: Any) -> None:
    before, klass.state = klass.state, state
    Klass.update(state=state).where(Klass.id == klass.id).execute()
    _enter(klass, state, by, reason)
    audit.record(
        by,
        f"courses.class_{state}",
        klass,
        before=before,
        **({"reason": reason} if reason else {}),
        **details,
    )


def _enter(klass: Klass, state: str, by: User | None, reason: str = "") -> None:
    ClassStateChange.create(klass=klass, state=state, by=getattr(by, "id", None), reason=reason)


def _freeze(klass: Klass, reviews: list[LearnerReview]) -> None:
    """Write one result per learner; the evidence as it was shown stays whatever happens to its sources."""
    rule = queries.certificate_rule(klass)
    now = clock.now()
    insert_many(
        Result,
        [
            {
                "membership": one.membership.id,
                "completed": one.verdict is Verdict.COMPLETE,
                "conditions": review.evidence(one),
                "rule_id": rule.id if rule else "",
                "decided_at": now,
            }
            for one in reviews
        ],
    )


def _reason(reason: str) -> str:
    reason = text.clean_line(reason)[:400]
    if len(reason) < 3:
        raise Invalid(fields={"reason": _("Please give a reason.")})
    return reason
