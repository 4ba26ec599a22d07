"""Rolls of the demonstration: taken at the end of each past session, most of them locked."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from courses.models import ClassSession, Klass
from courses.queries import all_sessions
from lms import clock
from plugins.attendance import queries, services
from plugins.attendance.services import Given
from plugins.attendance.statuses import ABSENT, EXCUSED, LATE, PRESENT

REASONS = (
    "Họp đột xuất tại cơ quan",
    "Ốm, có giấy xác nhận",
    "Đi công tác theo lịch của đơn vị",
    "Việc gia đình",
)


def fill(context: Any) -> None:
    """Take the rolls of every past session. Nearly everybody attends; a few miss a session, fewer make it up."""
    office = context.users.get("academic_officer")
    taken = 0
    for klass in Klass.select().order_by(Klass.id):
        past = [one for one in _past(klass) if queries.roll_of(one) is None]
        careless = _careless(context, klass)
        for place, session in enumerate(past):
            _take(context, session, careless, office)
            taken += 1
            last_of_running = klass.state == "running" and place >= len(past) - 2
            if not last_of_running:
                with clock.frozen(_naive(session.ends_at + timedelta(hours=9))):
                    services.lock_roll(session, by=office)
        _make_up_some(context, past, careless, office)
    context.note(f"{taken} rolls")


def _past(klass: Klass) -> list[ClassSession]:
    query = all_sessions().where(ClassSession.klass == klass, ClassSession.cancelled_at.is_null())
    return list(query.where(ClassSession.ends_at < clock.now()))


def _careless(context: Any, klass: Klass) -> dict[int, float]:
    """How often each learner misses a session: nine in ten hardly ever."""
    people = queries.learners(klass, left=True)
    return {one.id: context.rng.choice((0.0,) * 17 + (0.04, 0.08, 0.3)) for one in people}


def _take(context: Any, session: ClassSession, careless: dict[int, float], office: Any) -> None:
    rng = context.rng
    given = []
    for row in queries.roll_rows(session):
        status, minutes, reason = PRESENT, None, ""
        draw = rng.random()
        if draw < careless.get(row.membership_id, 0.0):
            status = EXCUSED if rng.random() < 0.6 else ABSENT
            reason = rng.choice(REASONS) if status == EXCUSED else ""
        elif draw > 0.985:
            status, minutes = LATE, rng.choice((5, 10, 15, 20))
        given.append(Given(row.membership_id, status, minutes, reason))
    by = session.lecturer.user if session.lecturer is not None and session.lecturer.user_id else office
    with clock.frozen(_naive(session.starts_at + timedelta(minutes=12))):
        services.confirm_roll(session, given, by=by, nonce=f"demo-roll-{session.id:06d}")


def _make_up_some(context: Any, past: list[ClassSession], careless: dict[int, float], office: Any) -> None:
    """Those who rarely miss a session make it up, as most really do; the truly careless do not."""
    for session in past:
        if session.klass.state in ("closed", "cancelled"):
            continue
        for row in queries.roll_rows(session):
            if row.status == EXCUSED and careless.get(row.membership_id, 0.0) < 0.1:
                held_on = clock.local(session.starts_at).date() + timedelta(days=5)
                if held_on < clock.today():
                    note = "Dự học bù cùng chuyên đề với lớp song song"
                    services.record_make_up(session, row.membership_id, held_on=held_on, note=note, by=office)


def _naive(moment: Any) -> Any:
    return clock.local(moment).replace(tzinfo=None)
