"""Reads on classes, sessions and who is in a class. Lists cost the same number of queries whatever their length."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from peewee import JOIN, fn

from courses import rules
from courses.models import (
    ClassSession,
    ClassStateChange,
    Klass,
    Lecturer,
    Membership,
    Programme,
    ProgrammeVersion,
    Result,
    Room,
)
from lms import clock, text
from lms.access import can, scope
from lms.access.models import User
from lms.errors import NotFound
from lms.people.models import Official, Organisation
from lms.plugins import setting

# --- classes -------------------------------------------------------------------------------------


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
        where = where | Klass.homeroom_lecturer.in_(Lecturer.select(Lecturer.id).where(Lecturer.user == user.id))
    if can(user, "courses.learn") and user.official_id:
        where = where | Klass.id.in_(
            Membership.select(Membership.klass).where(
                Membership.official == user.official_id, Membership.left_at.is_null()
            )
        )
    return where


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


def history(klass: Klass) -> list[ClassStateChange]:
    """The steps in the life of a class, oldest first, with who took them."""
    return list(
        ClassStateChange.select(ClassStateChange, User)
        .join(User, JOIN.LEFT_OUTER)
        .where(ClassStateChange.klass == klass)
        .order_by(ClassStateChange.at, ClassStateChange.id)
    )


def rule_date(klass: Klass) -> date:
    """The day whose rules decide about the class: its last day, as far as it is known."""
    if klass.ends_on:
        return klass.ends_on  # type: ignore[no-any-return]
    last = ClassSession.select(fn.MAX(ClassSession.starts_at)).where(live(klass)).scalar()
    if last:
        return clock.local(last).date()
    return klass.starts_on or clock.today()


def certificate_rule(klass: Klass) -> rules.CertificateRule | None:
    """The certificate rule in force for the class; None when none is known for its programme and date."""
    return rules.rule_for(klass.programme, rule_date(klass))


# --- sessions ------------------------------------------------------------------------------------


def live(klass: Klass | int) -> Any:
    """The condition on ClassSession: this class, not cancelled."""
    return (ClassSession.klass == klass) & ClassSession.cancelled_at.is_null()


def all_sessions() -> Any:
    """Every session with class, lecturer and room loaded, by time."""
    return (
        ClassSession.select(ClassSession, Klass, Lecturer, Room)
        .join(Klass)
        .switch(ClassSession)
        .join(Lecturer, JOIN.LEFT_OUTER)
        .switch(ClassSession)
        .join(Room, JOIN.LEFT_OUTER)
        .order_by(ClassSession.starts_at, ClassSession.id)
    )


def sessions(klass: Klass, *, cancelled: bool = False) -> list[ClassSession]:
    """The sessions of a class by time, with lecturer and room; `cancelled` adds those called off."""
    query = all_sessions().where(ClassSession.klass == klass)
    return list(query if cancelled else query.where(ClassSession.cancelled_at.is_null()))


def session_or_404(session_id: int, user: User | None = None) -> ClassSession:
    """One session; with `user`, a lecturer reaches only own sessions and classes of which he or she is homeroom lecturer.

    Raises NotFound.
    """
    found: ClassSession | None = all_sessions().where(ClassSession.id == session_id).first()
    if found is None or (user is not None and not may_open_session(found, user)):
        raise NotFound(_("There is no such session among yours."))
    return found


def may_open_session(session: ClassSession, user: User) -> bool:
    """Whether the session is the user's business: of a class in scope, and for a lecturer own or of the homeroom class."""
    if scope.organisations(user, "courses.view") is scope.ALL:
        return True
    if can(user, "courses.teach"):
        mine = {row.id for row in Lecturer.select(Lecturer.id).where(Lecturer.user == user.id)}
        if session.lecturer_id in mine or session.klass.homeroom_lecturer_id in mine:
            return True
    if not (can(user, "courses.view") or can(user, "courses.learn")):
        return False
    return Klass.select().where(Klass.id == session.klass_id, visible(user)).exists()  # type: ignore[no-any-return]


def session_now(whom: Klass | User, at: datetime | None = None) -> ClassSession | None:
    """The session under way for a class or a lecturer, or starting within the setting's minutes.

    `at` is naive UTC, default now. Of two, the one that began last.
    """
    at = at or clock.now()
    early = timedelta(minutes=setting("courses.opens_before_minutes"))
    query = (
        all_sessions()
        .where(ClassSession.cancelled_at.is_null(), ClassSession.starts_at <= at + early, ClassSession.ends_at >= at)
        .order_by((ClassSession.starts_at > at), ClassSession.starts_at.desc())
    )
    if isinstance(whom, Klass):
        return query.where(ClassSession.klass == whom).first()  # type: ignore[no-any-return]
    return query.where(Lecturer.user == whom.id, Klass.state == "running").first()  # type: ignore[no-any-return]


