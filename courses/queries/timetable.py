"""Sessions: of a class, of a day, and the one that is on."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from peewee import JOIN, fn

from courses.models import ClassSession, Klass, Lecturer, Room
from courses.queries.scope import visible
from lms import clock
from lms.access import can, scope
from lms.access.models import User
from lms.errors import NotFound
from lms.plugins import setting


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
    """The sessions of a class by time, with lecturer and room; `cancelled` adds those called off.

    What came with an import that was taken back is never among them.
    """
    query = all_sessions().where(ClassSession.klass == klass, ~ClassSession.withdrawn)
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
        .where(
            ClassSession.cancelled_at.is_null(),
            ClassSession.starts_at <= at + early,
            ClassSession.ends_at >= at,
        )
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
        Lecturer.user == user.id,
        ClassSession.cancelled_at.is_null(),
        ClassSession.starts_at > (at or clock.now()),
    )
    return query.first()


def next_sessions(class_ids: Iterable[int], at: datetime | None = None) -> dict[int, ClassSession]:
    """The next (or current) session of each class: class id → session, one query."""
    at = at or clock.now()
    ids = list(class_ids)
    if not ids:
        return {}
    first = (
        ClassSession.select(
            ClassSession.klass.alias("class_id"), fn.MIN(ClassSession.starts_at).alias("starts")
        )
        .where(ClassSession.klass.in_(ids), ClassSession.cancelled_at.is_null(), ClassSession.ends_at >= at)
        .group_by(ClassSession.klass)
    )
    query = (
        all_sessions()
        .join(
            first, on=((ClassSession.klass == first.c.class_id) & (ClassSession.starts_at == first.c.starts))
        )
        .where(ClassSession.cancelled_at.is_null())
    )
    return {session.klass_id: session for session in query}
