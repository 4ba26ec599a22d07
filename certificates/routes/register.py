"""The register at a desk: search, one certificate, its status, the certificates of one person."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from certificates import queries, services, verification
from certificates.forms import DecisionForm, LostForm, RevokeForm, SpoilForm
from certificates.intake import queries as recognised
from certificates.interop.services import with_credential
from certificates.models import Certificate
from certificates.regaining.queries import GIVE
from certificates.register import stock
from certificates.register.models import Substitute
from certificates.routes.blueprint import bp
from certificates.routes.issuing import papers_of
from certificates.services import authority, deciding, lost
from certificates.services.sheaves import ORDERS
from certificates.services.standing import GROUNDS
from certificates.token import typed_code
from certificates.token.base32 import decode
from courses.forms import show_problems
from courses.models import Klass, Programme
from courses.queries import classes_for
from lms import clock
from lms.access import can, current_user, requires
from lms.access.guard import acting_user, me
from lms.answers import PersonTab
from lms.approvals import kinds
from lms.approvals.models import Approval
from lms.db import paginate
from lms.errors import Invalid, NotFound
from lms.people.queries import official_or_404
from lms.plugins import ask
from lms.web.lists import Sort, Sorting

REGISTER = Sorting(
    Sort("name", _l("Holder"), Certificate.name_sort),
    Sort("serial", _l("Serial number"), Certificate.serial),
    Sort("number", _l("Register number"), Certificate.register_year, Certificate.register_number, down=True),
    Sort("programme", _l("Programme"), Certificate.programme_title, Certificate.class_code),
    Sort("issued", _l("Issued"), Certificate.issued_on, down=True),
    usual="-number",
    last=(Certificate.id,),
)
STATUS_NAMES = ("issued", "suspended", "revoked", "superseded")


@bp.get("/")
@requires("certificates.view")
def register() -> str:
    """The register: name, số hiệu or class without accents, by year, programme and status."""
    search = request.args.get("q", "")[:120]
    year = request.args.get("year", type=int)
    programme = request.args.get("programme", type=int)
    status = request.args.get("status", "")
    status = status if status in STATUS_NAMES else ""
    order = REGISTER.asked()
    query = queries.search(current_user, words=search, year=year, programme_id=programme, status=status)
    page = paginate(order.over(query), request.args.get("page", 1, int))
    queries.with_status(page.rows)
    return render_template(
        "certificates/register.html",
        page=page,
        order=order,
        search=search,
        year=year,
        programme=programme,
        status=status,
        years=queries.years(),
        programmes=list(Programme.select().order_by(Programme.title)),
    )


@bp.post("/print-file")
@requires("certificates.print")
def print_file() -> Response:
    """The papers of the list as it is filtered, in one file for the printer; made in the background."""
    asked = request.form
    query = queries.search(
        current_user,
        words=asked.get("q", "")[:120],
        year=asked.get("year", type=int),
        programme_id=asked.get("programme", type=int),
        status=asked.get("status", ""),
    )
    batch = asked.get("batch", type=int)
    if batch:
        query = query.where(Certificate.batch == batch)
    order = asked.get("order", "number")
    try:
        run = services.bind_papers(query, order if order in ORDERS else "number", by=acting_user())
    except Invalid as refused:
        flash(str(refused), "warning")
        return redirect(url_for("certificates.register", q=asked.get("q"), year=asked.get("year"), programme=asked.get("programme"), status=asked.get("status")), 303)  # fmt: skip
    return redirect(url_for("web.job", run_id=run.id), 303)


@bp.get("/<int:certificate_id>")
@requires("certificates.view")
def certificate(certificate_id: int) -> str:
    """One certificate as printed, what became of it, and the deeds that are left."""
    return _page(queries.certificate_or_404(certificate_id, current_user))


@bp.get("/<int:certificate_id>/paper.pdf")
@requires("certificates.print")
def paper(certificate_id: int) -> Any:
    """The paper as it was printed."""
    return papers_of(queries.certificate_or_404(certificate_id, current_user))


@bp.post("/<int:certificate_id>/revoke")
@requires("certificates.decide")
def revoke(certificate_id: int) -> Response | tuple[str, int]:
    """Ask for a revocation on one of the five grounds; a second person agrees."""
    form = RevokeForm(prefix="revoke")
    return _decide(
        certificate_id,
        form,
        "revoke",
        lambda row, **values: services.ask_to_revoke(row, ground=form.ground.data, **values),
    )


@bp.post("/<int:certificate_id>/suspend")
@requires("certificates.revoke")
def suspend(certificate_id: int) -> Response | tuple[str, int]:
    """Suspend while something is examined."""
    return _decide(certificate_id, DecisionForm(prefix="suspend"), "suspend", services.suspend)


@bp.post("/<int:certificate_id>/reinstate")
@requires("certificates.revoke")
def reinstate(certificate_id: int) -> Response | tuple[str, int]:
    """End a suspension."""
    return _decide(certificate_id, DecisionForm(prefix="reinstate"), "reinstate", services.reinstate)


@bp.post("/<int:certificate_id>/replace")
@requires("certificates.decide")
def replace(certificate_id: int) -> Response | tuple[str, int]:
    """Ask for a corrected certificate that takes this one's place; a second person agrees."""
    return _decide(certificate_id, DecisionForm(prefix="replace"), "replace", services.ask_to_replace)


