"""Reports of piles: finish, download, and the public page that confirms a report by its number."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, render_template, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from certificates import page
from certificates.desk import pile as piles
from certificates.desk import report
from certificates.desk.models import PileReport
from certificates.routes.blueprint import bp, verify
from certificates.routes.piles import me
from certificates.services import pile_reports
from certificates.token import NotAnId, base32, read_typed
from lms.access import current_user, public, requires
from lms.access.limits import slow_down
from lms.errors import LmsError, NotFound

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
    made = PileReport.get_or_none(PileReport.id16 == _id(code))
    if made is None:
        slow_down("certificates.unknown", most=60, seconds=60)
    text = render_template(
        "certificates/verify/report.html",
        host=page.host(),
        made=made,
        code=report.code_of(made) if made else "",
        verdict_of=report.verdict_of,
    )
    return Response(text, 200 if made else 404, _HEADERS)


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
