"""Revoke, suspend, reinstate, replace: each a new dated fact beside the certificate, which itself never changes."""

from __future__ import annotations

from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from certificates import log, preflight, queries
from certificates.errors import NotReady, WrongStatus
from certificates.events import CertificateIssued, CertificateRevoked, CertificateSuperseded
from certificates.log.entries import KIND_OF_STATUS
from certificates.models import Batch, Certificate, StatusChange
from certificates.services import authority
from certificates.services.issuing import freeze_correction, start_printing
from courses.models import Klass, Membership
from lms import audit, clock
from lms.access.models import User
from lms.db import atomic, lock
from lms.errors import Invalid
from lms.events import publish
from lms.people.models import Official, Organisation

#: The five grounds of Circular 03/2023/TT-BNV, Article 8. The public reads the number and the title.
GROUNDS = {
    1: _l("Fraud in enrolment or study"),
    2: _l("Issued to a person who is not qualified, or outside the issuer's authority"),
    3: _l("Altered or tampered with"),
    4: _l("Lent to another person"),
    5: _l("Error of the issuing institution"),
}


@atomic
def revoke(
    certificate: Certificate,
    *,
    ground: int,
    decision_no: str,
    decided_on: date,
    by: User,
    second: User,
    on: date | None = None,
    note: str = "",
) -> StatusChange:
    """Revoke a certificate for good, on one of the five grounds of Circular 03/2023, Article 8, by a numbered decision.

    Two persons: `by` asks and `second` agrees. Raises Invalid naming the field, WrongStatus when it is revoked or
    replaced already, SamePerson, NotAllowed (see `certificates.services.authority`).
    """
    authority.must_be_two(by, second, certificate)
    certificate = lock(certificate)
    last = must_be_revocable(certificate, ground=ground, decision_no=decision_no, decided_on=decided_on)
    change = _add(
        certificate,
        last,
        "revoked",
        on or decided_on,
        by,
        second=second,
        ground=ground,
        decision_no=decision_no,
        decided_on=decided_on,
        note=note,
    )
    audit.record(
        by,
        "certificates.revoked",
        certificate,
        ground=ground,
        decision=decision_no,
        second=second.display_name,
    )
    publish(CertificateRevoked(certificate_id=certificate.id))
    return change


@atomic
def suspend(
    certificate: Certificate, *, decision_no: str, decided_on: date, by: User, note: str = ""
) -> StatusChange:
    """Suspend a certificate while something is examined. Raises Invalid, WrongStatus, NotAllowed."""
    authority.must_answer_for(by, certificate)
    certificate = lock(certificate)
    last = _last(certificate)
    _must_be(last, "issued", "reinstated")
    check_decision(certificate, decision_no, decided_on)
    change = _add(
        certificate,
        last,
        "suspended",
        decided_on,
        by,
        decision_no=decision_no,
        decided_on=decided_on,
        note=note,
    )
    audit.record(by, "certificates.suspended", certificate, decision=decision_no)
    return change


@atomic
def reinstate(
    certificate: Certificate, *, decision_no: str, decided_on: date, by: User, note: str = ""
) -> StatusChange:
    """End a suspension; the certificate stands again. Raises Invalid, WrongStatus, NotAllowed."""
    authority.must_answer_for(by, certificate)
    certificate = lock(certificate)
    last = _last(certificate)
    _must_be(last, "suspended")
    check_decision(certificate, decision_no, decided_on)
    change = _add(
        certificate,
        last,
        "reinstated",
        decided_on,
        by,
        decision_no=decision_no,
        decided_on=decided_on,
        note=note,
    )
    audit.record(by, "certificates.reinstated", certificate, decision=decision_no)
    return change


