"""The public check of one paper: no session, no sign-in, one query."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from certificates import keyset, page, receipts, verification
from certificates.forms import TypedCodeForm
from certificates.hookspecs import CountsFor
from certificates.models import Certificate
from certificates.routes.blueprint import verify
from certificates.sharing import services as sharing
from certificates.token import NotAnId, base32, read_typed
from certificates.verification import TONES, Verdict
from lms import clock
from lms.access import public
from lms.access.limits import slow_down
from lms.lean import Leaf, lean
from lms.plugins import ask, setting
from lms.web.fragments import printed

#: Looked up in place of what cannot be an id, so that "malformed" takes the time and the form of "unknown".
_NOBODY = "0" * 16

#: Neither kept, nor found by search engines, nor named to the next site.
_HEADERS = (
    ("Content-Type", "text/html; charset=utf-8"),
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
    return respond(
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
    slow_down("certificates.typed_long", most=10 * setting("certificates.typed_per_minute"), seconds=3600)
    form = TypedCodeForm()
    if not form.validate_on_submit():
        return respond(render_template("certificates/verify/typed.html", host=page.host(), form=form), 422)
    verdict = verification.look_up(base32.path_id(read_typed(form.code.data)), clock.today())
    if verdict is None or (verdict.row is not None and verdict.row.birth_year != form.birth_year.data):
        form.form_errors = [_("No certificate has this code and birth year. Compare both with the paper.")]
        return respond(render_template("certificates/verify/typed.html", host=page.host(), form=form), 404)
    if verdict.row is not None:
        sharing.count_checks([verdict.row.id], "typed")
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
            response.headers.update(_HEADERS)
            return response
    verdict = verification.look_up(code if verification.is_id(code) else _NOBODY, clock.today())
    if verdict is None:
        slow_down("certificates.unknown", most=60, seconds=60)
        return respond(page.plain("certificates/verify/unknown.html"), 404)
    return _verdict_page(verdict)


@verify.get("/<code>/counts")
@public
def counts(code: str) -> Response:
    """What the certificate counts for today, as the plugins say; a page of its own, so that the check itself stays quick."""
    verdict = verification.look_up(code if verification.is_id(code) else _NOBODY, clock.today())
    if verdict is None or verdict.row is None:
        slow_down("certificates.unknown", most=60, seconds=60)
        return respond(page.plain("certificates/verify/unknown.html"), 404)
    certificate, today = Certificate.get_by_id(verdict.row.id), clock.today()
    offered = ask("verify_panel", certificate=certificate, on=today)
    posts = ask("certificate_posts", programme=certificate.programme, on=today)
    bodies = [(panel.title, printed(panel.template, **panel.context)) for panel in offered]
    panels = [(title, body) for title, body in bodies if body is not None]
    fragment = "fragment" in request.args
    template = "certificates/verify/counts_part.html" if fragment else "certificates/verify/counts.html"
    return respond(
        render_template(
            template,
            panels=panels,
            verdict=verdict,
            extract=_extract(verdict),
            posts=_two_truths(verdict.row, posts),
            today=today,
        )
    )


@verify.get("/receipt")
@public
def receipt() -> Response:
    """What the register answered for a receipt that somebody noted. Nothing is looked up: the number itself proves it."""
    code, number = request.args.get("code", "")[:80], request.args.get("receipt", "")[:40]
    id16 = code if verification.is_id(code) else _meant(code)
    if number:
        slow_down("certificates.receipt", most=30, seconds=60)
    found = receipts.confirmed(id16 or _NOBODY, number) if number else None
    return respond(
        render_template(
            "certificates/verify/receipt.html",
            code=code,
            id16=id16,
            number=number,
            found=found,
            tone=TONES.get(found.verdict) if found else None,
            host=page.host(),
        ),
        404 if number and not found else 200,
    )


def _two_truths(row: Any, today: list[CountsFor]) -> dict[str, list[str]]:
    """The posts signed into the code, and what differs from them by the rules of today."""
    book = keyset.book()
    signed = {number: book.term("post", number, row.issued_on) for number in row.posts}
    now = {post.number: post.title for post in today}
    titles = {
        number: term.title if term else now.get(number, _("post no. %(number)s", number=number))
        for number, term in signed.items()
    }
    return {
        "signed": list(titles.values()),
        "gone": [title for number, title in titles.items() if number not in now] if now else [],
        "come": [str(title) for number, title in now.items() if number not in titles],
    }


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
    return respond(page.verdict_page(verdict))


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


def respond(page: str | bytes, status: int = 200) -> Response:
    """A page of the public check: not kept, not found by search engines."""
    body = page.encode() if isinstance(page, str) else page
    return Leaf(body, status, _HEADERS)
