"""Reads of one roll: which session, who belongs on it, how it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from peewee import JOIN, fn

from courses.models import ClassSession, ClassStateChange, Klass, Lecturer, Membership
from courses.queries import all_sessions, learners
from lms import clock
from lms.access import scope
from lms.access.models import User
from lms.errors import NotFound
from lms.names import before_given, given, initials
from lms.plugins import setting
from plugins.attendance.models import Amendment, MakeUp, Mark, Roll, Submission
from plugins.attendance.statuses import Counts, count


@dataclass(frozen=True)
class RollRow:
    """One learner on the roll of one session."""

    membership_id: int
    number: int | None
    name: str
    unit: str
    status: str | None
    minutes_late: int | None
    reason: str

    @property
    def before_given(self) -> str:
        return before_given(self.name)

    @property
    def given(self) -> str:
        return given(self.name)

    @property
    def initials(self) -> str:
        return initials(self.name)


def sessions_of(user: Any, permission: str) -> Any:
    """The sessions in which the user has the permission, by time: all of them for an office; for a lecturer the own
    ones and those of the class he or she is homeroom lecturer of."""
    query = all_sessions()
    if scope.organisations(user, permission) is scope.ALL:
        return query
    mine = Lecturer.select(Lecturer.id).where(Lecturer.user == getattr(user, "id", None))
    return query.where(ClassSession.lecturer.in_(mine) | Klass.homeroom_lecturer.in_(mine))


def session_or_404(session_id: int, user: Any, permission: str) -> ClassSession:
    """A session within the user's reach. Raises NotFound, also for somebody else's session."""
    found = sessions_of(user, permission).where(ClassSession.id == session_id).first()
    if found is None:
        raise NotFound(_("There is no such session among yours. Open today's list to choose one."))
    return found


def may_mark(session: ClassSession, user: Any) -> bool:
    """Whether the roll of this session (lecturer and class loaded) is the user's to take."""
    if scope.organisations(user, "attendance.mark") is scope.ALL:
        return True
    if session.lecturer is not None and session.lecturer.user_id == user.id:
        return True
    homeroom = session.klass.homeroom_lecturer_id
    return (
        bool(homeroom) and Lecturer.select().where(Lecturer.id == homeroom, Lecturer.user == user.id).exists()
    )


def session_by_id(session_id: int) -> ClassSession:
    """A session for somebody a short link lets in. Raises NotFound."""
    found = all_sessions().where(ClassSession.id == session_id).first()
    if found is None:
        raise NotFound(_("This session no longer exists. Ask the academic officer for a new link."))
    return found


def opens_at(session: ClassSession) -> datetime:
    """From when (naive UTC) the roll can be taken."""
    return session.starts_at - timedelta(minutes=setting("courses.opens_before_minutes"))


def undo_until(roll: Roll | None) -> datetime | None:
    """The last moment (naive UTC) to take a confirmation back; None when there is nothing to take back."""
    return roll.undo_until(setting("attendance.undo_minutes")) if roll else None


def can_undo(roll: Roll | None) -> bool:
    until = undo_until(roll)
    return until is not None and clock.now() <= until


def roll_of(session: ClassSession) -> Roll | None:
    return (
        Roll.select(Roll, User)
        .join(User, JOIN.LEFT_OUTER, on=Roll.confirmed_by)
        .where(Roll.session == session)
        .first()
    )


def nonces(session: ClassSession, *, limit: int = 20) -> list[str]:
    """Nonces that arrived for a session, the latest first; a device forgets its draft when it finds its own."""
    query = (
        Submission.select(Submission.nonce)
        .where(Submission.session == session)
        .order_by(Submission.id.desc())
    )
    return [row[0] for row in query.limit(limit).tuples()]


def started_at(klass: Klass) -> datetime:
    """When (naive UTC) the class began on the platform; the end of time while it still enrols."""
    if klass.state in ("draft", "enrolling"):
        return datetime.max
    first = (
        ClassStateChange.select(ClassStateChange.at)
        .where(ClassStateChange.klass == klass, ClassStateChange.state == "running")
        .order_by(ClassStateChange.at)
        .first()
    )
    return first.at if first else datetime.min


def belongs(membership: Membership, session: ClassSession, started: datetime) -> bool:
    """Whether a learner is expected in a session.

    Who joined before the class began (`started`) is expected from its first session; who joined later, from then
    on; who left, until then.
    """
    if membership.joined_at > started and membership.joined_at >= session.ends_at:
        return False
    return membership.left_at is None or membership.left_at > session.starts_at


