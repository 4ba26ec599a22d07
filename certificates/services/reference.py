"""Issuers, registers and the public dictionary."""

from __future__ import annotations

from datetime import date, timedelta

from flask_babel import gettext as _
from peewee import fn

from certificates import log
from certificates.log.entries import term_digest
from certificates.models import Issuer, Register, Term
from lms import audit, clock
from lms.access.models import User
from lms.db import atomic
from lms.errors import Conflict, Invalid
from lms.people.models import Organisation


@atomic
def add_issuer(
    organisation: Organisation,
    *,
    by: User | None,
    name: str,
    place: str,
    signatory_title: str,
    signatory_name: str,
    serial_prefix: str,
    superior_name: str = "",
    name_en: str = "",
    valid_from: date | None = None,
) -> Issuer:
    """Add what an institution's certificates print from a day on; the profile before ends the day before.

    Raises Invalid naming the field when the day is not after the present profile's first day.
    """
    valid_from = valid_from or clock.today()
    before: Issuer | None = (
        Issuer.select().where(Issuer.organisation == organisation).order_by(Issuer.valid_from.desc()).first()
    )
    if before and valid_from <= before.valid_from:
        raise Invalid(
            fields={
                "valid_from": _("The profile in force began on that day or later. Please give a later day.")
            }
        )
    if before and before.valid_to is None:
        Issuer.update(valid_to=valid_from - timedelta(days=1)).where(Issuer.id == before.id).execute()
    number = before.number if before else (Issuer.select(fn.MAX(Issuer.number)).scalar() or 0) + 1
    issuer: Issuer = Issuer.create(
        organisation=organisation,
        number=number,
        superior_name=superior_name,
        name=name,
        name_en=name_en,
        place=place,
        signatory_title=signatory_title,
        signatory_name=signatory_name,
        serial_prefix=serial_prefix,
        valid_from=valid_from,
    )
    note_term("issuer", number, str(organisation.code), name, name_en, on=valid_from)
    audit.record(by, "certificates.issuer_added", issuer, number=number, valid_from=valid_from)
    return issuer


@atomic
def add_register(
    issuer: Issuer, code: str, title: str, *, by: User | None, kind: str = "certificate"
) -> Register:
    """Open a register book. Raises Conflict when the issuer has one for this kind of paper."""
    if Register.select().where(Register.issuer_number == issuer.number, Register.kind == kind).exists():
        raise Conflict(_("This issuer already has a register for this kind of paper."))
    register: Register = Register.create(issuer_number=issuer.number, code=code, title=title, kind=kind)
    audit.record(by, "certificates.register_opened", register, code=code)
    return register


def note_term(kind: str, number: int, code: str, title: str, title_en: str = "", *, on: date) -> Term:
    """Make sure the public dictionary says what a number means on a day; a changed title becomes a new entry."""
    newest: Term | None = (
        Term.select()
        .where(Term.kind == kind, Term.number == number, Term.valid_from <= on)
        .order_by(Term.valid_from.desc())
        .first()
    )
    if newest and (newest.code, newest.title, newest.title_en) == (code, title, title_en):
        return newest
    values = {"code": code, "title": title, "title_en": title_en}
    if newest and newest.valid_from == on:
        return newest
    term: Term = Term.create(kind=kind, number=number, valid_from=on, **values)
    log.append("rules", term=kind, number=number, digest=term_digest(kind, number, code, title, title_en, on))
    return term


def rule_number(rule_id: str, title: str, *, on: date) -> int:
    """The number that stands for a rule in the signed code; a new rule gets the next one."""
    known = Term.select(Term.number).where(Term.kind == "rule", Term.code == rule_id).limit(1).scalar()
    number = known or (Term.select(fn.MAX(Term.number)).where(Term.kind == "rule").scalar() or 0) + 1
    note_term("rule", number, rule_id, title, on=on)
    return int(number)
