"""What certificates does when others' facts happen."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from certificates import services
from certificates.events import CertificateIssued, CertificateRevoked
from certificates.models import Batch, Certificate
from courses.events import ClassClosed
from courses.models import Klass
from lms.events import on
from lms.notify import notify
from lms.notify.models import Notice


@on(ClassClosed)
def prepare_issue_list(event: ClassClosed) -> None:
    """A class was closed: put its certificates before the head of the school."""
    services.prepare_batch(Klass.get_by_id(event.class_id), by=None)


@on(CertificateIssued)
def tell_holder(event: CertificateIssued) -> None:
    """The holder of a new certificate hears of it, when there is an account."""
    row = (
        Certificate.select(Certificate, Batch).join(Batch).where(Certificate.id == event.certificate_id).get()
    )
    if row.batch.state == "cancelled":
        return
    notify(
        [row.official],
        "certificates.issued",
        _l("Your certificate %(serial)s was issued", serial=row.serial),
        str(row.programme_title),
        "/certificates/mine",
        key=f"issued:{row.id}",
        about=row,
        by=row.batch.approved_by,
    )


@on(CertificateRevoked)
def tell_of_cancelled(event: CertificateRevoked) -> None:
    """Who heard of a certificate whose issue was cancelled right after hears of that, too."""
    row = (
        Certificate.select(Certificate, Batch).join(Batch).where(Certificate.id == event.certificate_id).get()
    )
    if row.batch.state != "cancelled" or not Notice.select().where(Notice.key == f"issued:{row.id}").exists():
        return
    notify(
        [row.official],
        "certificates.issued",
        _l("Certificate %(serial)s was cancelled right after its issue", serial=row.serial),
        _l("No paper of it was handed out. You hear of the new one when it is issued."),
        "/certificates/mine",
        key=f"void:{row.id}",
        about=row,
        by=row.batch.cancelled_by,
    )
