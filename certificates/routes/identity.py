"""The comparison with an identity card: a page for who holds paper and card. The signed data come by POST alone."""

from __future__ import annotations

from flask import Response, redirect, render_template, url_for
from werkzeug.wrappers import Response as BaseResponse

from certificates import page, verification
from certificates.forms import IdentityForm
from certificates.routes.blueprint import verify
from certificates.routes.verifying import respond
from certificates.services.identity import STANDING, compare_identity
from certificates.verification import Verdict
from courses.forms import show_problems
from lms import clock
from lms.access import public
from lms.access.limits import TooOften, slow_down
from lms.errors import Invalid


@verify.get("/<code>/identity")
@public
def identity(code: str) -> BaseResponse:
    """The form. Its script takes the signed data from behind "#"; without a script they are scanned or pasted."""
    verdict = _verdict(code)
    return _elsewhere(code, verdict) or _page(code, IdentityForm(formdata=None))


@verify.post("/<code>/identity")
@public
def compare(code: str) -> BaseResponse:
    """Answer whether a citizen id is the holder's: yes, no, or asked too often."""
    verdict = _verdict(code)
    elsewhere = _elsewhere(code, verdict)
    if elsewhere is not None or verdict is None:
        return elsewhere or _unknown()
    form = IdentityForm()
    if not form.validate_on_submit():
        return _page(code, form, status=422)
    try:
        slow_down("certificates.identity", most=10, seconds=60)
        same = compare_identity(verdict, form.scanned.data, form.number.data)
    except Invalid as problem:
        show_problems(form, problem)
        return _page(code, form, status=422)
    except TooOften as often:
        form.number.data = ""
        answer = _page(code, form, often=str(often), status=often.status)
        answer.headers["Retry-After"] = str(often.details["retry_after"])
        return answer
    form.number.data = ""
    return _page(code, form, answer="same" if same else "other")


def _verdict(code: str) -> Verdict | None:
    return verification.look_up(code, clock.today()) if verification.is_id(code) else None


def _elsewhere(code: str, verdict: Verdict | None) -> BaseResponse | None:
    """Where a paper belongs that is not genuine or does not stand: to the page that says so."""
    if verdict is None:
        return _unknown()
    if verdict.code in STANDING:
        return None
    return redirect(url_for("verify.show", code=code), 303)


def _unknown() -> Response:
    slow_down("certificates.unknown", most=60, seconds=60)
    return respond(page.plain("certificates/verify/unknown.html"), 404)


def _page(code: str, form: IdentityForm, *, answer: str = "", often: str = "", status: int = 200) -> Response:
    return respond(
        render_template(
            "certificates/verify/identity.html", code=code, form=form, answer=answer, often=often
        ),
        status,
    )
