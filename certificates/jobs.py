"""Sign, print and pack a batch in the background."""

from __future__ import annotations

import zipfile
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from certificates import keyset, queries, services
from certificates.auditing import runs as auditing
from certificates.auditing import whole_audit
from certificates.cases import services as cases
from certificates.desk import uploads
from certificates.desk.models import Pile, PileReport
from certificates.desk.scan import reading as scan
from certificates.desk.scan.reading import FileSigned, Opened
from certificates.errors import SelfTestFailed
from certificates.intake import scans as intake_scans
from certificates.intake.old import services as old
from certificates.interop import services as interop
from certificates.keyset import pinned
from certificates.log import checkpoints, witnesses
from certificates.models import Batch, Certificate
from certificates.offline import making as offline
from certificates.regaining import services as regaining
from certificates.register.models import Substitute
from certificates.services import piles as deeds
from certificates.services import report_seals, scans
from certificates.services.piles import Read
from certificates.sharing import services as sharing
from certificates.status import noted
from lms import clock
from lms.config import settings
from lms.errors import NotFound
from lms.jobs import JobRun, every, job

#: Pages whose codes are put on a pile together.
TOGETHER = 8


@every(hours=24)
def keep_keys_published() -> None:
    """Retire keys whose time is over, sign the list of keys again in time, and remember how far it came."""
    services.renew(by=None)
    published = keyset.newest()
    if published:
        pinned.note(published.version)


@every(minutes=1)
def publish_status_lists() -> None:
    """Publish the status lists that changed, and those that are half through their time; remember how far they came."""
    for made in services.publish_status_lists():
        noted.note(made.number, made.sequence)


@job("certificates.sign_and_print", again=True)
def sign_and_print(run: JobRun, *, batch_id: int) -> dict[str, Any]:
    """Sign what is unsigned, print what is not printed, then pack all papers of the batch in register order.

    One that does not pass its own test holds nobody else up; the batch is packed and issued when all have passed.
    Called again after a crash, or for those that failed, it goes on with what is left.
    """
    batch = queries.batch_or_404(batch_id)
    certificates = queries.of_batch(batch)
    run.total(2 * len(certificates))
    for one in certificates:
        if queries.is_cancelled(batch):
            return {"note": _("The issue was cancelled; nothing more is signed or printed.")}
        with run.item(_label(one), _("Signed"), key=str(one.serial), fails_on=(SelfTestFailed,)):
            services.sign(one)
    signed = [one for one in queries.of_batch(batch) if one.token is not None]
    run.advance(len(certificates) - len(signed))
    untimed = 0
    for one in signed:
        if queries.is_cancelled(batch):
            return {"note": _("The issue was cancelled; nothing more is signed or printed.")}
        with run.item(_label(one), _("Signed and printed"), key=str(one.serial), fails_on=(SelfTestFailed,)):
            interop.make(one)
            paper = services.print_paper(one)
            untimed += bool(paper and paper.untimed)
    printed = queries.of_batch(batch)
    if not all(one.pdf_sha256 for one in printed):
        return {
            "note": _("Numbers and records are safe. The papers are packed when all of them are printed.")
        }
    name = f"{batch.klass.code}-{batch.id}.zip"
    _pack(run, name, printed)
    Batch.update(state="issued", completed_at=clock.now()).where(
        Batch.id == batch.id, Batch.state == "approved"
    ).execute()
    return {"file": str((run.file_path(name)).relative_to(settings().files)), "filename": name} | _note(
        untimed
    )


@job("certificates.one_file")
def one_file(run: JobRun, *, ids: list[int]) -> dict[str, Any]:
    """Bind printed papers into one file for the printer, in the order given."""
    from certificates.paper import sheaf  # noqa: PLC0415  the PDF library is slow to load and large

    run.total(len(ids) + 1)
    known = {one.id: one for one in Certificate.select().where(Certificate.id.in_(ids))}
    rows = [known[one] for one in ids if one in known and known[one].pdf_path]
    papers = [(_label(one), settings().files / str(one.pdf_path)) for one in rows]
    name = f"chung-chi-{clock.today():%Y%m%d}-{run.id}.pdf"
    file = run.file_path(name)
    bound = sheaf.bound(papers, lambda label: run.advance(note=label))
    file.with_suffix(".new").write_bytes(bound)
    file.with_suffix(".new").replace(file)
    return {"file": str(file.relative_to(settings().files)), "filename": name}


@job("certificates.audit")
def audit_register(run: JobRun) -> dict[str, Any]:
    """Work everything out again; the result is kept with the run, and inspectors hear of what does not fit."""
    run.total(Certificate.select().count())
    report = whole_audit.audit(done=run.advance)
    result = report.as_json()
    auditing.tell(run, result)
    return {"audit": result, "url": "/certificates/audit"}


