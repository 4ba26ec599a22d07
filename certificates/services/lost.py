"""A lost or damaged paper: the holder receives a completion paper or a duplicate, by the rule of the day.

Id, code, numbers and signature of the certificate stay; the paper is counted, and two persons stand behind it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from certificates import queries
from certificates.errors import NotReady, WrongStatus
from certificates.log.entries import digest
from certificates.models import Certificate
from certificates.register import lost_rules
from certificates.register.lost_rules import LostRule
from certificates.register.models import Substitute
from certificates.services import authority
from certificates.services.signing import UNTIMED, write_whole
from courses.models import Programme
from lms import approvals, audit, clock, jobs
from lms.access.models import User
from lms.approvals.models import Approval
from lms.config import settings
from lms.db import atomic, lock
from lms.errors import Invalid

SUBSTITUTE = "certificates.substitute"
REASONS = {"lost": _l("Lost"), "damaged": _l("Damaged")}
WAYS = {
    lost_rules.COMPLETION_PAPER: _l("Completion paper"),
    lost_rules.DUPLICATE: _l("Duplicate from the register"),
}


@atomic
def ask_for_substitute(certificate: Certificate, *, reason: str, by: User, note: str = "") -> Approval:
    """Ask a second person to agree to a paper for a lost or damaged one.

    Raises Invalid naming the field, WrongStatus unless the certificate is in force and printed, NotReady when no rule
    is known, NotAllowed, Conflict when asked already.
    """
    authority.may_ask(by, certificate)
    if reason not in REASONS:
        raise Invalid(fields={"reason": _("Please say what happened to the paper.")})
    rule = _must_be_possible(certificate)
    details = {"certificate_id": certificate.id, "reason": reason, "note": note, "way": rule.way}
    return approvals.request(SUBSTITUTE, certificate, by=by, details=details, reason=note)


@approvals.two_person(
    SUBSTITUTE,
    title=_l("Give a paper for a lost or damaged one"),
    permission=authority.DECIDE,
    describe=lambda told: _sentences(told),
)
def _give(details: dict[str, Any], *, by: User, second: User) -> None:
    give_substitute(
        Certificate.get_by_id(details["certificate_id"]),
        reason=details["reason"],
        note=details["note"],
        by=by,
        second=second,
    )


@atomic
def give_substitute(
    certificate: Certificate, *, reason: str, by: User, second: User, note: str = ""
) -> Substitute:
    """Record the paper with the signatory of the day; it is printed in the background.

    Raises SamePerson, NotAllowed, WrongStatus, NotReady.
    """
    authority.must_be_two(by, second, certificate)
    certificate = lock(certificate)
    rule = _must_be_possible(certificate)
    issuer = queries.issuer_of_number(certificate.issuer_number, clock.today())
    if issuer is None:
        raise NotReady(_("The issuer has no profile for this day, so nobody can sign the paper."))
    made: Substitute = Substitute.create(
        certificate=certificate,
        way=rule.way,
        number=Substitute.select().where(Substitute.certificate == certificate).count() + 1,
        reason=reason,
        note=note,
        issued_on=clock.today(),
        issuer_name=issuer.name,
        issuer_superior=issuer.superior_name,
        place=issuer.place,
        signatory_title=issuer.signatory_title,
        signatory_name=issuer.signatory_name,
        rule_id=rule.id,
        rule_source=rule.instrument,
        by=by,
        second=second,
    )
    title = _("Paper for the lost certificate %(serial)s", serial=certificate.serial)
    jobs.start("certificates.print_substitute", title=title, by=second, substitute_id=made.id)
    audit.record(
        by,
        "certificates.substitute_given",
        certificate,
        way=rule.way,
        number=made.number,
        second=second.display_name,
    )
    return made


def print_substitute(substitute: Substitute) -> bool:
    """Make the PDF, test it, keep its place and hash; returns whether it was made now. Raises SelfTestFailed."""
    if substitute.pdf_sha256 is not None:
        return False
    from certificates.register import lost_files  # noqa: PLC0415  the PDF library is slow to load and large

    row = substitute.certificate
    paper = lost_files.made(substitute)
    made = paper.pdf
    path = Path("certificates") / str(row.register_year) / f"{row.id16}-{substitute.number}.pdf"
    write_whole(settings().files / path, made)
    with atomic():
        filled = (
            Substitute.update(pdf_path=str(path), pdf_sha256=digest(made), printed_at=clock.now())
            .where(Substitute.id == substitute.id, Substitute.pdf_sha256.is_null())
            .execute()
        )
        if filled and paper.untimed:
            audit.record(None, UNTIMED, row, why=paper.untimed)
    return bool(filled)


def rule_of(certificate: Certificate) -> LostRule | None:
    """What the holder of a lost paper receives today; None when no rule is known."""
    regime = Programme.get_by_id(certificate.programme_id).regime
    return lost_rules.rule_for(regime, clock.today())


def _must_be_possible(certificate: Certificate) -> LostRule:
    if queries.history(certificate)[-1].status not in {"issued", "reinstated"}:
        raise WrongStatus(_("Only a certificate that is in force gets a paper for a lost one."))
    if certificate.pdf_sha256 is None:
        raise WrongStatus(_("This certificate is not printed yet. Please try again in a few minutes."))
    rule = rule_of(certificate)
    if rule is None:
        raise NotReady(
            _("No rule is known for lost papers of this programme on this day. Please ask the Department.")
        )
    return rule


def _sentences(details: dict[str, Any]) -> list[str]:
    row = Certificate.get_by_id(details["certificate_id"])
    given = Substitute.select().where(Substitute.certificate == row).count()
    return [
        _("%(name)s, %(programme)s, class %(klass)s", name=row.name, programme=row.programme_title, klass=row.class_code),
        _("%(way)s, no. %(number)s for this certificate", way=WAYS[details["way"]], number=given + 1),
        _("What happened: %(reason)s", reason=REASONS[details["reason"]]),
        _("Its id, code and numbers stay; the lost paper stays genuine if it is found."),
    ]  # fmt: skip
