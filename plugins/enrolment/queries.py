"""Reads on nominations."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from peewee import JOIN, fn
from werkzeug.datastructures import MultiDict

from courses import queries as courses
from courses.models import Klass, Membership
from lms import text
from lms.access import scope
from lms.access.models import User
from lms.errors import NotFound
from lms.people.models import Official, Organisation
from plugins.enrolment.models import ACCEPTED, STATUSES, SUBMITTED, Nomination, NominationStep

NOMINATE = "enrolment.nominate"


@dataclass(frozen=True)
class ClassLine:
    """A class with what people ask about its nominations."""

    klass: Klass
    learners: int
    #: Nominations by status.
    counts: dict[str, int]

    @property
    def waiting(self) -> int:
        return self.counts.get(SUBMITTED, 0)

    @property
    def nominated(self) -> int:
        """Nominations that stand: waiting or accepted."""
        return self.waiting + self.counts.get(ACCEPTED, 0)

    @property
    def seats_left(self) -> int | None:
        """Seats not taken by learners; None when the class has no limit."""
        return None if self.klass.capacity is None else max(0, self.klass.capacity - self.learners)


def agencies(user: User) -> list[Organisation]:
    """The organisations for which the user nominates: those that a role with the permission is held for."""
    return scope.offices(user, NOMINATE)


def agency_of(official: Official, roots: Sequence[Organisation]) -> Organisation | None:
    """The agency that answers for an official: the nearest of the user's agencies above where he or she serves."""
    above = [root for root in roots if official.organisation.path.startswith(root.path)]
    return max(above, key=lambda root: len(root.path), default=None)


def open_classes(user: User | None = None) -> list[ClassLine]:
    """Classes that take nominations, soonest first; counts are of the user's own agencies when one is given."""
    query = courses.classes().where(Klass.state == "enrolling")
    return _lines(list(query.order_by(Klass.starts_on, Klass.code)), user)


def classes_to_decide() -> list[ClassLine]:
    """Classes open for nominations, and any other with nominations waiting."""
    waiting = Nomination.select(Nomination.klass).where(Nomination.status == SUBMITTED)
    query = courses.classes().where((Klass.state == "enrolling") | Klass.id.in_(waiting))
    return _lines(list(query.order_by(Klass.starts_on, Klass.code)), None)


def line(klass: Klass, user: User | None = None) -> ClassLine:
    """One class with its counts."""
    return _lines([klass], user)[0]


def waiting_counts(classes: Sequence[Klass]) -> dict[int, int]:
    """Nominations without an answer: class id → how many, in one query; classes without any are left out."""
    query = Nomination.select(Nomination.klass, fn.COUNT(Nomination.id)).where(
        Nomination.klass.in_([klass.id for klass in classes] or [-1]), Nomination.status == SUBMITTED
    )
    return dict(query.group_by(Nomination.klass).tuples())


def _lines(classes: list[Klass], user: User | None) -> list[ClassLine]:
    ids = [klass.id for klass in classes] or [-1]
    learners = dict(
        Membership.select(Membership.klass, fn.COUNT(Membership.id))
        .where(Membership.klass.in_(ids) & Membership.left_at.is_null())
        .group_by(Membership.klass)
        .tuples()
    )
    counts: dict[int, dict[str, int]] = {}
    query = Nomination.select(Nomination.klass, Nomination.status, fn.COUNT(Nomination.id)).where(
        Nomination.klass.in_(ids)
    )
    if user is not None:
        query = scope.limit(query, Nomination.organisation, user, NOMINATE)
    for klass_id, status, number in query.group_by(Nomination.klass, Nomination.status).tuples():
        counts.setdefault(klass_id, {})[status] = number
    return [ClassLine(klass, learners.get(klass.id, 0), counts.get(klass.id, {})) for klass in classes]


def _full() -> Any:
    return (
        Nomination.select(Nomination, Official, Organisation, Klass)
        .join(Official)
        .switch(Nomination)
        .join(Organisation)
        .switch(Nomination)
        .join(Klass)
    )


def _filtered(query: Any, status: str, search: str) -> Any:
    if status in STATUSES:
        query = query.where(Nomination.status == status)
    for word in text.fold(search).split():
        query = query.where(Official.name_folded.contains(word) | Official.code.startswith(word))
    return query


