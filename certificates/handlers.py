"""What certificates does when others' facts happen."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from certificates import services
from certificates.events import CertificateIssued
from certificates.models import Batch, Certificate
from courses.events import ClassClosed
from courses.models import Klass
from lms.events import on
from lms.notify import notify


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