@every(hours=24)
def audit_daily() -> None:
    """Audit the register once a day."""
    auditing.start(by=None)


@job("certificates.print_substitute", again=True)
def print_substitute(run: JobRun, *, substitute_id: int) -> dict[str, Any]:
    """Print the paper given for a lost one; called again it goes on where it stopped."""
    made = Substitute.get_by_id(substitute_id)
    run.total(1)
    with run.item(str(made), _("Printed"), key=str(made.id), fails_on=(SelfTestFailed,)):
        services.print_substitute(made)
    return {}


@every(minutes=1)
def sign_log() -> None:
    """Publish a signed state of the public log when something was added, and bring it to the witnesses."""
    checkpoints.make()
    witnesses.queue_due()


@every(minutes=1)
def keep_offline_data() -> None:
    """Make the data and the file of the offline check anew when something they hold has changed."""
    offline.make()


@job("certificates.read_scans")
def read_scans(run: JobRun, *, pile_id: int, folder: str) -> dict[str, Any]:
    """Read the codes of all pages of what was dropped on the desk; the files are deleted afterwards, come what may."""
    pile = Pile.get_by_id(pile_id)
    files = uploads.kept(folder)
    if not files:
        raise NotFound(_("The files are deleted already. Please drop them again."))
    waiting: list[Read] = []
    pages = 0
    altered: set[str] = set()
    run.total(len(files))

    def put() -> None:
        deeds.add_to_pile(pile, waiting, source="file", by=run.by)
        waiting.clear()

    try:
        for word in scan.read_files(files):
            if isinstance(word, Opened):
                pages += word.pages
                run.count = max(pages, len(files))
                continue
            if isinstance(word, FileSigned):
                altered |= {word.label} if word.altered else set()
                continue
            waiting.extend(scans.of_word(word, altered))
            if len(waiting) >= TOGETHER:
                put()
            run.advance(note=word.label)
        put()
    finally:
        uploads.forget(folder)
    run.count = run.done
    return {"url": f"/certificates/desk/{pile_id}"}


@job("certificates.seal_report", again=True)
def seal_report(run: JobRun, *, report_id: int) -> dict[str, Any]:
    """Sign a report of the verify desk; called again it does nothing."""
    run.total(1)
    made = PileReport.get_by_id(report_id)
    report_seals.seal(made)
    run.advance()
    return {"url": f"/certificates/desk/{made.pile_id}"}


@every(minutes=10)
def seal_reports() -> None:
    """Sign the reports whose signature did not come about."""
    report_seals.catch_up()


@every(hours=24)
def forget_old_piles() -> None:
    """Piles that nobody finished are forgotten after thirty days, files that a killed worker left after one."""
    deeds.forget_old_piles()
    uploads.forget_left_over()


@every(hours=24)
def make_credentials() -> None:
    """Sign credentials of certificates that have none yet."""
    interop.catch_up()


@every(hours=24)
def forget_old_checks() -> None:
    """Counts of checks are kept three years."""
    sharing.forget_old_checks()


@every(hours=24)
def find_holders_of_old_rows() -> None:
    """Rows of old registers count once their holder is on record."""
    old.find_holders(None, by=None)


@every(hours=24)
def forget_scans_nobody_keyed() -> None:
    """Scans sent to the intake desk and left there go after a day."""
    intake_scans.forget_left_over()


@every(hours=24)
def forget_old_regains() -> None:
    """Requests for access that nobody came for go after thirty days."""
    regaining.forget_old()


@every(hours=24)
def erase_photos() -> None:
    """Let photos and contacts of answered reports go after their time."""
    cases.let_go()


def _note(untimed: int) -> dict[str, Any]:
    """Papers whose files have no time-stamp because its authority did not answer."""
    if not untimed:
        return {}
    words = ngettext(
        "%(num)s file was signed without a time-stamp: the time-stamp authority gave none. It is valid; the public log proves when it was made.",
        "%(num)s files were signed without a time-stamp: the time-stamp authority gave none. They are valid; the public log proves when they were made.",
        untimed,
    )
    return {"note": words}


def _label(one: Certificate) -> str:
    return f"{one.serial} · {one.name}"


def _pack(run: JobRun, name: str, certificates: list[Certificate]) -> None:
    # PDFs are compressed inside; storing them is quicker and as small.
    draft = run.file_path(f"{name}.new")
    with zipfile.ZipFile(draft, "w", zipfile.ZIP_STORED) as archive:
        for one in certificates:
            archive.write(settings().files / str(one.pdf_path), f"{one.register_number:03d}-{one.serial}.pdf")
    draft.replace(run.file_path(name))
