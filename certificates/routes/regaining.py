"""A holder without an account: asks with paper and citizen id, and is given access in person at a desk."""

from __future__ import annotations

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from certificates import verification
from certificates.intake.forms import EndForm
from certificates.regaining import queries, services
from certificates.regaining.forms import AskForm, GiveForm
from certificates.routes.blueprint import bp, verify
from certificates.routes.verifying import respond
from courses.forms import show_problems
from lms.access import current_user, public, requires
from lms.access.guard import me
from lms.access.limits import TooOften, slow_down
from lms.access.models import User
from lms.db import paginate
from lms.errors import Conflict, Invalid
from lms.people.models import Official

Answer = BaseResponse | tuple[str, int]


@verify.get("/account")
@public
def account() -> Response:
    """The two ways back to the own certificates, and the form of the first one."""
    return _ask_page(AskForm(formdata=None))


@verify.get("/<code>/account")
@public
def account_of(code: str) -> Response:
    """The same with the paper that was just scanned; its signed data stay behind "#"."""
    form = AskForm(formdata=None)
    form.code.data = code if verification.is_id(code) else ""
    return _ask_page(form)


@verify.post("/account")
@public
def ask_account() -> Response:
    """Ask for access. The answer is the same whatever became of it."""
    form = AskForm()
    if not form.validate_on_submit():
        return _ask_page(form, status=422)
    try:
        slow_down("certificates.account", most=5, seconds=60)
    except TooOften as often:
        answer = _ask_page(form, often=str(often), status=often.status)
        answer.headers["Retry-After"] = str(often.details["retry_after"])
        return answer
    services.ask(_id_of(form), form.scanned.data, form.number.data, form.contact.data or "")
    return _ask_page(form, sent=True)


@bp.get("/access-requests")
@requires(queries.GIVE)
def regains() -> str:
    """Holders who asked, and wait for the desk."""
    return render_template(
        "certificates/regaining/list.html",
        page=paginate(queries.waiting(current_user), request.args.get("page", 1, int)),
        ending=EndForm(formdata=None),
    )


@bp.post("/access-requests/<int:regain_id>/refuse")
@requires(queries.GIVE)
def refuse_regain(regain_id: int) -> BaseResponse:
    """Refuse a request."""
    row, form = queries.regain_or_404(regain_id, current_user), EndForm()
    if form.validate_on_submit():
        services.refuse(row, reason=form.reason.data, by=me())
        flash(_("The request is refused."), "success")
    else:
        flash(_("Please give the reason."), "danger")
    return redirect(url_for("certificates.regains"), 303)


@bp.get("/people/<int:official_id>/access")
@requires(queries.GIVE)
def give_form(official_id: int) -> str:
    """What the officer has to see before access is given."""
    return _give_page(queries.official_or_404(official_id, current_user), GiveForm(formdata=None))


@bp.post("/people/<int:official_id>/access")
@requires(queries.GIVE)
def give_access(official_id: int) -> Answer:
    """Give access: the one-time link is shown once."""
    person, form = queries.official_or_404(official_id, current_user), GiveForm()
    if not form.validate_on_submit():
        return _give_page(person, form), 422
    slow_down("certificates.give_access", most=5, seconds=3600, who=f"official {person.id}")
    try:
        user, link = services.give(person, number=form.number.data, email=form.email.data or "", by=me())
    except Invalid as problem:
        show_problems(form, problem)
        return _give_page(person, form), 422
    except Conflict as refused:
        return _give_page(person, form, refused=str(refused)), refused.status
    page = render_template("certificates/regaining/link.html", person=person, user=user, link=link)
    return Response(page, mimetype="text/html", headers={"Cache-Control": "no-store"})


def _id_of(form: AskForm) -> str:
    """Whose paper it is: the one that was scanned, or the one whose whole address was pasted."""
    if form.code.data:
        return str(form.code.data)
    address = str(form.scanned.data).strip().partition("#")[0]
    return address.rstrip("/").rpartition("/")[2].lower()


def _ask_page(form: AskForm, *, sent: bool = False, often: str = "", status: int = 200) -> Response:
    form.number.data = ""
    return respond(
        render_template("certificates/regaining/ask.html", form=form, sent=sent, often=often), status
    )


def _give_page(person: Official, form: GiveForm, refused: str = "") -> str:
    form.number.data = ""
    return render_template(
        "certificates/regaining/give.html",
        person=person,
        form=form,
        refused=refused,
        account=User.get_or_none(User.official == person),
    )
