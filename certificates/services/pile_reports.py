"""Finish a pile: everything is judged once more, the report is written, and its number and hashes are recorded for good."""

from __future__ import annotations

import hashlib
from pathlib import Path

from flask_babel import force_locale
from flask_babel import gettext as _

from certificates.desk import pile as piles
from certificates.desk import report, sealing
from certificates.desk.models import Pile, PileReport
from certificates.desk.pile import View
from certificates.errors import PileNotReady
from certificates.services.piles import refuse_finished
from certificates.token import base32, new_id
from certificates.token.base32 import typed_code
from lms import audit, clock, jobs
from lms.access import scope
from lms.access.models import User
from lms.config import settings
from lms.db import atomic, lock
from lms.errors import NotFound
from lms.plugins import ask


@atomic
def finish(pile: Pile, *, by: User) -> PileReport:
    """Make the report of a pile and close it. Raises PileFinished; PileNotReady when it is empty or still being read.

    It is recorded with the SHA-256 of its files and with its lines without names, in a row that triggers keep from
    changing; the worker signs it right after with the key of the public log (an appointing agency does not issue).
    """
    from certificates.desk import report_files  # noqa: PLC0415  the PDF library is slow to load and large

    pile = lock(pile)
    refuse_finished(pile)
    view = piles.view(pile, by)
    if pile.run and not pile.run.finished:
        raise PileNotReady(_("Files are still being read. Please wait until they are, then finish."))
    if not view.entries:
        raise PileNotReady(_("There is nothing to report yet: the pile is empty."))
    now = clock.now()
    content = report.content(
        view, pile, office=_office(by), by=str(by.display_name), post=_post(pile, view, by), at=now
    )
    raw = new_id()
    id16 = base32.path_id(raw)
    url, code = report.url_of(id16), typed_code(raw)
    files = {"pdf": report_files.pdf(content, url, code), "xlsx": report_files.xlsx(content, url, code)}
    for ending, data in files.items():
        path = _path(id16, ending)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    made: PileReport = PileReport.create(
        id16=id16,
        pile=pile,
        made_by=by,
        made_at=now,
        content=content.public(),
        pdf_sha256=hashlib.sha256(files["pdf"]).hexdigest(),
        xlsx_sha256=hashlib.sha256(files["xlsx"]).hexdigest(),
    )
    Pile.update(finished_at=now, touched_at=now).where(Pile.id == pile.id).execute()
    audit.record(
        by, "certificates.pile_finished", pile, number=code, count=len(content.lines), bad=content.bad,
        sha256=made.pdf_sha256,
    )  # fmt: skip
    title = _("Signing report %(code)s", code=code)
    jobs.start("certificates.seal_report", title=title, by=by, report_id=made.id)
    return made


def report_file(made: PileReport, ending: str) -> Path:
    """The file of a report as it was made, the PDF signed once the worker did so. Raises NotFound when it is gone or is not that file any more."""
    path = _path(str(made.id16), ending)
    wanted = {"pdf": made.pdf_sha256, "xlsx": made.xlsx_sha256}[ending]
    seal = sealing.seal_of(made) if ending == "pdf" else None
    if seal is not None and seal.pdf_sha256 != wanted:
        path, wanted = signed_path(str(made.id16)), seal.pdf_sha256
    if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != wanted:
        raise NotFound(
            _(
                "The file of this report is not there any more, or was changed. Its lines are on its public page."
            )
        )
    return path


def signed_path(id16: str) -> Path:
    """Where the PDF lies that was signed as a file."""
    return settings().files / "reports" / f"{id16}.signed.pdf"


def _path(id16: str, ending: str) -> Path:
    return settings().files / "reports" / f"{id16}.{ending}"


def _office(by: User) -> str:
    found = scope.offices(by, "certificates.desk")
    return ", ".join(str(one.name) for one in found) or settings().site_name


def _post(pile: Pile, view: View, by: User) -> str:
    """The title of the post, as the plugin that judges it calls it."""
    if not pile.post or not pile.post_on:
        return ""
    with force_locale("vi"):
        offered = {one.code: one.title for one in ask("pile_posts", on=pile.post_on, user=by)}
    return str(offered.get(pile.post, pile.post))
