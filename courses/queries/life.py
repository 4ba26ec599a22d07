"""The life of a class, and the rule it is under."""

from __future__ import annotations

from datetime import date

from peewee import JOIN, fn

from courses import rules
from courses.models import ClassSession, ClassStateChange, Klass
from courses.queries.timetable import live
from lms import clock
from lms.access.models import User


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
