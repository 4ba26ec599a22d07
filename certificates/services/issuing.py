"""Prepare, approve and issue: numbers and frozen records in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _

from certificates import log, queries, record
from certificates.errors import NotReady, SamePerson
from certificates.events import CertificateIssued
from certificates.models import Batch, Certificate, Register, RegisterYear, StatusChange
from certificates.paper import versions
from certificates.preflight import Preflight, preflight
from certificates.register import decisions
from certificates.services.reference import note_term, rule_number
from certificates.status import places
from certificates.token import Malformed, base32
from courses.models import Klass, Membership
from lms import audit, clock, jobs, text
from lms.access.models import User
from lms.db import atomic, insert_many, lock
from lms.errors import Conflict
from lms.events import publish
from lms.names import sort_key
from lms.plugins import ask


@dataclass(frozen=True)
class Issue:
    """What an approval did: so many new certificates, so many that were there before."""

    batch: Batch
    new: int
    already: int


@atomic
def prepare_batch(klass: Klass, *, by: User | None) -> Batch | None:
    """Open a draft batch for a closed class when somebody of it still needs a certificate; None when nobody does.

    Safe to call again: an open draft is returned as it is.
    """
    klass = lock(klass)
    waiting = queries.draft(klass)
    if waiting:
        return waiting
    state = preflight(klass)
    if klass.state != "closed" or not (state.ready or state.blocked):
        return None
    if not state.ready and queries.batches(klass):
        return None
    batch: Batch = Batch.create(klass=klass, prepared_by=by)
    audit.record(by, "certificates.prepared", batch, ready=len(state.ready), blocked=len(state.blocked))
    return batch


@atomic
def approve_and_issue(batch: Batch, *, by: User) -> Issue:
    """Give numbers to everybody who is ready and freeze their certificates, all or nothing.

    Asks everything again (results, vetoes, issuer, key). A batch issued before answers "0 new".
    Raises SamePerson when `by` prepared the batch, NotReady when something is missing.
    Signing and printing follow in the background.
    """
    klass = lock(batch.klass)
    batch = lock(batch)
    if batch.state != "draft":
        return Issue(batch, 0, batch.count)
    if by.id in drawn_up_by(batch):
        raise SamePerson(_("You prepared this batch yourself. Another person has to approve it."))
    state = preflight(klass)
    _must_be_ready(state)
    certificates = _freeze(batch, state, state.ready, before=state.void)
    numbers = f"{certificates[0].register_text} – {certificates[-1].register_text}"
    Batch.update(
        state="approved",
        approved_at=clock.now(),
        approved_by=by,
        issued_on=state.on,
        count=len(certificates),
        run=start_printing(batch, klass, by),
    ).where(Batch.id == batch.id).execute()
    audit.record(by, "certificates.issued", batch, klass=klass.code, count=len(certificates), numbers=numbers)
    for one in certificates:
        publish(CertificateIssued(certificate_id=one.id))
    return Issue(queries.batch_or_404(batch.id), len(certificates), len(state.issued))


def start_printing(batch: Batch, klass: Klass, by: User | None) -> jobs.JobRun:
    """Queue signing and printing of a batch."""
    title = _("Certificates of class %(code)s", code=klass.code)
    return jobs.start("certificates.sign_and_print", title=title, by=by, batch_id=batch.id)


@atomic
def resume_printing(batch: Batch, *, by: User | None) -> Batch:
    """Queue signing and printing of an approved batch again; certificates that are done stay as they are.

    Raises Conflict while the work is under way or the batch is not approved.
    """
    batch = lock(batch)
    if batch.state == "draft":
        raise Conflict(_("The batch is not approved yet."))
    if batch.state == "cancelled":
        raise Conflict(_("This issue was cancelled; nothing more of it is printed."))
    if batch.run is not None and not batch.run.finished:
        raise Conflict(_("Signing and printing are under way already."))
    Batch.update(run=start_printing(batch, batch.klass, by)).where(Batch.id == batch.id).execute()
    audit.record(by, "certificates.printing_resumed", batch)
    return queries.batch_or_404(batch.id)


def freeze_correction(batch: Batch, state: Preflight, member: Membership, before: Certificate) -> Certificate:
    """The corrected certificate of one learner, inside the caller's transaction."""
    return _freeze(batch, state, [member], before={member.id: before})[0]


def drawn_up_by(batch: Batch) -> set[int]:
    """Who stands behind a batch before it is approved, and may not approve it: who prepared it, or closed the class when closing prepared it."""
    return {batch.prepared_by_id} if batch.prepared_by_id else decisions.closed_by(batch.klass)


def _must_be_ready(state: Preflight) -> None:
    if state.problems:
        raise NotReady(state.problems[0], problems=state.problems)
    if not state.ready:
        raise NotReady(
            _("Nobody of this class is ready for a certificate. The reasons stand beside each name.")
        )


