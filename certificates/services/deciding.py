"""Ask for what takes two persons: revoking one certificate or several of a class, and replacing one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from certificates import queries
from certificates.errors import WrongStatus
from certificates.models import Certificate
from certificates.register import decisions
from certificates.register.models import Order, OrderLine
from certificates.services import authority, standing
from courses.models import Klass
from lms import approvals, audit, clock
from lms.access.models import User
from lms.approvals.models import Approval
from lms.db import atomic, insert_many, lock
from lms.errors import Conflict, Invalid

REVOKE = "certificates.revoke"
REPLACE = "certificates.replace"
REVOKE_MANY = "certificates.revoke_many"
#: What becomes of a line of an order that was carried out.
REVOKED = "revoked"


@atomic
def ask_to_revoke(
    certificate: Certificate, *, ground: int, decision_no: str, decided_on: date, by: User, note: str = ""
) -> Approval:
    """Ask a second person to agree to a revocation. Raises Invalid, WrongStatus, NotAllowed, Conflict when asked already."""
    authority.may_ask(by, certificate)
    standing.must_be_revocable(certificate, ground=ground, decision_no=decision_no, decided_on=decided_on)
    details = _details(certificate, decision_no, decided_on, note) | {"ground": ground}
    return approvals.request(REVOKE, certificate, by=by, details=details, reason=note)


@atomic
def ask_to_replace(
    certificate: Certificate, *, decision_no: str, decided_on: date, by: User, note: str = ""
) -> Approval:
    """Ask a second person to agree to a correction. Raises Invalid, WrongStatus, NotAllowed, Conflict when asked already."""
    authority.may_ask(by, certificate)
    standing.must_be_replaceable(certificate, decision_no=decision_no, decided_on=decided_on)
    details = _details(certificate, decision_no, decided_on, note)
    return approvals.request(REPLACE, certificate, by=by, details=details, reason=note)


@atomic
def order_revocation(
    klass: Klass, *, ground: int, decision_no: str, decided_on: date, by: User, note: str = ""
) -> Order:
    """Write down a decision to revoke certificates of a class; which ones is chosen next. Raises Invalid, NotAllowed."""
    first = decisions.first_of_class(klass)
    if first is None:
        raise Invalid(_("No certificate of this class was issued."))
    authority.may_ask(by, first)
    standing.check_ground(ground)
    standing.check_decision(first, decision_no, decided_on)
    order: Order = Order.create(
        klass=klass, ground=ground, decision_no=decision_no.strip(), decided_on=decided_on, note=note, by=by
    )
    audit.record(by, "certificates.order_made", order, klass=klass.code, ground=ground)
    return order


@atomic
def name_in_order(order: Order, certificates: Sequence[Certificate], *, by: User) -> dict[int, str]:
    """Put certificates into an order and ask the second person, once for the order; answers those that cannot: id → why."""
    order = lock(order)
    if order.done_at:
        return {one.id: _("The decision is carried out already.") for one in certificates}
    named = decisions.named_in(order)
    insert_many(
        OrderLine, [{"order": order.id, "certificate": one.id} for one in certificates if one.id not in named]
    )
    if waiting(REVOKE_MANY, order) is None:
        details = {"order_id": order.id, "class_id": order.klass_id}
        approvals.request(REVOKE_MANY, order, by=by, details=details, reason=order.note)
    return {}


def waiting(kind: str, thing: Any) -> Approval | None:
    """The request about a thing that waits for its second person."""
    last = approvals.latest(kind, thing)
    return last if last is not None and last.standing == "waiting" else None


def reasons_against(certificates: Sequence[Certificate], order: Order, user: User) -> list[str]:
    """For each certificate why the order cannot revoke it, empty when it can; a constant number of queries."""
    last = queries.status_now(certificates)
    named = decisions.named_in(order)
    allowed = {
        one.issuer_number: authority.answers_for(user, one, authority.DECIDE)
        for one in {one.issuer_number: one for one in certificates}.values()
    }
    return [
        _("Another institution issued it.")
        if not allowed[one.issuer_number]
        else _("Named in this decision already.")
        if one.id in named
        else _("Issued after the day of the decision.")
        if one.issued_on > order.decided_on
        else standing.why_not(last[one.id])
        for one in certificates
    ]


@approvals.two_person(
    REVOKE,
    title=_l("Revoke a certificate"),
    permission=authority.DECIDE,
    describe=lambda told: _sentences(told),
)
def _revoke(details: dict[str, Any], *, by: User, second: User) -> None:
    standing.revoke(
        Certificate.get_by_id(details["certificate_id"]),
        ground=details["ground"],
        **_decided(details),
        by=by,
        second=second,
    )


@approvals.two_person(
    REPLACE,
    title=_l("Replace a certificate by a corrected one"),
    permission=authority.DECIDE,
    describe=lambda told: _sentences(told),
)
def _replace(details: dict[str, Any], *, by: User, second: User) -> None:
    standing.supersede(
        Certificate.get_by_id(details["certificate_id"]),
        **_decided(details),
        by=by,
        second=second,
    )


@approvals.two_person(
    REVOKE_MANY,
    title=_l("Revoke several certificates of a class"),
    permission=authority.DECIDE,
    describe=lambda told: _order_sentences(told),
)
def _revoke_many(details: dict[str, Any], *, by: User, second: User) -> None:
    carry_out(Order.get_by_id(details["order_id"]), by=by, second=second)


def carry_out(order: Order, *, by: User, second: User) -> tuple[int, int]:
    """Revoke every certificate an order names; one that cannot be holds no other up. Returns (revoked, not revoked).

    Raises SamePerson, NotAllowed, NotTheIssuer: then nothing is revoked. Called inside the transaction of the second yes.
    """
    order = lock(order)
    if order.done_at:
        raise Conflict(_("The decision is carried out already."))
    revoked = 0
    for line in decisions.lines_of(order):
        outcome = _revoke_line(order, line.certificate, by=by, second=second)
        revoked += outcome == REVOKED
        OrderLine.update(outcome=outcome[:300]).where(OrderLine.id == line.id).execute()
    left = OrderLine.select().where(OrderLine.order == order).count() - revoked
    Order.update(second=second, done_at=clock.now()).where(Order.id == order.id).execute()
    audit.record(by, "certificates.order_done", order, revoked=revoked, left=left, second=second.display_name)
    return revoked, left


def _revoke_line(order: Order, certificate: Certificate, *, by: User, second: User) -> str:
    try:
        with atomic():
            standing.revoke(
                certificate,
                ground=order.ground,
                decision_no=order.decision_no,
                decided_on=order.decided_on,
                note=order.note,
                by=by,
                second=second,
            )
    except (WrongStatus, Invalid) as refused:
        return str(refused)
    return REVOKED


def _details(certificate: Certificate, decision_no: str, decided_on: date, note: str) -> dict[str, Any]:
    return {
        "certificate_id": certificate.id,
        "decision_no": decision_no.strip(),
        "decided_on": decided_on.isoformat(),
        "note": note,
    }


def _decided(details: dict[str, Any]) -> dict[str, Any]:
    """The decision of a request, as the services take it."""
    return {
        "decision_no": details["decision_no"],
        "decided_on": date.fromisoformat(details["decided_on"]),
        "note": details["note"],
    }


def _sentences(details: dict[str, Any]) -> list[str]:
    """What the second person agrees to."""
    row = Certificate.get_by_id(details["certificate_id"])
    told = [
        _("%(name)s, %(programme)s, class %(klass)s", name=row.name, programme=row.programme_title, klass=row.class_code),
        _decision(details["decision_no"], date.fromisoformat(details["decided_on"])),
    ]  # fmt: skip
    if "ground" in details:
        told.append(_("Ground: %(ground)s", ground=standing.GROUNDS[details["ground"]]))
        told.append(_("Revoking is final. The public page says “revoked” at once."))
    else:
        told.append(_("The new certificate takes its values from the records as they are when you agree."))
    return told


def _order_sentences(details: dict[str, Any]) -> list[str]:
    order = Order.get_by_id(details["order_id"])
    count = OrderLine.select().where(OrderLine.order == order).count()
    return [
        ngettext("%(num)s certificate of class %(klass)s", "%(num)s certificates of class %(klass)s", count, klass=order.klass.code),
        _decision(order.decision_no, order.decided_on),
        _("Ground: %(ground)s", ground=standing.GROUNDS[order.ground]),
        _("Revoking is final. The public page says “revoked” at once."),
    ]  # fmt: skip


def _decision(number: str, on: date) -> str:
    return _("Decision %(number)s of %(date)s", number=number, date=f"{on:%d/%m/%Y}")
