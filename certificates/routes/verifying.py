"""The public check of one paper: no session, no sign-in, one query."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from certificates import keyset, page, verification
from certificates.forms import TypedCodeForm
from certificates.models import Certificate
from certificates.routes.blueprint import verify
from certificates.token import NotAnId, base32, read_typed
from certificates.verification import Verdict
from lms import clock
from lms.access import public
from lms.access.limits import slow_down
from lms.lean import lean
from lms.plugins import ask, setting
from lms.web.fragments import printed

#: Looked up in place of what cannot be an id, so that "malformed" takes the time and the form of "unknown".
_NOBODY = "0" * 16

#: Neither kept, nor found by search engines, nor named to the next site.
_HEADERS = (
    ("Cache-Control", "no-store"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Robots-Tag", "noindex, nofollow"),
    # The reader's language is in a cookie.
    ("Vary", "Cookie"),
)


@verify.get("/")
@public
def typed() -> Response:
    """The form for people without a camera."""
    return _answer(
        render_template(
            "certificates/verify/typed.html",
            host=page.host(),
            form=TypedCodeForm(code=request.args.get("code", "")[:80]),
        )
    )


@verify.post("/")
@public
def look_up_typed() -> Response:
    """A typed code needs the holder's birth year too, and answers with the masked record."""
    slow_down("certificates.typed", most=setting("certificates.typed_per_minute"), seconds=60)
    form = TypedCodeForm()
    if not form.validate_on_submit():
        return _answer(render_template("certificates/verify/typed.html", host=page.host(), form=form), 422)
    verdict = verification.look_up(base32.path_id(read_typed(form.code.data)), clock.today())
    if verdict is None or (verdict.row is not None and verdict.row.birth_year != form.birth_year.data):
        form.form_errors = [_("No certificate has this code and birth year. Compare both with the paper.")]
        return _answer(render_template("certificates/verify/typed.html", host=page.host(), form=form), 404)
    return _verdict_page(verdict)


@verify.get("/<code>")
@public
@lean
def show(code: str) -> BaseResponse:
    """The verdict on one id. What stands after "#" never comes here; the page's script checks it."""
    if not verification.is_id(code):
        canonical = _meant(code)
        if canonical:
            # A browser carries the fragment over by itself.
            response = redirect(url_for("verify.show", code=canonical))
            response.headers.extend(_HEADERS)
            return response
    verdict = verification.look_up(code if verification.is_id(code) else _NOBODY, clock.today())
    if verdict is None:
        slow_down("certificates.unknown", most=60, seconds=60)
        return _answer(page.plain("certificates/verify/unknown.html"), 404)
    return _verdict_page(verdict)


@verify.get("/<code>/counts")
@public
def counts(code: str) -> Response:
    """What the certificate counts for today, as the plugins say; a page of its own, so that the check itself stays quick."""
    verdict = verification.look_up(code if verification.is_id(code) else _NOBODY, clock.today())
    if verdict is None or verdict.row is None:
        return _answer(page.plain("certificates/verify/unknown.html"), 404)
    certificate = Certificate.get_by_id(verdict.row.id)
    offered = ask("verify_panel", certificate=certificate, on=clock.today())
    bodies = [(panel.title, printed(panel.template, **panel.context)) for panel in offered]
    panels = [(title, body) for title, body in bodies if body is not None]
    fragment = "fragment" in request.args
    template = "certificates/verify/counts_part.html" if fragment else "certificates/verify/counts.html"
    return _answer(render_template(template, panels=panels, verdict=verdict, extract=_extract(verdict)))


@verify.get("/keys.json")
@public
@lean
def keys() -> Response:
    """The key set and dictionary, for anybody's verifier (docs/certificate-format.md)."""
    response = jsonify(keyset.published())
    response.headers["Cache-Control"] = "public, max-age=60"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _verdict_page(verdict: Verdict) -> Response:
    return _answer(page.verdict_page(verdict))


def _extract(verdict: Verdict) -> dict[str, Any]:
    return verification.read_extract(verdict.text) if verdict.text else {}


def _meant(code: str) -> str | None:
    """The canonical id behind capitals, hyphens or a typed code in the address; None when there is none."""
    for read in (base32.decode, read_typed):
        try:
            return base32.path_id(read(code))
        except NotAnId:
            continue
    return None


def _answer(page: str | bytes, status: int = 200) -> Response:
    return Response(page, status, _HEADERS)