@atomic
def supersede(
    certificate: Certificate, *, decision_no: str, decided_on: date, by: User, second: User, note: str = ""
) -> Certificate:
    """Replace a certificate by a corrected one: new id, number and signature, from the records as they are now.

    Correct the official's or the class's record first. The old paper says "replaced" from today and shows nothing
    of the new one. Two persons, as for every issue: `by` asks, `second` agrees.
    Raises Invalid, WrongStatus, NotReady, SamePerson, NotAllowed.
    """
    authority.must_be_two(by, second, certificate)
    certificate = lock(certificate)
    last = must_be_replaceable(certificate, decision_no=decision_no, decided_on=decided_on)
    klass = Klass.get_by_id(certificate.klass_id)
    state = preflight.preflight(klass)
    if state.problems:
        raise NotReady(state.problems[0], problems=state.problems)
    member = (
        Membership.select(Membership, Official, Organisation)
        .join(Official)
        .join(Organisation)
        .where(Membership.id == certificate.membership_id)
        .get()
    )
    batch = Batch.create(
        klass=klass,
        state="approved",
        prepared_by=by,
        approved_at=clock.now(),
        approved_by=second,
        issued_on=state.on,
        count=1,
    )
    successor = freeze_correction(batch, state, member, certificate)
    _add(
        certificate,
        last,
        "superseded",
        state.on,
        by,
        second=second,
        decision_no=decision_no,
        decided_on=decided_on,
        note=note,
    )
    Batch.update(run=start_printing(batch, klass, by)).where(Batch.id == batch.id).execute()
    audit.record(by, "certificates.superseded", certificate, successor=successor.serial, decision=decision_no)
    publish(CertificateSuperseded(certificate_id=certificate.id, successor_id=successor.id))
    publish(CertificateIssued(certificate_id=successor.id))
    return successor


def must_be_revocable(
    certificate: Certificate, *, ground: int, decision_no: str, decided_on: date
) -> StatusChange:
    """The last status of a certificate that may be revoked so. Raises Invalid naming the field, WrongStatus."""
    last = must_be_replaceable(certificate, decision_no=decision_no, decided_on=decided_on)
    check_ground(ground)
    return last


def must_be_replaceable(certificate: Certificate, *, decision_no: str, decided_on: date) -> StatusChange:
    """The last status of a certificate that may be replaced so. Raises Invalid naming the field, WrongStatus."""
    last = _last(certificate)
    _must_be(last, "issued", "reinstated", "suspended")
    check_decision(certificate, decision_no, decided_on)
    return last


def check_ground(ground: int) -> None:
    """Raise Invalid for anything but one of the five grounds."""
    if ground not in GROUNDS:
        raise Invalid(fields={"ground": _("Please choose one of the five grounds.")})


def why_not(last: StatusChange) -> str:
    """Why a certificate whose last status this is can be neither revoked nor replaced; empty when it can."""
    return str(_sentences().get(last.status, "")) if last.status in {"revoked", "superseded"} else ""


def _last(certificate: Certificate) -> StatusChange:
    return queries.history(certificate)[-1]


def _must_be(last: StatusChange, *statuses: str) -> None:
    if last.status in statuses:
        return
    sentence = _sentences().get(last.status, _("This certificate is not suspended."))
    raise WrongStatus(sentence, status=last.status)


def _sentences() -> dict[str, str]:
    return {
        "revoked": _("This certificate is revoked already; that is final."),
        "superseded": _("This certificate is replaced already. Open the one that took its place."),
        "suspended": _("This certificate is suspended already."),
    }


def check_decision(certificate: Certificate, decision_no: str, decided_on: date) -> None:
    """Raise Invalid unless a decision has a number and a day between the issue and today."""
    wrong = {}
    if not decision_no.strip():
        wrong["decision_no"] = _("Please give the number of the decision.")
    if decided_on > clock.today():
        wrong["decided_on"] = _("The decision cannot be of a day to come.")
    if decided_on < certificate.issued_on:
        wrong["decided_on"] = _("The decision cannot be older than the certificate.")
    if wrong:
        raise Invalid(fields=wrong)


def _add(
    certificate: Certificate, last: StatusChange, status: str, on: date, by: User, **values: object
) -> StatusChange:
    change: StatusChange = StatusChange.create(
        certificate=certificate, number=last.number + 1, status=status, on_date=on, by=by, **values
    )
    log.append(KIND_OF_STATUS[status], certificate=certificate, change=change)
    return change
