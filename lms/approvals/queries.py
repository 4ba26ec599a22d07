"""What waits for whom."""

from __future__ import annotations

from typing import Any

from peewee import JOIN

from lms import clock
from lms.access.guard import can
from lms.access.models import User
from lms.approvals import kinds
from lms.approvals.models import Approval
from lms.errors import NotFound


def waiting_for(user: Any) -> Any:
    """Requests of others that the user may agree to, the one that lapses first at the top."""
    return (
        _requests()
        .where(
            Approval.state == "waiting",
            Approval.expires_at > clock.now(),
            Approval.permission.in_(_held(user) or [""]),
            Approval.asked_by != user.id,
        )
        .order_by(Approval.expires_at, Approval.id)
    )


def count_waiting(user: Any) -> int:
    """How many there are; no question to the database for somebody who could not agree to anything."""
    return waiting_for(user).count() if _held(user) else 0


def asked_by(user: Any) -> Any:
    """The user's own requests, the latest first."""
    return _requests().where(Approval.asked_by == user.id).order_by(Approval.id.desc())


def decided(user: Any) -> Any:
    """What others asked for and somebody answered, as far as the user may agree to such things."""
    mine = Approval.permission.in_(_held(user) or [""])
    query = _requests().where(Approval.state != "waiting", mine, Approval.asked_by != user.id)
    return query.order_by(Approval.id.desc())


def latest(kind: str, thing: Any) -> Approval | None:
    """What was asked last about a thing, whatever became of it."""
    found: Approval | None = (
        _requests()
        .where(
            Approval.kind == kind,
            Approval.object_kind == thing._meta.table_name,
            Approval.object_id == str(thing._pk),
        )
        .order_by(Approval.id.desc())
        .first()
    )
    return found


def waiting_ids(kind: str) -> set[str]:
    """Keys of the things about which a request of this kind waits: for marks in a list, in one query."""
    open_ = Approval.select(Approval.object_id).where(
        Approval.kind == kind, Approval.state == "waiting", Approval.expires_at > clock.now()
    )
    return {row.object_id for row in open_}


def approval_or_404(approval_id: int, user: Any) -> Approval:
    """A request the user asked for or may answer. Raises NotFound."""
    found = _requests().where(Approval.id == approval_id).first()
    if found is None or (found.asked_by_id != user.id and not can(user, found.permission)):
        raise NotFound()
    return found


def _requests() -> Any:
    first, second = User.alias(), User.alias()
    return (
        Approval.select(Approval, first, second)
        .join(first, on=(Approval.asked_by == first.id), attr="asked_by")
        .switch(Approval)
        .join(second, JOIN.LEFT_OUTER, on=(Approval.decided_by == second.id), attr="decided_by")
    )


def _held(user: Any) -> list[str]:
    return sorted({kind.permission for kind in kinds.all_kinds() if can(user, kind.permission)})
