"""Reports of piles: finish, download, and the public page that confirms a report by its number."""

from __future__ import annotations

import hashlib
from typing import Any

from flask import Response, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from certificates import page
from certificates.desk import pile as piles
from certificates.desk import report, sealing
from certificates.desk.models import PileReport
from certificates.routes.blueprint import bp, verify
from certificates.routes.piles import me
from certificates.services import pile_reports
from certificates.token import NotAnId, base32, read_typed
from lms.access import current_user, public, requires
from lms.access.limits import slow_down
from lms.errors import LmsError, NotFound
from lms.web.uploads import takes_files

#: A report of a thousand papers has some 500 kB.
_MOST_BYTES = 20_000_000
_TYPES = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@bp.post("/desk/<int:pile_id>/finish")
@requires("certificates.desk")
def finish_pile(pile_id: int) -> AnyResponse:
    """Close a pile with its report."""
    found = piles.own(pile_id, current_user)
    try:
        made = pile_reports.finish(found, by=me())
    except LmsError as refused:
        flash(str(refused), "warning")
    else:
        flash(_("1 report was made: %(code)s.", code=report.code_of(made)), "success")
    return redirect(url_for("certificates.pile", pile_id=pile_id), 303)


@bp.get("/desk/<int:pile_id>/report.<any(pdf, xlsx):ending>")
@requires("certificates.desk")
def pile_report(pile_id: int, ending: str) -> Any:
    """The report as it was made."""
    made = PileReport.get_or_none(PileReport.pile == piles.own(pile_id, current_user).id)
    if made is None:
        raise NotFound(_("This pile has no report yet."))
    path = pile_reports.report_file(made, ending)
    name = f"bien-ban-{report.code_of(made)}.{ending}"
    return send_file(path, mimetype=_TYPES[ending], download_name=name, as_attachment=True)


@verify.get("/r/<code>")
@public
def pile_report_check(code: str) -> Response:
    """Is this report ours, and what did it say? For whoever holds it: verdicts and serials, nobody's name."""
    return _check_page(_known(code))


@verify.post("/r/<code>")
@public
@takes_files(_MOST_BYTES)
def compare_report(code: str) -> Response:
    """Is this file the report's? For browsers that cannot compare by themselves; nothing of the file is kept."""
    made = _known(code)
    slow_down("certificates.file", most=10, seconds=60)
    sent = request.files.get("file")
    if made is None or sent is None or not sent.filename:
        return _check_page(made)
    digest = hashlib.sha256(sent.stream.read()).hexdigest()
    return _check_page(made, same=digest in _digests(made, sealing.standing(made)))


def _known(code: str) -> PileReport | None:
    made: PileReport | None = PileReport.get_or_none(PileReport.id16 == _id(code))
    if made is None:
        slow_down("certificates.unknown", most=60, seconds=60)
    return made


def _check_page(made: PileReport | None, *, same: bool | None = None) -> Response:
    standing = sealing.standing(made) if made else None
    text = render_template(
        "certificates/verify/report.html",
        host=page.host(),
        made=made,
        standing=standing,
        digests=_digests(made, standing),
        same=same,
        code=report.code_of(made) if made else "",
        verdict_of=report.verdict_of,
    )
    return Response(text, 200 if made else 404, _HEADERS)


def _digests(made: PileReport | None, standing: sealing.Standing | None) -> dict[str, str]:
    """SHA-256 → which of the report's files; nothing of a report that was altered."""
    if made is None or standing is None or standing.state == sealing.ALTERED:
        return {}
    found = {str(made.pdf_sha256): "PDF", str(made.xlsx_sha256): "XLSX"}
    if standing.seal is not None and standing.seal.pdf_sha256 not in found:
        found[str(standing.seal.pdf_sha256)] = _("PDF, signed")
    return found


_HEADERS = (
    ("Cache-Control", "no-store"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Robots-Tag", "noindex, nofollow"),
    ("Vary", "Cookie"),
)


def _id(code: str) -> str:
    """The id behind an address or a typed number; one that nothing has when it is neither."""
    for read in (base32.decode, read_typed):
        try:
            return base32.path_id(read(code[:80]))
        except NotAnId:
            continue
    return "-"