def own(user: User, *, klass: Klass | None = None, status: str = "", search: str = "") -> Any:
    """Nominations of the user's agencies, in Vietnamese name order."""
    query = scope.limit(_full(), Nomination.organisation, user, NOMINATE)
    if klass is not None:
        query = query.where(Nomination.klass == klass)
    return _filtered(query, status, search).order_by(
        Klass.starts_on.desc(), Official.name_sort, Nomination.id
    )


def own_counts(user: User, *, klass: Klass | None = None) -> dict[str, int]:
    """Own nominations by status."""
    query = Nomination.select(Nomination.status, fn.COUNT(Nomination.id)).group_by(Nomination.status)
    query = scope.limit(query, Nomination.organisation, user, NOMINATE)
    if klass is not None:
        query = query.where(Nomination.klass == klass)
    return dict(query.tuples())


def own_or_404(nomination_id: int, user: User) -> Nomination:
    """One nomination of the user's agencies. Raises NotFound, the same for "not there" and "not yours"."""
    found = own(user).where(Nomination.id == nomination_id).first()
    if found is None:
        raise NotFound(_("There is no such nomination of your agency."))
    return found


def of_class(klass: Klass, *, status: str = "", organisation_id: int | None = None, search: str = "") -> Any:
    """Nominations for a class, agency by agency, in Vietnamese name order."""
    query = _filtered(_full().where(Nomination.klass == klass), status, search)
    if organisation_id:
        query = query.where(Nomination.organisation == organisation_id)
    return query.order_by(Organisation.path, Official.name_sort, Nomination.id)


def of_class_filtered(klass: Klass, arguments: MultiDict[str, str]) -> Any:
    """Nominations for a class under the filters of its page's address."""
    return of_class(
        klass,
        status=arguments.get("status", ""),
        organisation_id=arguments.get("agency", type=int),
        search=arguments.get("q", "")[:120],
    )


def agency_counts(klass: Klass) -> list[tuple[Organisation, int]]:
    """Agencies that nominated for a class, with how many."""
    query = (
        Organisation.select(Organisation, fn.COUNT(Nomination.id).alias("number"))
        .join(Nomination)
        .where(Nomination.klass == klass)
        .group_by(Organisation)
        .order_by(Organisation.path)
    )
    return [(organisation, organisation.number) for organisation in query]  # type: ignore[attr-defined]  # alias above


def chosen(klass: Klass, ids: Iterable[int]) -> list[Nomination]:
    """Nominations of this class among the ids; ids of other classes are left out."""
    wanted = sorted(set(ids))
    found: list[Nomination] = []
    for start in range(0, len(wanted), 5000):
        query = of_class(klass).where(Nomination.id.in_(wanted[start : start + 5000]))
        found.extend(query)
    return found


def steps(nominations: Sequence[Nomination]) -> dict[int, list[NominationStep]]:
    """The dated steps of each nomination, oldest first."""
    found: dict[int, list[NominationStep]] = {}
    ids = [nomination.id for nomination in nominations] or [-1]
    query = (
        NominationStep.select(NominationStep, User)
        .join(User, JOIN.LEFT_OUTER)
        .where(NominationStep.nomination.in_(ids))
    )
    for step in query.order_by(NominationStep.id):
        found.setdefault(step.nomination_id, []).append(step)
    return found


def standing(klass: Klass, official_ids: Iterable[int]) -> dict[int, Nomination]:
    """Nominations of these officials for the class, by official."""
    return {
        row.official_id: row
        for part in _portions(official_ids)
        for row in Nomination.select().where((Nomination.klass == klass) & Nomination.official.in_(part))
    }


def learners_among(klass: Klass, official_ids: Iterable[int]) -> set[int]:
    """Which of these officials are in the class now."""
    return {
        row[0]
        for part in _portions(official_ids)
        for row in Membership.select(Membership.official)
        .where((Membership.klass == klass) & Membership.official.in_(part) & Membership.left_at.is_null())
        .tuples()
    }


def _portions(values: Iterable[Any], size: int = 5000) -> list[list[Any]]:
    listed = sorted(set(values))
    return [listed[start : start + size] for start in range(0, len(listed), size)]
