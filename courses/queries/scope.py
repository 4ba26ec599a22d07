"""Which classes a user sees: the one place that decides it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from peewee import Case, fn

from courses.models import ClassSession, Klass, Lecturer, Membership, Programme, ProgrammeVersion
from lms import clock, text
from lms.access import can, scope
from lms.access.models import User
from lms.errors import NotFound
from lms.people.models import Official, Organisation


def classes() -> Any:
    """Every class with its programme and organiser loaded."""
    return (
        Klass.select(Klass, ProgrammeVersion, Programme, Organisation)
        .join(ProgrammeVersion)
        .join(Programme)
        .switch(Klass)
        .join(Organisation)
    )


def classes_for(user: User, *, search: str = "", state: str = "") -> Any:
    """Classes the user may see, newest first; `search` in code and title without accents.

    School, Department and inspection see all; a training officer sees classes with own officials and those
    open for enrolment; a lecturer those with own sessions; a trainee own classes.
    """
    query = classes().order_by(Klass.starts_on.is_null().desc(), Klass.starts_on.desc(), Klass.id.desc())
    where = visible(user)
    if where is not None:
        query = query.where(where)
    if state:
        query = query.where(Klass.state == state)
    for word in text.fold(search).split():
        query = query.where(Klass.search_folded.contains(word))
    return query


def visible(user: User) -> Any:
    """The condition on Klass that keeps to the user's scope; None when everything is visible."""
    if scope.organisations(user, "courses.view") is scope.ALL:
        return None
    where: Any = Klass.id == -1
    if can(user, "courses.view"):
        own = scope.limit(
            Membership.select(Membership.klass).join(Official), Official.organisation, user, "courses.view"
        )
        where = where | (Klass.state == "enrolling") | Klass.id.in_(own)
    if can(user, "courses.teach"):
        where = where | Klass.id.in_(
            ClassSession.select(ClassSession.klass)
            .join(Lecturer)
            .where(Lecturer.user == user.id, ClassSession.cancelled_at.is_null())
        )
        where = where | Klass.homeroom_lecturer.in_(
            Lecturer.select(Lecturer.id).where(Lecturer.user == user.id)
        )
    if can(user, "courses.learn") and user.official_id:
        where = where | Klass.id.in_(
            Membership.select(Membership.klass).where(
                Membership.official == user.official_id, Membership.left_at.is_null()
            )
        )
    return where


def under_way(user: User, *, limit: int) -> list[Klass]:
    """Classes that should move on, the most urgent first: taught and reviewed ones by their last day, and those that
    enrol and begin within a week by their first."""
    soon = (Klass.state == "enrolling") & (Klass.starts_on <= clock.today() + timedelta(days=7))
    due = Case(None, [(Klass.state == "enrolling", Klass.starts_on)], Klass.ends_on)
    query = classes_for(user).where(Klass.state.in_(("running", "reviewing")) | soon)
    return list(query.order_by(due.is_null(), due, Klass.id).limit(limit))


def counts_by_state(user: User) -> dict[str, int]:
    """How many classes the user sees in each state."""
    query = Klass.select(Klass.state, fn.COUNT(Klass.id)).group_by(Klass.state)
    where = visible(user)
    if where is not None:
        query = query.where(where)
    return dict(query.tuples())


def class_or_404(class_id: int, user: User | None = None) -> Klass:
    """One class with its programme; with `user`, only inside his or her scope.

    Raises NotFound, the same for "not there" and "not yours".
    """
    query = classes().where(Klass.id == class_id)
    where = visible(user) if user is not None else None
    if where is not None:
        query = query.where(where)
    found: Klass | None = query.first()
    if found is None:
        raise NotFound(_("There is no such class among yours."))
    return found


def learners_now() -> Any:
    """How many learners a class has now, as a value to order classes by."""
    inside = Membership.select(fn.COUNT(Membership.id)).where(
        Membership.klass == Klass.id, Membership.left_at.is_null()
    )
    return fn.COALESCE(inside, 0)


def learner_counts(classes: Iterable[Klass]) -> dict[int, int]:
    """How many learners each class has now: class id → count, one query."""
    ids = [klass.id for klass in classes]
    if not ids:
        return {}
    query = (
        Membership.select(Membership.klass, fn.COUNT(Membership.id))
        .where(Membership.klass.in_(ids), Membership.left_at.is_null())
        .group_by(Membership.klass)
    )
    return dict(query.tuples())
