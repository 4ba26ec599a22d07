"""The intake desk: papers that other institutions issued, keyed by two persons."""

from __future__ import annotations

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from certificates.intake import queries, scans, services
from certificates.intake.forms import EndForm, FirstForm, KeyForm
from certificates.intake.models import Intake
from certificates.intake.old import queries as old
from certificates.intake.words import FIELDS, LEVELS, STATES
from certificates.routes.blueprint import bp
from courses.forms import show_problems
from courses.models import Programme
from lms.access import current_user, requires
from lms.access.guard import me
from lms.db import paginate
from lms.errors import Invalid, NotFound
from lms.people.queries import official_or_404

Answer = BaseResponse | tuple[str, int]


@bp.get("/recognition")
@requires(queries.RECOGNISE)
def recognition() -> str:
    """Papers that wait for a second person, and those decided."""
    done = request.args.get("state") == "done"
    return render_template(
        "certificates/intake/list.html",
        page=paginate(queries.intakes(current_user, done=done), request.args.get("page", 1, int)),
        done=done,
        states=STATES,
        confidence=LEVELS,
    )


@bp.get("/people/<int:official_id>/recognition")
@requires(queries.RECOGNISE)
def new_intake(official_id: int) -> str:
    """The form of the first person."""
    return _first_page(official_id, FirstForm(formdata=None))


@bp.post("/people/<int:official_id>/recognition")
@requires(queries.RECOGNISE)
def take_in(official_id: int) -> Answer:
    """Keep what the first person read."""
    official, form = official_or_404(official_id, current_user), FirstForm()
    form.offer()
    try:
        scan = _scan_of(form)
    except Invalid as problem:
        form.validate()
        show_problems(form, problem)
        return _first_page(official_id, form), 422
    if "look" in request.form and scan is not None:
        return _first_page(official_id, form, scan), 200
    valid = form.validate_on_submit()
    if scan is None:
        form.scan.errors = [_("Please add a scan of the paper.")]
    if scan is None or not valid:
        return _first_page(official_id, form, scan), 422
    try:
        row = services.take_in(official, form.values(), confidence=form.confidence.data, scan=scan, by=me())
    except Invalid as problem:
        show_problems(form, problem)
        return _first_page(official_id, form, scan), 422
    flash(_("The paper is kept. A second person keys it now, without seeing what you typed."), "success")
    return redirect(url_for("certificates.intake", intake_id=row.id), 303)


@bp.get("/recognition/<int:intake_id>")
@requires(queries.RECOGNISE)
def intake(intake_id: int) -> str:
    """One paper: its picture, and the form for the second person or what came of it."""
    return _page(queries.intake_or_404(intake_id, current_user), KeyForm(formdata=None))


@bp.post("/recognition/<int:intake_id>")
@requires(queries.RECOGNISE)
def key_again(intake_id: int) -> Answer:
    """Compare what is keyed now with what was keyed before."""
    row, form = queries.intake_or_404(intake_id, current_user), KeyForm()
    form.offer()
    if not form.validate_on_submit():
        return _page(row, form), 422
    try:
        row = services.key_again(row, form.values(), by=me())
    except Invalid as problem:
        show_problems(form, problem)
        return _page(row, form), 422
    if row.state == "recognised":
        flash(_("Both read the same: the paper is recognised."), "success")
    return redirect(url_for("certificates.intake", intake_id=row.id), 303)


@bp.post("/recognition/<int:intake_id>/end")
@requires(queries.RECOGNISE)
def end_intake(intake_id: int) -> Answer:
    """Refuse a paper, or withdraw a recognised one."""
    row, form = queries.intake_or_404(intake_id, current_user), EndForm()
    if not form.validate_on_submit():
        return _page(row, KeyForm(formdata=None), form), 422
    services.end(row, reason=form.reason.data, by=me())
    flash(_("The paper no longer counts."), "success")
    return redirect(url_for("certificates.intake", intake_id=row.id), 303)


@bp.get("/recognition/<int:intake_id>/scan")
@requires(queries.RECOGNISE)
def intake_scan(intake_id: int) -> Response:
    """A page of the scan of a paper."""
    row = queries.intake_or_404(intake_id, current_user)
    return _picture(scans.Scan(row.scan_path, row.scan_pages))


@bp.get("/recognition/scan")
@requires(queries.RECOGNISE)
def held_scan() -> Response:
    """A page of a scan that was sent and is being keyed, for who sent it."""
    scan = scans.of_held(request.args.get("held", ""), me())
    if scan is None:
        raise NotFound(_("The picture of this paper is missing."))
    return _picture(scan)


def _picture(scan: scans.Scan) -> Response:
    number = request.args.get("page", 1, int)
    path = scans.place(scan.path, number)
    if not scan.path or not 1 <= number <= scan.pages or not path.is_file():
        raise NotFound(_("The picture of this paper is missing."))
    return Response(path.read_bytes(), mimetype="image/jpeg", headers={"Cache-Control": "private, no-store"})


def _scan_of(form: FirstForm) -> scans.Scan | None:
    """The scan sent now, or the one the form carries from its last page."""
    if form.scan.data:
        return scans.keep(form.scan.data.stream)
    return scans.of_held(form.held.data or "", me())


def _first_page(official_id: int, form: FirstForm, scan: scans.Scan | None = None) -> str:
    form.offer()
    form.held.data = scans.held(scan, me()) if scan else ""
    return render_template(
        "certificates/intake/first.html",
        person=official_or_404(official_id, current_user),
        form=form,
        scan=scan,
    )


def _page(row: Intake, form: KeyForm, ending: EndForm | None = None) -> str:
    form.offer()
    mine = row.first_by_id == current_user.id
    waits = row.state in queries.OPEN
    # The second person keys blind: nothing that was keyed is shown before a first comparison.
    blind = row.state == "keyed" and not mine
    titles = {str(one.id): one.title for one in Programme.select(Programme.id, Programme.title)}
    return render_template(
        "certificates/intake/paper.html",
        row=row,
        form=form if waits and (row.state == "differs" or not mine) else None,
        ending=ending or EndForm(formdata=None),
        blind=blind,
        fields=FIELDS,
        differing=services.differing(row) if row.second else [],
        titles=titles,
        states=STATES,
        levels=LEVELS,
        entry=old.of_intake(row.id) if not row.scan_path else None,
    )
