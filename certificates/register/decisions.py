"""Reads on decisions: who drew up, who may decide, which certificates a decision names."""

from __future__ import annotations

from flask_babel import gettext as _

from certificates.models import Certificate, Issuer
from certificates.register.models import Order, OrderLine
from courses.models import ClassStateChange, Klass
from lms.errors import NotFound


def issuing_organisations(issuer_number: int) -> set[int]:
    """Ids of the organisations whose profiles bear an issuer's number."""
    rows = Issuer.select(Issuer.organisation).where(Issuer.number == issuer_number).tuples()
    return {row[0] for row in rows}


def closed_by(klass: Klass) -> set[int]:
    """Who closed a class (ids of accounts)."""
    steps = ClassStateChange.select(ClassStateChange.by).where(
        ClassStateChange.klass == klass,
        ClassStateChange.state == "closed",
        ClassStateChange.by.is_null(False),
    )
    return {row[0] for row in steps.tuples()}


def first_of_class(klass: Klass) -> Certificate | None:
    """The certificate of a class that was issued first."""
    found: Certificate | None = (
        Certificate.select().where(Certificate.klass == klass).order_by(Certificate.id).first()
    )
    return found


def order_or_404(order_id: int) -> Order:
    """One decision on several certificates, with its class. Raises NotFound."""
    found: Order | None = Order.select(Order, Klass).join(Klass).where(Order.id == order_id).first()
    if found is None:
        raise NotFound(_("There is no such decision."))
    return found


def orders_of(klass: Klass) -> list[Order]:
    """Decisions on several certificates of a class, the newest first."""
    return list(Order.select().where(Order.klass == klass).order_by(Order.id.desc()))


def lines_of(order: Order) -> list[OrderLine]:
    """The certificates a decision names, in register order."""
    return list(
        OrderLine.select(OrderLine, Certificate)
        .join(Certificate)
        .where(OrderLine.order == order)
        .order_by(Certificate.register_year, Certificate.register_number)
    )


def named_in(order: Order) -> set[int]:
    """Ids of the certificates a decision names."""
    return {
        row[0] for row in OrderLine.select(OrderLine.certificate).where(OrderLine.order == order).tuples()
    }
