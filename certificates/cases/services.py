"""Open and answer reports about papers; let photos go after their time."""

from __future__ import annotations

from datetime import timedelta
from typing import IO

from flask_babel import gettext as _

from certificates.cases import photos, queries
from certificates.cases.models import Case
from certificates.cases.words import OUTCOMES, REASONS
from certificates.models import Certificate
from certificates.token import base32
from lms import audit, clock
from lms.access.models import User
from lms.db import atomic, lock
from lms.errors import Conflict, Invalid
from lms.plugins import setting

#: Reports about one certificate that may wait at once: more of them tell the issuer nothing new.
MOST_WAITING = 20


class Answered(Conflict):
    """The report was answered already."""

    code = "case_answered"


def report(
    certificate: Certificate,
    *,
    verdict: str,
    reason: str,
    note: str = "",
    contact: str = "",
    photo: IO[bytes] | None = None,
) -> Case:
    """Open a case for the issuer of a certificate: somebody saw a paper that does not fit. Nobody is signed in.

    Raises Invalid naming the field; Conflict when many reports about it wait already.
    """
    if reason not in REASONS:
        raise Invalid(fields={"reason": _("Please choose what does not fit.")})
    if queries.waiting_about(certificate.id) >= MOST_WAITING:
        raise Conflict(_("Many reports about this certificate wait already. The issuer looks into them."))
    kept = photos.keep(photos.redrawn(photo)) if photo else ""
    try:
        return _open(certificate, verdict, reason, note, contact, kept)
    except BaseException:
        photos.drop(kept)
        raise


@atomic
def _open(
    certificate: Certificate, verdict: str, reason: str, note: str, contact: str, photo_path: str
) -> Case:
    row: Case = Case.create(
        code=base32.path_id(base32.new_id()),
        certificate=certificate,
        verdict=verdict,
        reason=reason,
        note=note.strip(),
        contact=contact.strip(),
        photo_path=photo_path,
    )
    audit.record(None, "certificates.case_opened", row, reason=reason)
    return row


@atomic
def answer(case: Case, *, outcome: str, text: str, by: User) -> Case:
    """Close a case with what came of it; who reported reads it. Raises Invalid naming the field, Answered."""
    if outcome not in OUTCOMES:
        raise Invalid(fields={"outcome": _("Please choose what came of it.")})
    case = lock(case)
    if case.closed_at is not None:
        raise Answered(_("This report was answered already."))
    case.outcome, case.answer = outcome, text.strip()
    case.closed_at, case.closed_by = clock.now(), by
    case.save()
    audit.record(by, "certificates.case_answered", case, outcome=outcome)
    return case


def let_go() -> int:
    """Erase photo and contact of reports answered longer ago than the setting says; returns how many."""
    before = clock.now() - timedelta(days=int(setting("certificates.photo_days")))
    rows = queries.to_erase(before)
    for row in rows:
        if row.photo_path:
            photos.drop(row.photo_path)
    if rows:
        _note_erased(rows)
    return len(rows)


@atomic
def _note_erased(rows: list[Case]) -> None:
    Case.update(photo_path="", contact="", erased_at=clock.now()).where(
        Case.id.in_([row.id for row in rows])
    ).execute()
    audit.record(None, "certificates.case_photos_erased", None, count=len(rows))
