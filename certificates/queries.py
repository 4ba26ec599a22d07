"""Reads on batches and the register. Lists cost the same number of queries whatever their length."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from peewee import JOIN, SQL, fn

from certificates.models import Batch, Certificate, Issuer, Key, Register, RegisterYear, StatusChange
from courses.models import Klass, Membership
from lms import text
from lms.access import can, scope
from lms.access.models import User
from lms.errors import NotFound
from lms.people.models import Official


def issuer_for(klass: Klass, on: date) -> Issuer | None:
    """The institution that issues for a class on a day, with its signatory of that day."""
    return issuer_of(klass.organiser_id, on)


def issuer_of(organisation_id: int, on: date) -> Issuer | None:
    found: Issuer | None = (
        Issuer.select()
        .where(
            Issuer.organisation == organisation_id,
            Issuer.valid_from <= on,
            Issuer.valid_to.is_null() | (Issuer.valid_to >= on),
        )
        .order_by(Issuer.valid_from.desc())
        .first()
    )
    return found


def issuer_of_number(number: int, on: date) -> Issuer | None:
    """The profile of an issuer's number on a day."""
    query = Issuer.select().where(Issuer.number == number, Issuer.valid_from <= on)
    found: Issuer | None = query.order_by(Issuer.valid_from.desc()).first()
    return found


def key_for(issuer_number: int, on: date) -> Key | None:
    """The active, published key of an issuer whose time includes the day; of several the newest."""
    found: Key | None = (
        Key.select()
        .where(
            Key.issuer_number == issuer_number,
            Key.status == "active",
            Key.published_at.is_null(False),
            Key.not_before <= on,
            Key.not_after >= on,
        )
        .order_by(Key.not_before.desc(), Key.id.desc())
        .first()
    )
    return found


def status_key(on: date) -> Key | None:
    """The active key that signs status lists on a day."""
    found: Key | None = (
        Key.select()
        .where(Key.purpose == "status", Key.status == "active", Key.not_before <= on, Key.not_after >= on)
        .order_by(Key.not_before.desc(), Key.id.desc())
        .first()
    )
    return found


def register_for(issuer_number: int, kind: str) -> Register | None:
    """The register book of an issuer for a kind of paper."""
    found: Register | None = Register.get_or_none(
        Register.issuer_number == issuer_number, Register.kind == kind
    )
    return found


def last_number(register: Register, year: int) -> int:
    """The last số vào sổ given in a year; 0 when none was."""
    row = RegisterYear.get_or_none(RegisterYear.register == register, RegisterYear.year == year)
    return int(row.last_number) if row else 0


def batch_or_404(batch_id: int) -> Batch:
    """One batch with its class. Raises NotFound."""
    found: Batch | None = Batch.select(Batch, Klass).join(Klass).where(Batch.id == batch_id).first()
    if found is None:
        raise NotFound(_("There is no such batch of certificates."))
    return found


def batches(klass: Klass) -> list[Batch]:
    """The batches of a class, oldest first."""
    return list(Batch.select().where(Batch.klass == klass).order_by(Batch.id))


def draft(klass: Klass) -> Batch | None:
    """The batch of a class that waits for approval."""
    found: Batch | None = Batch.get_or_none(Batch.klass == klass, Batch.state == "draft")
    return found


def waiting_batches() -> list[Batch]:
    """Batches that wait for the head of the school, oldest first, with class."""
    return list(
        Batch.select(Batch, Klass)
        .join(Klass)
        .where(Batch.state == "draft")
        .order_by(Batch.prepared_at)
        .limit(20)
    )


def latest_approved(limit: int) -> list[Batch]:
    """Batches approved last, newest first, with class."""
    approved = Batch.select(Batch, Klass).join(Klass).where(Batch.approved_at.is_null(False))
    return list(approved.order_by(Batch.approved_at.desc(), Batch.id.desc()).limit(limit))


def count_prepared() -> int:
    """How many learners stand on lists that wait for the head of the school."""
    drafts = Batch.select(Batch.klass).where(Batch.state == "draft")
    return int(Membership.select().where(Membership.klass.in_(drafts), Membership.left_at.is_null()).count())


