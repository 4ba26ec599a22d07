"""Sessions as calendar entries. No learner's or lecturer's name stands in them: the feed's address opens without sign-in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _

from courses.models import ClassSession, Klass, Lecturer, Membership
from courses.queries.scope import classes_for
from courses.queries.timetable import all_sessions
from lms import clock
from lms.access import can
from lms.access.models import User
from lms.answers import CalendarEntry

#: How far back a calendar goes.
LOOK_BACK = timedelta(days=120)


def entry_of(session: ClassSession) -> CalendarEntry:
    """A session with class, lecturer and room loaded, as an entry whose `who` is the lecturer."""
    klass = session.klass
    topic = str(session.topic) or str(_("Session %(number)s", number=session.number))
    places = [str(session.room) if session.room_id else "", str(klass.place)]
    return CalendarEntry(
        uid=f"session-{session.id}",
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        title=f"{topic} · {klass.code}",
        place=", ".join(place for place in places if place),
        text=str(klass.title),
        link=f"/classes/{klass.id}/sessions",
        cancelled=session.cancelled_at is not None or klass.state == "cancelled",
        who=str(session.lecturer_id or ""),
    )


def entries_of_class(klass: Klass) -> list[CalendarEntry]:
    """Every session of a class, cancelled ones too; one question."""
    return [entry_of(session) for session in all_sessions().where(ClassSession.klass == klass)]


def entries_for(user: User, class_id: int | None = None) -> list[CalendarEntry]:
    """A lecturer's own sessions and those of a learner's classes; with `class_id` all of a class the user may see."""
    if class_id is not None:
        mine = classes_for(user).where(Klass.id == class_id).exists()
        where = ClassSession.klass == class_id
        return [entry_of(one) for one in all_sessions().where(where)] if mine else []
    where = _own(user)
    if where is None:
        return []
    recent = ClassSession.starts_at > clock.now() - LOOK_BACK
    return [entry_of(one) for one in all_sessions().where(where, recent, Klass.state != "draft")]


def _own(user: User) -> Any:
    where = None
    if can(user, "courses.teach"):
        where = Lecturer.user == user.id
    if can(user, "courses.learn") and user.official_id:
        member = Membership.select(Membership.klass).where(
            Membership.official == user.official_id, Membership.left_at.is_null()
        )
        in_class = ClassSession.klass.in_(member)
        where = in_class if where is None else where | in_class
    return where


def accounts_of_learners(klass: Klass) -> list[User]:
    """The accounts of those who are in the class now."""
    member = Membership.select(Membership.official).where(
        Membership.klass == klass, Membership.left_at.is_null()
    )
    return list(User.select().where(User.official.in_(member), User.active))


def accounts_of_lecturers(ids: Iterable[int]) -> dict[int, User]:
    """Lecturer id → account, of those who have one."""
    rows = Lecturer.select(Lecturer, User).join(User).where(Lecturer.id.in_(list(ids) or [-1]), User.active)
    return {row.id: row.user for row in rows if row.user is not None}
