"""Cancel an issue within minutes: its numbers stay in the register as void, with the reason, and are given to nobody else.

This is no revocation (Circular 03/2023/TT-BNV, Article 8): the papers were not handed out yet. One of the two persons
who issued does it alone; after ten minutes the papers count as handed out, and only a decision revokes them.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from flask_babel import gettext as _

from certificates import log, queries
from certificates.errors import TooLate, WrongStatus
from certificates.events import CertificateRevoked
from certificates.models import VOID, Batch, Certificate, StatusChange
from certificates.services.blanks import spoil_of
from certificates.services.issuing import drawn_up_by
from lms import audit, clock, jobs
from lms.access.models import User
from lms.db import atomic, insert_many, lock
from lms.errors import Invalid, NotAllowed
from lms.events import publish

MINUTES = 10
_FINAL = ("revoked", "superseded")


def until(batch: Batch) -> datetime | None:
    """Up to when an issue can be cancelled; None for one that is not approved, or is cancelled already."""
    if batch.state not in {"approved", "issued"} or batch.approved_at is None:
        return None
    end: datetime = batch.approved_at + timedelta(minutes=MINUTES)
    return end


def can_cancel(batch: Batch, user: User) -> bool:
    """Whether this person may cancel the issue now."""
    end = until(batch)
    return end is not None and clock.now() <= end and user.id in _issued_by(batch)


@atomic
def cancel_issue(batch: Batch, *, reason: str, by: User) -> int:
    """Make every certificate of an issue void and its blanks spoiled, all or nothing; returns how many.

    The learners are ready for a new issue, which takes the next numbers. Signing and printing stop.
    Raises Invalid without a reason, WrongStatus, NotAllowed for anybody but the two who issued, TooLate.
    """
    if not reason.strip():
        raise Invalid(fields={"reason": _("Please give the reason.")})
    lock(batch.klass)
    batch = lock(batch)
    _must_be_cancellable(batch, by)
    certificates = queries.of_batch(batch)
    _void(certificates, reason.strip(), by)
    spoil_of(certificates, reason="cancelled", note=reason, by=by)
    Batch.update(
        state="cancelled", cancelled_at=clock.now(), cancelled_by=by, cancel_reason=reason.strip()[:300]
    ).where(Batch.id == batch.id).execute()
    if batch.run_id:
        jobs.stop(batch.run_id)
    numbers = f"{certificates[0].register_text} – {certificates[-1].register_text}"
    audit.record(
        by, "certificates.issue_cancelled", batch, count=len(certificates), numbers=numbers, reason=reason
    )
    for one in certificates:
        publish(CertificateRevoked(certificate_id=one.id))
    return len(certificates)


def _must_be_cancellable(batch: Batch, by: User) -> None:
    end = until(batch)
    if end is None:
        raise WrongStatus(_("This issue is not approved, or it is cancelled already."))
    if by.id not in _issued_by(batch):
        raise NotAllowed(_("Only who approved or prepared this issue cancels it."))
    if clock.now() > end:
        raise TooLate(
            _("The ten minutes are over: the papers count as handed out. Please revoke them by a decision.")
        )
    before = Certificate.select(Certificate.supersedes).where(
        Certificate.batch == batch, Certificate.supersedes.is_null(False)
    )
    if StatusChange.select().where(StatusChange.certificate.in_(before), StatusChange.status == "superseded").exists():  # fmt: skip
        raise WrongStatus(
            _("This certificate replaced another one, which stays replaced. Please revoke it by a decision.")
        )


def _void(certificates: list[Certificate], reason: str, by: User) -> None:
    last = queries.status_now(certificates)
    open_ = [one for one in certificates if last[one.id].status not in _FINAL]
    changes = [
        {
            "certificate": one.id,
            "number": last[one.id].number + 1,
            "status": "revoked",
            "on_date": clock.today(),
            "at": clock.now(),
            "ground": VOID,
            "note": reason,
            "by": by.id,
        }
        for one in open_
    ]
    insert_many(StatusChange, changes)
    log.append_many(
        log.Deed("revoke", one, StatusChange(**change)) for one, change in zip(open_, changes, strict=True)
    )


def _issued_by(batch: Batch) -> set[int]:
    return {batch.approved_by_id, *drawn_up_by(batch)}