@bp.get("/people/<int:official_id>")
@requires("certificates.view")
def of_person(official_id: int) -> str:
    """All certificates of one official."""
    person = official_or_404(official_id, current_user)
    own = url_for("people.official", official_id=person.id)
    tabs = [
        PersonTab(_("Overview"), own, "people.official", 0),
        *ask("person_tabs", official=person, user=current_user),
    ]
    return render_template(
        "certificates/person.html",
        person=person,
        tabs=tabs,
        rows=queries.of_official(person.id),
        elsewhere=recognised.of_official(person.id),
        may_recognise=can(current_user, recognised.RECOGNISE),
        may_give=can(current_user, GIVE),
        today=clock.today(),
    )


@bp.get("/mine")
@requires("certificates.own")
def mine() -> str:
    """The certificates of the person signed in."""
    if current_user.official_id is None:
        raise NotFound(
            _("Your account is not linked to an official's record, so no certificates can be shown.")
        )
    rows = queries.of_official(current_user.official_id)
    return render_template("certificates/mine.html", rows=rows, has_credential=with_credential(rows))


@bp.get("/mine/<int:certificate_id>.pdf")
@requires("certificates.own")
def my_paper(certificate_id: int) -> Any:
    """The holder's own paper."""
    row = Certificate.get_or_none(
        Certificate.id == certificate_id, Certificate.official == current_user.official_id
    )
    if row is None or current_user.official_id is None:
        raise NotFound(_("This certificate is not yours."))
    return papers_of(row)


def _decide(certificate_id: int, form: DecisionForm, deed: str, service: Any) -> Response | tuple[str, int]:
    row = queries.certificate_or_404(certificate_id, current_user)
    if not form.validate_on_submit():
        return _page(row, {deed: form}), 422
    try:
        service(
            row,
            decision_no=form.decision_no.data.strip(),
            decided_on=form.decided_on.data,
            note=form.note.data or "",
            by=me(),
        )
    except Invalid as problem:
        show_problems(form, problem)
        return _page(row, {deed: form}), 422
    done = {
        "revoke": _(
            "The revocation of %(serial)s waits for a second person. Nothing is changed yet.",
            serial=row.serial,
        ),
        "suspend": _("Certificate %(serial)s is suspended.", serial=row.serial),
        "reinstate": _("Certificate %(serial)s is in force again.", serial=row.serial),
        "replace": _(
            "The correction of %(serial)s waits for a second person. Nothing is changed yet.",
            serial=row.serial,
        ),
    }
    flash(done[deed], "success")
    return redirect(url_for("certificates.certificate", certificate_id=row.id), 303)


def _page(row: Certificate, wrong: dict[str, DecisionForm] | None = None) -> str:
    history = queries.history(row)
    last = history[-1].status if history else "issued"
    waiting = [
        asked
        for asked in (
            deciding.waiting(kind, row) for kind in (deciding.REVOKE, deciding.REPLACE, lost.SUBSTITUTE)
        )
        if asked is not None
    ]
    return render_template(
        "certificates/certificate.html",
        row=row,
        klass=Klass.get_by_id(row.klass_id),
        sees_class=classes_for(current_user).where(Klass.id == row.klass_id).exists(),
        history=history,
        status=last,
        grounds=GROUNDS,
        code=typed_code(decode(row.id16)),
        verdict=verification.look_up(row.id16, clock.today()),
        forms=_forms(row, last, bool(waiting)) | (wrong or {}),
        waiting=[(asked, kinds.get(asked.kind), may_agree(asked)) for asked in waiting],
        open_form=next(iter(wrong), "") if wrong else "",
        successor=Certificate.get_or_none(Certificate.supersedes == row.id),
        predecessor=Certificate.get_or_none(Certificate.id == row.supersedes_id)
        if row.supersedes_id
        else None,
        may_print=can(current_user, "certificates.print"),
        blanks=stock.of_certificate(row),
        substitutes=list(
            Substitute.select().where(Substitute.certificate == row).order_by(Substitute.number)
        ),
        ways=lost.WAYS,
        **_lost(row, last, bool(waiting)),
        spoil=SpoilForm(formdata=None),
    )


def may_agree(asked: Approval | None) -> bool:
    """Whether the user may be the second person of a request that waits."""
    return asked is not None and asked.asked_by_id != current_user.id and can(current_user, asked.permission)


def _lost(row: Certificate, last: str, asked: bool) -> dict[str, Any]:
    """The form for a lost paper and the rule that says what is given, for who may ask now."""
    if last not in {"issued", "reinstated"} or asked or not row.pdf_sha256:
        return {"lost_form": None}
    if not authority.answers_for(current_user, row, authority.DECIDE):
        return {"lost_form": None}
    return {"lost_form": LostForm(prefix="substitute", formdata=None), "lost_rule": lost.rule_of(row)}


def _forms(row: Certificate, last: str, asked: bool) -> dict[str, DecisionForm]:
    """The deeds that are left for the user, each with an empty form; none while a second person is asked."""
    if last not in {"issued", "reinstated", "suspended"} or asked:
        return {}
    forms: dict[str, DecisionForm] = {}
    if authority.answers_for(current_user, row, authority.DECIDE):
        forms["replace"] = DecisionForm(prefix="replace", formdata=None)
        forms["revoke"] = RevokeForm(prefix="revoke", formdata=None)
    if authority.answers_for(current_user, row, authority.HEAD):
        standing = "reinstate" if last == "suspended" else "suspend"
        forms[standing] = DecisionForm(prefix=standing, formdata=None)
    return forms
