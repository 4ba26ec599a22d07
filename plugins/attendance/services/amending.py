"""Everything about changes after the lock: amendments and make-up sessions."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from flask_babel import gettext as _
from peewee import EXCLUDED

from courses.models import ClassSession, Membership
from lms import audit, clock
from lms.access.models import User
from lms.db import atomic, lock
from lms.errors import Invalid
from lms.events import publish
from lms.people.models import Official
from plugins.attendance import queries
from plugins.attendance.errors import ClassNotRunning, NothingToMakeUp, NotLocked
from plugins.attendance.events import MakeUpRecorded, RollAmended
from plugins.attendance.models import Amendment, MakeUp, Mark, Roll
from plugins.attendance.queries import RollRow
from plugins.attendance.services.marking import MOST_MINUTES
from plugins.attendance.statuses import CYCLE, LATE, attended

SHORTEST_REASON = 5
LONGEST_REASON = 400


@atomic
def amend(
    session: ClassSession,
    membership_id: int,
    status: str,
    *,
    reason: str,
    by: User,
    minutes_late: int | None = None,
) -> Amendment:
    """Change one mark on a locked roll; old value, new value, person and reason are kept.

    Raises NotLocked (change the roll itself instead), ClassNotRunning, NotFound, Invalid (fields: status,
    minutes_late, reason).
    """
    roll = Roll.get_or_none(Roll.session == session)
    if roll is None or lock(roll).locked_at is None:
        raise NotLocked(_("The roll is not locked yet. Change it on the roll itself."))
    _must_not_be_closed(session)
    row = queries.row_or_404(session, membership_id)
    minutes = minutes_late if status == LATE else None
    _check(row, status, minutes, reason.strip())
    amendment = Amendment.create(
        session=session,
        membership=membership_id,
        old_status=row.status,
        old_minutes=row.minutes_late,
        new_status=status,
        new_minutes=minutes,
        reason=reason.strip(),
        by=by,
    )
    _replace(session, membership_id, status, minutes, reason.strip(), by)
    audit.record(by, "attendance.amend", session, membership=membership_id, old=row.status, new=status)
    publish(RollAmended(session_id=session.id, membership_id=membership_id))
    return amendment


@atomic
def record_make_up(
    session: ClassSession, membership_id: int, *, held_on: date, note: str, by: User
) -> MakeUp:
    """Record that a missed session was made up (học bù). The absence itself stays on the roll.

    Raises NothingToMakeUp when the learner was there or has no mark, ClassNotRunning, NotFound, Invalid
    (fields: held_on, note).
    """
    _must_not_be_closed(session)
    row = queries.row_or_404(session, membership_id)
    if row.status is None or attended(row.status):
        raise NothingToMakeUp(_("%(name)s did not miss this session.", name=row.name))
    _check_make_up(session, held_on, note.strip())
    MakeUp.insert(
        session=session, membership=membership_id, held_on=held_on, note=note.strip(), at=clock.now(), by=by
    ).on_conflict(
        conflict_target=[MakeUp.session, MakeUp.membership],
        update={
            MakeUp.held_on: EXCLUDED.held_on,
            MakeUp.note: EXCLUDED.note,
            MakeUp.at: EXCLUDED.at,
            MakeUp.by: EXCLUDED.by_id,
            MakeUp.withdrawn_at: None,
            MakeUp.withdrawn_by: None,
        },
    ).execute()
    audit.record(by, "attendance.make_up", session, membership=membership_id, held_on=held_on.isoformat())
    publish(MakeUpRecorded(session_id=session.id, membership_id=membership_id))
    return MakeUp.get(MakeUp.session == session, MakeUp.membership == membership_id)


@atomic
def withdraw_make_up(session: ClassSession, membership_id: int, *, by: User) -> None:
    """Withdraw a make-up that was recorded by mistake; the row stays, with who withdrew it."""
    _must_not_be_closed(session)
    changed = (
        MakeUp.update(withdrawn_at=clock.now(), withdrawn_by=by)
        .where(MakeUp.session == session, MakeUp.membership == membership_id, MakeUp.withdrawn_at.is_null())
        .execute()
    )
    if not changed:
        return
    audit.record(by, "attendance.make_up_withdrawn", session, membership=membership_id)
    publish(MakeUpRecorded(session_id=session.id, membership_id=membership_id))


@atomic
def erase_notes(official: Official) -> dict[str, int]:
    """Erase the notes on an official's marks; returns how many, by table. Reasons of amendments stay: they are the record."""
    mine = Membership.select(Membership.id).where(Membership.official == official)
    erased = Mark.update(reason="").where(Mark.membership.in_(mine), Mark.reason != "").execute()
    return {"attendance_mark": erased}


def count_old_notes(before: date) -> int:
    """Notes on marks of sessions before a local day."""
    return int(_old_notes(before).count())


@atomic
def erase_old_notes(before: date) -> int:
    """Erase the notes on marks of sessions before a local day; the marks stay. Returns how many."""
    ids = [row.id for row in _old_notes(before)]
    for start in range(0, len(ids), 5000):
        Mark.update(reason="").where(Mark.id.in_(ids[start : start + 5000])).execute()
    return len(ids)


def _old_notes(before: date) -> Any:
    moment = clock.from_local(datetime.combine(before, time.min))
    return Mark.select(Mark.id).join(ClassSession).where(Mark.reason != "", ClassSession.starts_at < moment)


def _must_not_be_closed(session: ClassSession) -> None:
    if session.klass.state in ("closed", "cancelled"):
        raise ClassNotRunning(_("The class is closed; its attendance can no longer be changed."))


def _check(row: RollRow, status: str, minutes: int | None, reason: str) -> None:
    wrong: dict[str, str] = {}
    if status not in CYCLE:
        wrong["status"] = _("Choose present, late, excused or absent.")
    elif status == row.status and minutes == row.minutes_late:
        wrong["status"] = _("This is already what the roll says.")
    if minutes is not None and not 0 <= minutes <= MOST_MINUTES:
        wrong["minutes_late"] = _("Give minutes between 0 and 600.")
    if len(reason) < SHORTEST_REASON:
        wrong["reason"] = _("Say why the roll is changed, for example the number of the leave request.")
    elif len(reason) > LONGEST_REASON:
        wrong["reason"] = _("Keep the reason under 400 characters.")
    if wrong:
        raise Invalid(fields=wrong)


def _check_make_up(session: ClassSession, held_on: date, note: str) -> None:
    wrong: dict[str, str] = {}
    if held_on > clock.today():
        wrong["held_on"] = _("The make-up day is in the future. Record it once it was held.")
    elif held_on < clock.local(session.starts_at).date():
        wrong["held_on"] = _("The make-up day is before the missed session.")
    if len(note) < SHORTEST_REASON:
        wrong["note"] = _("Say how the session was made up: with which class, or by what work.")
    elif len(note) > LONGEST_REASON:
        wrong["note"] = _("Keep the note under 400 characters.")
    if wrong:
        raise Invalid(fields=wrong)


def _replace(
    session: ClassSession, membership_id: int, status: str, minutes: int | None, reason: str, by: User
) -> None:
    Mark.insert(
        session=session,
        membership=membership_id,
        status=status,
        minutes_late=minutes,
        reason=reason[:200],
        source="amendment",
        marked_at=clock.now(),
        marked_by=by,
    ).on_conflict(
        conflict_target=[Mark.session, Mark.membership],
        preserve=[Mark.status, Mark.minutes_late, Mark.reason, Mark.source, Mark.marked_at, Mark.marked_by],
    ).execute()