def numbers(memberships: Sequence[Membership]) -> dict[int, int]:
    """The number in the class list of everybody who is still in the class."""
    staying = [one.id for one in memberships if one.left_at is None]
    return {membership_id: place for place, membership_id in enumerate(staying, 1)}


def marks(session: ClassSession) -> dict[int, Mark]:
    """The marks of a session by membership."""
    return {mark.membership_id: mark for mark in Mark.select().where(Mark.session == session)}


def roll_rows(session: ClassSession) -> list[RollRow]:
    """Who belongs on the roll and how each stands: three queries. A mark keeps its learner on the roll."""
    everybody, marked, started = learners(session.klass, left=True), marks(session), started_at(session.klass)
    places = numbers(everybody)
    return [
        _row(one, places.get(one.id), marked.get(one.id))
        for one in everybody
        if one.id in marked or belongs(one, session, started)
    ]


def _row(membership: Membership, number: int | None, mark: Mark | None) -> RollRow:
    official = membership.official
    return RollRow(
        membership_id=membership.id,
        number=number,
        name=official.full_name,
        unit=official.unit_text or official.organisation.name,
        status=mark.status if mark else None,
        minutes_late=mark.minutes_late if mark else None,
        reason=mark.reason if mark else "",
    )


def counts(rows: Sequence[RollRow]) -> Counts:
    return count(row.status for row in rows)


def unmarked(rows: Sequence[RollRow]) -> list[RollRow]:
    return [row for row in rows if row.status is None]


def row_or_404(session: ClassSession, membership_id: int) -> RollRow:
    """One learner of the roll. Raises NotFound."""
    for row in roll_rows(session):
        if row.membership_id == membership_id:
            return row
    raise NotFound(_("This learner is not on the roll of the session."))


def amendments(session: ClassSession, membership_id: int) -> list[Amendment]:
    """What was changed after the lock, newest first."""
    return list(
        Amendment.select(Amendment, User)
        .join(User, JOIN.LEFT_OUTER)
        .where(Amendment.session == session, Amendment.membership == membership_id)
        .order_by(Amendment.id.desc())
    )


def make_up(session: ClassSession, membership_id: int) -> MakeUp | None:
    """The make-up of a missed session that stands, if any."""
    return MakeUp.get_or_none(
        MakeUp.session == session, MakeUp.membership == membership_id, MakeUp.withdrawn_at.is_null()
    )


def sessions_of_day(user: Any) -> list[ClassSession]:
    """The user's sessions of today, cancelled ones left out."""
    start = clock.from_local(datetime.combine(clock.today(), datetime.min.time()))
    return list(
        sessions_of(user, "attendance.mark").where(
            ClassSession.starts_at >= start,
            ClassSession.starts_at < start + timedelta(days=1),
            ClassSession.cancelled_at.is_null(),
        )
    )


def waiting_sessions(user: Any, *, limit: int = 10) -> list[ClassSession]:
    """The user's held sessions without a confirmed roll, latest first."""
    return list(
        sessions_of(user, "attendance.mark")
        .switch(ClassSession)
        .join(Roll, JOIN.LEFT_OUTER, on=(Roll.session == ClassSession.id))
        .where(
            ClassSession.starts_at <= clock.now(),
            ClassSession.cancelled_at.is_null(),
            Roll.confirmed_at.is_null(),
            Klass.state.in_(("enrolling", "running", "reviewing")),
        )
        .order_by(ClassSession.starts_at.desc())
        .limit(limit)
    )


def unlocked_counts(classes: Sequence[Klass]) -> dict[int, int]:
    """Held sessions whose roll is not locked: class id → how many, in one query; classes without any are left out."""
    query = (
        ClassSession.select(ClassSession.klass, fn.COUNT(ClassSession.id))
        .join(Roll, JOIN.LEFT_OUTER, on=(Roll.session == ClassSession.id))
        .where(
            ClassSession.klass.in_([klass.id for klass in classes] or [-1]),
            ClassSession.cancelled_at.is_null(),
            (ClassSession.starts_at <= clock.now()) | Roll.confirmed_at.is_null(False),
            Roll.locked_at.is_null(),
        )
    )
    return dict(query.group_by(ClassSession.klass).tuples())


def session_now(user: Any, today: Sequence[ClassSession]) -> ClassSession | None:
    """Of today's sessions the one whose roll is open now: running, or about to begin; the later one when two overlap."""
    moment = clock.now()
    running = [one for one in today if opens_at(one) <= moment <= one.ends_at]
    return running[-1] if running else None
