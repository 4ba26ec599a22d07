"""Sign the reports of the verify desk: the worker's part, for pages hold no private key. Each is signed once."""

from __future__ import annotations

import hashlib

from peewee import JOIN, IntegrityError

from certificates import keys, log
from certificates.desk import report as reports
from certificates.desk import sealing
from certificates.desk.models import PileReport, ReportSeal
from certificates.log import checkpoints, entries, notes
from certificates.services import pile_reports
from certificates.services.signing import write_whole
from lms import audit, clock
from lms.config import settings
from lms.db import atomic
from lms.errors import NotFound

#: Reports that are caught up on at a time.
AT_ONCE = 50


def seal(report: PileReport) -> bool:
    """Sign a report and write it into the public log; returns whether it was signed now.

    With a certificate for files the PDF is signed first, as a file of its own beside the one that was made.
    Raises NotFound when its files are gone or changed, KeyUnavailable, SelfTestFailed.
    """
    if sealing.seal_of(report) is not None:
        return False
    for ending in ("pdf", "xlsx"):
        pile_reports.report_file(report, ending)
    signed_pdf = _sign_file(report)
    key = checkpoints.key() or checkpoints.make_key()
    said = sealing.text(report, reports.url_of(str(report.id16)).partition("://")[2], signed_pdf)
    signature = keys.signer_for(str(key.kid)).sign(said.encode())
    note = notes.signed(said, str(key.origin), bytes(key.public_key), signature)
    try:
        _keep(report, str(key.kid), note, said, signed_pdf)
    except IntegrityError:
        return False
    return True


def catch_up() -> int:
    """Sign reports that have no signature yet; returns how many were signed now."""
    waiting = (
        PileReport.select()
        .join(ReportSeal, JOIN.LEFT_OUTER)
        .where(ReportSeal.id.is_null())
        .order_by(PileReport.id.desc())
        .limit(AT_ONCE)
    )
    done = 0
    for one in waiting:
        try:
            done += seal(one)
        except NotFound:
            # Files that were changed are never signed; the page of the report says that it is not signed.
            continue
    return done


@atomic
def _keep(report: PileReport, kid: str, note: str, said: str, signed_pdf: str) -> None:
    entry = log.append(
        "report", report=entries.report_ref(str(report.id16)), digest=sealing.note_digest(said)
    )
    ReportSeal.create(report=report, kid=kid, note=note, pdf_sha256=signed_pdf, seq=entry.seq, at=clock.now())
    audit.record(
        None, "certificates.report_signed", report.pile, number=reports.code_of(report), sha256=signed_pdf
    )


def _sign_file(report: PileReport) -> str:
    """Sign the PDF when there is a certificate for files; the SHA-256 of what is handed out from now on."""
    from certificates.paper import signature  # noqa: PLC0415  the signing library is slow to load

    plain = str(report.pdf_sha256)
    if not signature.configured():
        return plain
    path = pile_reports.signed_path(str(report.id16))
    pdf = pile_reports.report_file(report, "pdf").read_bytes()
    made = signature.signed(pdf, issuer=settings().site_name, serial=reports.code_of(report), place="").pdf
    write_whole(path, made)
    return hashlib.sha256(made).hexdigest()
