"""Reads on reports: those about papers of the institutions a user answers for."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from certificates.cases.models import Case
from certificates.models import Certificate, Issuer
from lms.access import scope
from lms.access.models import User
from lms.errors import NotFound

ANSWER = "certificates.cases"


def cases(user: User, *, closed: bool = False) -> Any:
    """Reports for the user with their certificates: those that wait, oldest first, or those answered, newest first."""
    query = Case.select(Case, Certificate).join(Certificate)
    where = scope.condition(Issuer.organisation, user, ANSWER)
    if where is not None:
        query = query.where(Certificate.issuer_number.in_(Issuer.select(Issuer.number).where(where)))
    if closed:
        return query.where(Case.closed_at.is_null(False)).order_by(Case.closed_at.desc(), Case.id.desc())
    return query.where(Case.closed_at.is_null()).order_by(Case.created_at, Case.id)


def case_or_404(case_id: int, user: User) -> Case:
    """One report inside what the user answers for. Raises NotFound."""
    for closed in (False, True):
        row: Case | None = cases(user, closed=closed).where(Case.id == case_id).first()
        if row is not None:
            return row
    raise NotFound(_("There is no such report among those you may see."))


def by_code(code: str) -> Case | None:
    """The report under the code that who reported was given."""
    row: Case | None = Case.select(Case, Certificate).join(Certificate).where(Case.code == code).first()
    return row


def waiting_about(certificate_id: int) -> int:
    """How many reports about a certificate wait."""
    return int(Case.select().where(Case.certificate == certificate_id, Case.closed_at.is_null()).count())


def to_erase(before: datetime) -> list[Case]:
    """Reports answered before the moment (naive UTC) whose photo or contact is still kept."""
    kept = (Case.photo_path != "") | (Case.contact != "")
    return list(Case.select().where(Case.closed_at < before, kept).order_by(Case.id).limit(500))
