"""Ask, agree, refuse, withdraw. The second person is never the first, and both need the permission."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar

from flask_babel import gettext as _

from lms import audit, clock
from lms.access.guard import can
from lms.access.models import User
from lms.approvals import kinds
from lms.approvals.kinds import Describe, Kind, Where
from lms.approvals.models import Approval
from lms.db import atomic, lock
from lms.errors import Conflict, NotAllowed, Unavailable
from lms.plugins.settings import setting

P = TypeVar("P", bound=Callable[..., Any])


class SamePerson(NotAllowed):
    """Nobody agrees to a request of his or her own."""

    code = "same_person"


class AlreadyDecided(Conflict):
    """The request was answered, withdrawn, or its time is over."""

    code = "already_decided"


def two_person(
    name: str, *, title: Any, permission: str, describe: Describe | None = None, where: Where | None = None
) -> Callable[[P], P]:
    """Declare a deed that takes two persons; the function does it once the second has agreed.

    It is called as ``perform(details, by=first, second=second)`` in the transaction of the second person's yes;
    what it raises undoes the yes. `where` gives the address of what it is about.
    """

    def declare(perform: P) -> P:
        kinds.add(Kind(name, title, permission, perform, describe or _plain, where or _nowhere))
        return perform

    return declare


@atomic
def request(
    kind: str, thing: Any = None, *, by: User, details: dict[str, Any] | None = None, reason: str = ""
) -> Approval:
    """Ask for a deed. Raises NotAllowed, and Conflict while the same is already asked for the same thing."""
    known = _kind(kind)
    _must_hold(by, known)
    label = str(thing)[:200] if thing is not None else ""
    object_kind, object_id = (thing._meta.table_name, str(thing._pk)) if thing is not None else ("", "")
    open_ = Approval.select().where(
        Approval.kind == kind,
        Approval.object_kind == object_kind,
        Approval.object_id == object_id,
        Approval.state == "waiting",
        Approval.expires_at > clock.now(),
    )
    if thing is not None and open_.exists():
        raise Conflict(
            _("A request for this is already waiting for its second person."), code="already_asked"
        )
    made = Approval.create(
        kind=kind,
        permission=known.permission,
        details=details or {},
        object_kind=object_kind,
        object_id=object_id,
        object_label=label,
        reason=reason.strip()[:500],
        asked_by=by.id,
        expires_at=clock.now() + timedelta(days=setting("lms.approval_days")),
    )
    audit.record(by, "approvals.asked", made, kind=kind, details=details or {}, reason=reason)
    return made


@atomic
def approve(approval: Approval, *, by: User) -> Approval:
    """Agree as the second person; the deed is done in the same transaction.

    Raises SamePerson, NotAllowed, AlreadyDecided, and whatever the deed itself raises (nothing is changed then).
    """
    row = _open(approval)
    known = _kind(row.kind)
    if row.asked_by_id == by.id:
        raise SamePerson(_("You asked for this yourself: somebody else must agree to it."))
    _must_hold(by, known)
    first: User = User.get_by_id(row.asked_by_id)
    if not first.active or not can(first, known.permission):
        raise Conflict(_("Whoever asked for this may no longer do it. Please refuse the request."))
    _decide(row, "approved", by, "")
    known.perform(row.details, by=first, second=by)
    audit.record(by, "approvals.approved", row, kind=row.kind, asked_by=first.id)
    return row


@atomic
def refuse(approval: Approval, *, by: User, answer: str = "") -> Approval:
    """Say no, with a reason. Raises SamePerson, NotAllowed, AlreadyDecided."""
    row = _open(approval)
    if row.asked_by_id == by.id:
        raise SamePerson(_("You asked for this yourself: withdraw it instead."))
    if not can(by, row.permission):
        raise NotAllowed(permission=row.permission)
    _decide(row, "refused", by, answer)
    audit.record(by, "approvals.refused", row, kind=row.kind, answer=answer)
    return row


@atomic
def withdraw(approval: Approval, *, by: User) -> Approval:
    """Take one's own request back. Raises NotAllowed, AlreadyDecided."""
    row = _open(approval)
    if row.asked_by_id != by.id:
        raise NotAllowed(_("Only the person who asked can withdraw a request."))
    _decide(row, "withdrawn", by, "")
    audit.record(by, "approvals.withdrawn", row, kind=row.kind)
    return row


def _open(approval: Approval) -> Approval:
    row: Approval = lock(approval)
    if row.standing != "waiting":
        raise AlreadyDecided(_("This request was already answered, or its time is over. Please look again."))
    return row


def _decide(row: Approval, state: str, by: User, answer: str) -> None:
    row.state, row.decided_by, row.decided_at, row.answer = state, by, clock.now(), answer.strip()[:500]
    row.save()


def _must_hold(user: User, kind: Kind) -> None:
    if not can(user, kind.permission):
        raise NotAllowed(permission=kind.permission, title=kind.title)


def _kind(name: str) -> Kind:
    known = kinds.get(name)
    if known is None:
        raise Unavailable(_("The part this request belongs to is not loaded at present."))
    return known


def _plain(details: dict[str, Any]) -> list[str]:
    return [f"{name}: {value}" for name, value in details.items()]


def _nowhere(_details: dict[str, Any]) -> str:
    return ""