def is_cancelled(batch: Batch) -> bool:
    """Whether the issue was cancelled by now."""
    return bool(Batch.select().where(Batch.id == batch.id, Batch.state == "cancelled").exists())


def of_batch(batch: Batch) -> list[Certificate]:
    """Certificates of a batch in register order."""
    return list(
        Certificate.select()
        .where(Certificate.batch == batch)
        .order_by(Certificate.register_year, Certificate.register_number)
    )


def latest_editions(membership_ids: Iterable[int]) -> dict[int, Certificate]:
    """The newest certificate of each membership: one query."""
    ids = list(membership_ids)
    if not ids:
        return {}
    rows = Certificate.select().where(Certificate.membership.in_(ids)).order_by(Certificate.edition)
    return {row.membership_id: row for row in rows}


def void_among(latest: Mapping[int, Certificate]) -> dict[int, Certificate]:
    """Those of the certificates whose issue was cancelled within minutes, by membership: one query."""
    if not latest:
        return {}
    cancelled = {
        row.id
        for row in Certificate.select(Certificate.id)
        .join(Batch)
        .where(Certificate.id.in_([one.id for one in latest.values()]), Batch.state == "cancelled")
    }
    return {member: one for member, one in latest.items() if one.id in cancelled}


def status_now(certificates: Iterable[Certificate]) -> dict[int, StatusChange]:
    """The last status of each certificate: certificate id → row, one query."""
    ids = [row.id for row in certificates]
    if not ids:
        return {}
    rows = (
        StatusChange.select()
        .where(StatusChange.certificate.in_(ids))
        .order_by(StatusChange.certificate, StatusChange.number)
    )
    return {row.certificate_id: row for row in rows}


def of_class(klass: Klass) -> list[Certificate]:
    """Certificates of a class in register order."""
    return list(
        Certificate.select()
        .where(Certificate.klass == klass)
        .order_by(Certificate.register_year, Certificate.register_number)
    )


def history(certificate: Certificate) -> list[StatusChange]:
    """Every status of a certificate, oldest first, with who entered it and who agreed."""
    second = User.alias()
    return list(
        StatusChange.select(StatusChange, User, second)
        .join(User, JOIN.LEFT_OUTER, on=(StatusChange.by == User.id), attr="by")
        .switch(StatusChange)
        .join(second, JOIN.LEFT_OUTER, on=(StatusChange.second == second.id), attr="second")
        .where(StatusChange.certificate == certificate)
        .order_by(StatusChange.number)
    )


def search(
    user: User, *, words: str = "", year: int | None = None, programme_id: int | None = None, status: str = ""
) -> Any:
    """The register for a user, newest numbers first: name, số hiệu, class, without accents; inside the user's scope.

    Filters and order stand in one index, so that pages of a long register are counted and found without reading it;
    `with_status` adds what stands now to the rows of a page.
    """
    order = (Certificate.register_year, Certificate.register_number, Certificate.id)
    query = _in_scope(Certificate.select().order_by(*(one.desc() for one in order)), user)
    for word in text.fold(words).split():
        query = query.where(
            Certificate.name_folded.contains(word)
            | fn.LOWER(Certificate.serial).contains(word)
            | fn.LOWER(Certificate.class_code).contains(word)
        )
    if year:
        query = query.where(Certificate.register_year == year)
    if programme_id:
        query = query.where(Certificate.programme == programme_id)
    if status == "issued":
        query = query.where(Certificate.id.not_in(_standing_as("suspended", "revoked", "superseded")))
    elif status:
        query = query.where(Certificate.id.in_(_standing_as(status)))
    return query


def _standing_as(*statuses: str) -> Any:
    """Ids of the certificates whose last status is one of these; few are anything but in force."""
    later = StatusChange.alias()
    newer = later.select(SQL("1")).where(
        later.certificate == StatusChange.certificate, later.number > StatusChange.number
    )
    return StatusChange.select(StatusChange.certificate).where(
        StatusChange.status.in_(statuses), ~fn.EXISTS(newer)
    )