def _freeze(
    batch: Batch, state: Preflight, members: Sequence[Membership], before: Mapping[int, Certificate]
) -> list[Certificate]:
    """The rows of these learners; `before` holds the certificate whose place a new one takes, by membership."""
    register, first = _take_numbers(state, len(members))
    shared = _shared_values(batch, state, register)
    grades = _grades(state.klass, members)
    indexes = places.take(len(members))
    rows = [
        shared
        | _holder(member)
        | {
            "membership": member.id,
            "official": member.official_id,
            "edition": before[member.id].edition + 1 if member.id in before else 1,
            "supersedes": before[member.id].id if member.id in before else None,
            "id16": base32.path_id(base32.new_id()),
            "status_index": indexes[place],
            "serial": f"{state.issuer.serial_prefix}{register.last_serial + place + 1:06d}"
            if state.issuer
            else "",
            "register_number": first + place,
            "grade": grades.get(member.id, ""),
        }
        for place, member in enumerate(members)
    ]
    for row in rows:
        _must_be_signable(row)
    insert_many(Certificate, rows)
    certificates = queries.of_batch(batch)
    changes = [_issued_row(one, state.on) for one in certificates]
    insert_many(StatusChange, changes)
    log.append_many(
        log.Deed("issue", one, StatusChange(**change))
        for one, change in zip(certificates, changes, strict=True)
    )
    return certificates


def _take_numbers(state: Preflight, count: int) -> tuple[Register, int]:
    """Take `count` numbers of the register's year, and as many serials; returns the register as it was and the first number.

    The register's row is locked until the transaction ends, so parallel issuers wait; a rollback gives the numbers back.
    """
    if state.register is None:
        raise NotReady(_("There is no register to enter these certificates in."))
    register = lock(state.register)
    year, _created = RegisterYear.get_or_create(register=register, year=state.on.year)
    year = lock(year)
    RegisterYear.update(last_number=year.last_number + count).where(RegisterYear.id == year.id).execute()
    Register.update(last_serial=register.last_serial + count).where(Register.id == register.id).execute()
    return register, year.last_number + 1


def _shared_values(batch: Batch, state: Preflight, register: Register) -> dict[str, Any]:
    """Values that all certificates of a batch have in common."""
    klass, issuer, rule = state.klass, state.issuer, state.rule
    if issuer is None:
        raise NotReady(_("There is no issuer profile."))
    programme = klass.programme
    note_term("programme", programme.number, programme.code, programme.title, programme.title_en, on=state.on)
    for post in state.posts:
        note_term("post", post.number, post.code, post.title, post.title_en, on=state.on)
    awarded = clock.local(klass.closed_at).date() if klass.closed_at else klass.ends_on
    return {
        "batch": batch.id,
        "klass": klass.id,
        "programme": programme.id,
        "register": register.id,
        "register_year": state.on.year,
        "kind": programme.certificate_kind,
        "programme_number": programme.number,
        "programme_code": programme.code,
        "programme_title": text.nfc(programme.title),
        "programme_title_en": programme.title_en,
        "periods": klass.programme_version.periods,
        "class_code": klass.code,
        "from_date": klass.starts_on,
        "to_date": klass.ends_on,
        "issuer_number": issuer.number,
        "issuer_superior": text.nfc(issuer.superior_name),
        "issuer_name": text.nfc(issuer.name),
        "issuer_name_en": issuer.name_en,
        "place": text.nfc(issuer.place),
        "signatory_title": text.nfc(issuer.signatory_title),
        "signatory_name": text.nfc(issuer.signatory_name),
        "awarded_on": min(awarded or state.on, state.on),
        "issued_on": state.on,
        "valid_until": None,
        "posts": sorted({post.number for post in state.posts}),
        "rule_number": rule_number(rule.id, rule.legal_source, on=state.on) if rule else 0,
        "rule_id": rule.id if rule else "",
        "rule_source": rule.legal_source if rule else "",
        "template_version": versions.in_force(programme.certificate_kind),
        "record_version": record.VERSION,
        "created_at": clock.now(),
    }


def _holder(member: Membership) -> dict[str, Any]:
    official = member.official
    name = text.nfc(official.full_name)
    return {
        "name": name,
        "birth_date": official.birth_date,
        "birth_year": official.birth_date.year if official.birth_date else official.birth_year,
        "position": official.position,
        "unit": official.unit_text or official.organisation.name,
        "name_folded": text.fold(name),
        "name_sort": sort_key(name),
    }


def _grades(klass: Klass, members: Sequence[Membership]) -> dict[int, str]:
    answers = ask("certificate_fields", klass=klass, memberships=members)
    return {one.membership_id: text.nfc(one.value) for one in answers if one.name == "grade"}


def _must_be_signable(row: dict[str, Any]) -> None:
    """Refuse before any number is given what the worker could not sign."""
    try:
        encoded = record.body(_Values(row)).encode()
    except Malformed as wrong:
        raise NotReady(
            _("The certificate of %(name)s cannot be signed: %(field)s.", name=row["name"], field=wrong.code)
        ) from wrong
    if len(encoded) > 152:
        raise NotReady(
            _("The certificate of %(name)s counts for too many posts to fit in its code.", name=row["name"])
        )


class _Values:
    """A dictionary read like a row."""

    def __init__(self, values: dict[str, Any]) -> None:
        self.__dict__.update(values)


def _issued_row(certificate: Certificate, on: date) -> dict[str, Any]:
    return {"certificate": certificate.id, "number": 1, "status": "issued", "on_date": on, "at": clock.now()}