def sessions_on(user: User, day: date) -> list[ClassSession]:
    """A lecturer's sessions of a local day, cancelled ones left out."""
    begin = clock.from_local(datetime.combine(day, datetime.min.time()))
    return list(
        all_sessions().where(
            Lecturer.user == user.id,
            ClassSession.cancelled_at.is_null(),
            ClassSession.starts_at >= begin,
            ClassSession.starts_at < begin + timedelta(days=1),
        )
    )


def next_session_of(user: User, at: datetime | None = None) -> ClassSession | None:
    """A lecturer's next session after `at` (naive UTC, default now)."""
    query = all_sessions().where(
        Lecturer.user == user.id, ClassSession.cancelled_at.is_null(), ClassSession.starts_at > (at or clock.now())
    )
    return query.first()


def next_sessions(class_ids: Iterable[int], at: datetime | None = None) -> dict[int, ClassSession]:
    """The next (or current) session of each class: class id → session, one query."""
    at = at or clock.now()
    ids = list(class_ids)
    if not ids:
        return {}
    first = (
        ClassSession.select(ClassSession.klass.alias("class_id"), fn.MIN(ClassSession.starts_at).alias("starts"))
        .where(ClassSession.klass.in_(ids), ClassSession.cancelled_at.is_null(), ClassSession.ends_at >= at)
        .group_by(ClassSession.klass)
    )
    query = (
        all_sessions()
        .join(first, on=((ClassSession.klass == first.c.class_id) & (ClassSession.starts_at == first.c.starts)))
        .where(ClassSession.cancelled_at.is_null())
    )
    return {session.klass_id: session for session in query}


# --- who is in a class ---------------------------------------------------------------------------


def learners(klass: Klass, *, left: bool = False) -> list[Membership]:
    """Who is in the class, in Vietnamese name order, with official and organisation; `left` adds those who left."""
    query = (
        Membership.select(Membership, Official, Organisation)
        .join(Official)
        .join(Organisation)
        .where(Membership.klass == klass)
        .order_by(Official.name_sort, Official.id)
    )
    return list(query if left else query.where(Membership.left_at.is_null()))


def learners_for(klass: Klass, user: User) -> list[Membership]:
    """The learners the user may see by name: all for the school and the class's lecturers, own officials for an agency.

    A trainee sees the fellow learners' names.
    """
    rows = learners(klass)
    if scope.organisations(user, "courses.view") is scope.ALL or can(user, "courses.teach"):
        return rows
    if can(user, "courses.view"):
        own = scope.organisations(user, "courses.view")
        return [row for row in rows if row.official.organisation_id in own]
    return rows


def learner_count(klass: Klass) -> int:
    """How many are in the class now."""
    return int(Membership.select().where(Membership.klass == klass, Membership.left_at.is_null()).count())


def membership_or_404(klass: Klass, official: Official | int) -> Membership:
    """The membership of an official in the class, left or not. Raises NotFound."""
    found: Membership | None = Membership.get_or_none(Membership.klass == klass, Membership.official == official)
    if found is None:
        raise NotFound(_("This official is not in the class."))
    return found


def results(klass: Klass) -> dict[int, Result]:
    """The frozen results of a closed class: membership id → result."""
    query = Result.select().join(Membership).where(Membership.klass == klass)
    return {row.membership_id: row for row in query}


# --- reference data ------------------------------------------------------------------------------


def programme_versions(on: date | None = None) -> list[ProgrammeVersion]:
    """Versions a class may be opened under on a day, by programme title."""
    on = on or clock.today()
    query = (
        ProgrammeVersion.select(ProgrammeVersion, Programme)
        .join(Programme)
        .where(
            Programme.valid_from.is_null() | (Programme.valid_from <= on),
            Programme.valid_to.is_null() | (Programme.valid_to >= on),
            ProgrammeVersion.valid_from.is_null() | (ProgrammeVersion.valid_from <= on),
            ProgrammeVersion.valid_to.is_null() | (ProgrammeVersion.valid_to >= on),
        )
        .order_by(Programme.number, ProgrammeVersion.version)
    )
    return list(query)


def lecturers() -> list[Lecturer]:
    """Active lecturers by name."""
    return list(Lecturer.select().where(Lecturer.active).order_by(Lecturer.name_folded))