def with_status(rows: Iterable[Certificate]) -> list[Certificate]:
    """The certificates, each with its last status as `status`: one query for a page of them."""
    listed = list(rows)
    now = status_now(listed)
    for row in listed:
        row.status = now.get(row.id)  # type: ignore[attr-defined]
    return listed


def years() -> list[int]:
    """Years in which numbers were given, newest first."""
    return [
        row[0]
        for row in RegisterYear.select(RegisterYear.year)
        .distinct()
        .order_by(RegisterYear.year.desc())
        .tuples()
    ]


def certificate_or_404(certificate_id: int, user: User | None = None) -> Certificate:
    """One certificate; with `user`, only inside his or her scope. Raises NotFound, the same for "not there" and "not yours"."""
    row = found(certificate_id, user)
    if row is None:
        raise NotFound(_("There is no such certificate among those you may see."))
    return row


def found(certificate_id: int, user: User | None = None) -> Certificate | None:
    """One certificate; with `user`, only inside his or her scope. None when there is none."""
    query = Certificate.select().where(Certificate.id == certificate_id)
    row: Certificate | None = (query if user is None else _in_scope(query, user)).first()
    return row


def of_official(official_id: int) -> list[Certificate]:
    """All certificates of one official, newest first, each with its last status as `status`."""
    rows = list(
        Certificate.select()
        .where(Certificate.official == official_id)
        .order_by(Certificate.issued_on.desc(), Certificate.id.desc())
    )
    return with_status(rows)


def count_of_official(official_id: int) -> int:
    return int(Certificate.select().where(Certificate.official == official_id).count())


def known_to(official_ids: Sequence[int], on: date) -> list[tuple[Certificate, StatusChange]]:
    """Signed certificates of officials entered by a day, each with its last status by that day: two queries for up to 30,000 people (SQLite takes 32,766 values)."""
    rows: list[Certificate] = []
    for start in range(0, len(official_ids), 30_000):
        part = list(official_ids[start : start + 30_000])
        query = (
            Certificate.select(
                Certificate.id,
                Certificate.id16,
                Certificate.official,
                Certificate.programme_code,
                Certificate.serial,
                Certificate.awarded_on,
                Certificate.issued_on,
                Certificate.valid_until,
                Certificate.issuer_name,
            )
            .where(
                Certificate.official.in_(part), Certificate.issued_on <= on, Certificate.token.is_null(False)
            )
            .order_by(Certificate.official, Certificate.issued_on, Certificate.id)
        )
        # `rows += query` would make a compound query: peewee's select answers to + itself.
        rows.extend(query)
    changes: dict[int, StatusChange] = {}
    ids = [row.id for row in rows]
    for start in range(0, len(ids), 30_000):
        part = ids[start : start + 30_000]
        for change in (
            StatusChange.select()
            .where(StatusChange.certificate.in_(part), StatusChange.on_date <= on)
            .order_by(StatusChange.certificate, StatusChange.number)
        ):
            changes[change.certificate_id] = change
    return [(row, changes[row.id]) for row in rows if row.id in changes]


def _in_scope(query: Any, user: User) -> Any:
    where = scope.condition(Official.organisation, user, "certificates.view")
    if where is None:
        return query
    return query.where(Certificate.official.in_(Official.select(Official.id).where(where)))


def within_scope(ids: Sequence[str], user: User) -> set[str]:
    """Of these ids (as in addresses) those whose holders are of organisations where the user sees the register."""
    if not can(user, "certificates.view"):
        return set()
    asked = Certificate.select(Certificate.id16).where(Certificate.id16.in_(list(ids) or [""]))
    return {row[0] for row in _in_scope(asked, user).tuples()}


def issued_to(official_id: int) -> Any:
    """Every certificate that belongs to an official, whatever its standing, oldest first."""
    return Certificate.select().where(Certificate.official == official_id).order_by(Certificate.id)


def issued_since(memberships: Sequence[int], moment: datetime) -> Certificate | None:
    """The first certificate issued on one of these places in classes after the moment (naive UTC)."""
    found: Certificate | None = (
        Certificate.select()
        .where(Certificate.membership.in_(list(memberships) or [-1]), Certificate.created_at > moment)
        .order_by(Certificate.id)
        .first()
    )
    return found
