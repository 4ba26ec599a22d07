"""Reports about papers: a form for everybody, and the issuer's list with answers."""

from __future__ import annotations

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from certificates import page, verification
from certificates.cases import queries, services
from certificates.cases.forms import AnswerForm, ReportForm
from certificates.cases.models import Case
from certificates.cases.words import OUTCOMES, REASONS
from certificates.models import Certificate
from certificates.routes.blueprint import bp, verify
from certificates.routes.verifying import respond
from courses.forms import show_problems
from lms import clock
from lms.access import current_user, public, requires
from lms.access.guard import me
from lms.access.limits import slow_down
from lms.config import settings
from lms.db import paginate
from lms.errors import Invalid, NotFound
from lms.plugins import setting


@verify.get("/<code>/report")
@public
def report(code: str) -> BaseResponse:
    """The form for who holds a paper that does not fit."""
    return _report_page(_known(code), ReportForm(formdata=None))


@verify.post("/<code>/report")
@public
def send_report(code: str) -> BaseResponse:
    """Open a case for the issuer. Nobody signs in; an address sends a few an hour."""
    row = _known(code)
    form = ReportForm()
    if not form.validate_on_submit():
        return _report_page(row, form, 422)
    slow_down("certificates.report", most=setting("certificates.reports_per_hour"), seconds=3600)
    verdict = verification.look_up(code, clock.today())
    try:
        case = services.report(
            row,
            verdict=verdict.code if verdict else "",
            reason=form.reason.data,
            note=form.note.data or "",
            contact=form.contact.data or "",
            photo=form.photo.data.stream if form.photo.data else None,
        )
    except Invalid as problem:
        show_problems(form, problem)
        return _report_page(row, form, 422)
    return redirect(url_for("verify.reported", case_code=case.code), 303)


@verify.get("/reports/<case_code>")
@public
def reported(case_code: str) -> BaseResponse:
    """What became of a report, for who knows its number. Nothing of the paper is shown."""
    case = queries.by_code(case_code)
    if case is None:
        slow_down("certificates.unknown", most=60, seconds=60)
        raise NotFound(_("There is no report under this number."))
    return respond(render_template("certificates/cases/reported.html", case=case, outcomes=OUTCOMES))


@bp.get("/reports")
@requires(queries.ANSWER)
def cases() -> str:
    """The reports about papers of one's own institution: those that wait first."""
    closed = request.args.get("state") == "closed"
    return render_template(
        "certificates/cases/list.html",
        page=paginate(queries.cases(current_user, closed=closed), request.args.get("page", 1, int)),
        closed=closed,
        reasons=REASONS,
        outcomes=OUTCOMES,
    )


@bp.get("/reports/<int:case_id>")
@requires(queries.ANSWER)
def case(case_id: int) -> str:
    """One report beside what the register says."""
    return _case_page(queries.case_or_404(case_id, current_user), AnswerForm(formdata=None))


@bp.post("/reports/<int:case_id>")
@requires(queries.ANSWER)
def answer_case(case_id: int) -> BaseResponse | tuple[str, int]:
    """Answer a report; it is closed with that."""
    row = queries.case_or_404(case_id, current_user)
    form = AnswerForm()
    if not form.validate_on_submit():
        return _case_page(row, form), 422
    services.answer(row, outcome=form.outcome.data, text=form.text.data, by=me())
    flash(_("The report about %(serial)s is answered.", serial=row.certificate.serial), "success")
    return redirect(url_for("certificates.cases"), 303)


@bp.get("/reports/<int:case_id>/photo")
@requires(queries.ANSWER)
def case_photo(case_id: int) -> BaseResponse:
    """The photo of a report, as long as it is kept."""
    row = queries.case_or_404(case_id, current_user)
    path = settings().files / str(row.photo_path)
    if not row.photo_path or not path.exists():
        raise NotFound(_("The photo of this report is no longer kept."))
    return Response(path.read_bytes(), mimetype="image/jpeg", headers={"Cache-Control": "private, no-store"})


def _known(code: str) -> Certificate:
    row: Certificate | None = (
        Certificate.get_or_none(Certificate.id16 == code) if verification.is_id(code) else None
    )
    if row is None:
        slow_down("certificates.unknown", most=60, seconds=60)
        raise NotFound(_("No certificate has this code. Compare it with the paper."))
    return row


def _report_page(row: Certificate, form: ReportForm, status: int = 200) -> BaseResponse:
    return respond(
        render_template("certificates/cases/report.html", form=form, code=row.id16, host=page.host()), status
    )


def _case_page(row: Case, form: AnswerForm) -> str:
    return render_template(
        "certificates/cases/case.html",
        case=row,
        form=form,
        row=row.certificate,
        reasons=REASONS,
        outcomes=OUTCOMES,
        verdict=verification.look_up(row.certificate.id16, clock.today()),
    )
