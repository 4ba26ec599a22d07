"""Every error becomes a page that says what to do, or JSON of one shape. Nowhere else."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Flask, Response, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from peewee import InterfaceError, OperationalError
from werkzeug.exceptions import HTTPException, InternalServerError

from lms.access import current_user
from lms.errors import Invalid, LmsError
from lms.plugins import troubles
from lms.plugins.owner import page_owner
from lms.web.addresses import safe_next
from lms.web.suggest import Suggestion, for_missing_page, switched_off

log = logging.getLogger(__name__)

#: The most of a refused upload that is read and thrown away, so that the browser lives to see the answer.
_DRAIN = 32 * 1024 * 1024


@dataclass(frozen=True)
class Explained:
    """What an error page says."""

    title: str
    text: str


def install(app: Flask) -> None:
    """Register the handlers. Unknown exceptions are raised again under test."""
    app.register_error_handler(LmsError, _ours)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(InternalServerError, _crash)
    app.register_error_handler(HTTPException, _http)


def wants_json() -> bool:
    """Whether this client is answered in JSON."""
    if request.path.startswith("/api/"):
        return True
    accepted = request.accept_mimetypes
    return accepted["application/json"] > accepted["text/html"]


def layout() -> str:
    """The layout that suits the reader: lean for people on phones, public for strangers."""
    if not current_user.is_authenticated:
        return "web/public.html"
    lean = {"lecturer", "trainee"}
    return (
        "web/phone.html" if current_user.role_names and current_user.role_names <= lean else "web/base.html"
    )


def render_error(
    status: int,
    title: str,
    text: str,
    *,
    code: str = "error",
    ref: str | None = None,
    fields: dict[str, str] | None = None,
    suggestions: Sequence[Suggestion] = (),
    template: str = "web/error.html",
    **more: Any,
) -> Response:
    """An error as a page or as JSON, whichever the client asked for."""
    if wants_json():
        body: dict[str, Any] = {"code": code, "message": text or title}
        if fields:
            body["fields"] = fields
        if ref:
            body["ref"] = ref
        response = jsonify(error=body)
        response.status_code = status
        return response
    page = {
        "status": status,
        "error_title": title,
        "text": text,
        "ref": ref,
        "fields": fields or {},
        "suggestions": suggestions,
        "back": came_from(),
        **more,
    }
    return Response(_page(template, page, status), status=status, mimetype="text/html")


def came_from() -> str | None:
    """The page of this site the reader came from, if the browser says so."""
    referrer = request.referrer or ""
    if not referrer.startswith(request.host_url):
        return None
    target = safe_next("/" + referrer[len(request.host_url) :], "")
    return target if target and target != request.full_path.rstrip("?") else None


def _page(template: str, page: dict[str, Any], status: int) -> str:
    try:
        return render_template(template, layout="web/public.html" if status >= 500 else layout(), **page)
    except Exception:
        # The page around the error failed as well: the sentence alone must still arrive.
        log.exception("error page failed")
        return render_template(template, layout="web/bare.html", **{**page, "suggestions": ()})


def _ours(error: LmsError) -> Any:
    if error.status == 401 and not wants_json():
        wanted = request.full_path.rstrip("?") if request.method == "GET" else came_from()
        return redirect(url_for("security.login", next=wanted), 302)
    explained = _explain(error.status)
    text = str(error.message) or explained.text
    fields = (
        {name: str(sentence) for name, sentence in error.fields.items()}
        if isinstance(error, Invalid)
        else None
    )
    if error.status == 403 and error.details.get("title"):
        text = _("It needs the permission “%(title)s”.", title=error.details["title"]) + " " + explained.text
    suggestions = for_missing_page() if error.status == 404 and not wants_json() else ()
    response = render_error(
        error.status, explained.title, text, code=error.code, fields=fields, suggestions=suggestions
    )
    if "retry_after" in error.details:
        response.headers["Retry-After"] = str(error.details["retry_after"])
    if error.status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _http(error: HTTPException) -> Any:
    status = error.code or 500
    if status < 400 or error.response is not None:
        return error.get_response()
    if status == 413:
        _drain()
    explained = _explain(status)
    if status == 404:
        off = switched_off()
        text = off or explained.text
        found = () if wants_json() else for_missing_page()
        response = render_error(404, explained.title, text, code="not_found", suggestions=found)
    else:
        response = render_error(status, explained.title, explained.text, code=_CODES.get(status, "error"))
    for name, value in error.get_headers():
        if name.lower() in {"allow", "retry-after", "www-authenticate"}:
            response.headers[name] = value
    return response


def _csrf(error: CSRFError) -> Response:
    """The form's token is no longer good: explain, and offer what was typed for sending once more."""
    typed = _typed() if _same_origin() else []
    return render_error(
        400,
        _("This form was open too long"),
        _("Nothing was saved. To protect you, a form is only accepted while you stay signed in."),
        code="csrf",
        template="web/expired.html",
        typed=typed,
        files=[file.filename for file in request.files.values() if file.filename],
    )


def _crash(error: InternalServerError) -> Response:
    ref = secrets.token_hex(4).upper()
    cause = error.original_exception or error
    # The route's pattern, never the address: a one-time code in it must not reach a log.
    where = request.url_rule.rule if request.url_rule else "an unknown address"
    log.error("error %s at %s %s", ref, request.method, where, exc_info=cause)
    owner = page_owner()
    if owner is not None:
        troubles.note(owner, f"route {where}", f"{type(cause).__name__} {troubles.where(cause)} ({ref})")
    if isinstance(cause, OperationalError | InterfaceError):
        explained = _explain(503)
        response = render_error(503, explained.title, explained.text, code="unavailable", ref=ref)
        response.headers["Retry-After"] = "5"
        return response
    explained = _explain(500)
    return render_error(500, explained.title, explained.text, code="internal", ref=ref)


def _same_origin() -> bool:
    """Whether the form came from a page of ours; only then may it be offered again."""
    site = request.headers.get("Sec-Fetch-Site")
    if site:
        return site == "same-origin"
    origin = request.headers.get("Origin") or request.referrer or ""
    return f"{origin.rstrip('/')}/".startswith(request.host_url)


def _typed() -> list[tuple[str, str]]:
    hidden = {"csrf_token", "password"}
    return [
        (name, value)
        for name, value in request.form.items(multi=True)
        if name not in hidden and "password" not in name
    ]


def _drain() -> None:
    stream = request.environ.get("wsgi.input")
    left = min(request.content_length or 0, _DRAIN)
    while stream is not None and left > 0:
        chunk = stream.read(min(left, 65536))
        if not chunk:
            return
        left -= len(chunk)


_CODES = {
    400: "bad_request",
    403: "not_allowed",
    405: "method",
    413: "too_large",
    415: "not_json",
    422: "invalid",
    429: "too_many",
    503: "unavailable",
}


def _explain(status: int) -> Explained:
    known = {
        400: Explained(
            _("We could not read this request"),
            _("Something in it was incomplete. Please go back, reload the page and try again."),
        ),
        401: Explained(_("Please sign in"), _("This page is for signed-in users.")),
        403: Explained(
            _("Your account may not do this"),
            _("If your work needs it, please ask the administrator of the platform for the right role."),
        ),
        404: Explained(
            _("We could not find this page"),
            _(
                "The address may be mistyped, the entry may have been moved, or it may belong to an organisation you do not see."
            ),
        ),
        405: Explained(
            _("This address is not opened this way"),
            _("It only receives what a form sends. Please open the page again from the menu."),
        ),
        409: Explained(
            _("This cannot be done now"), _("Something changed in the meantime. Please reload the page.")
        ),
        413: Explained(
            _("This file is too large"),
            _("At most 12 MB at a time, please. Split a long list into several files."),
        ),
        415: Explained(
            _("This is not the kind of data we expect"),
            _("Please send JSON, with the header Content-Type: application/json."),
        ),
        422: Explained(_("Something needs correcting"), _("Please go back and correct what is named here.")),
        429: Explained(_("Too many attempts"), _("Please wait a minute, then try again.")),
        500: Explained(
            _("Something went wrong on our side"),
            _("Nothing you did is the cause. The fault has been recorded; please try again in a moment."),
        ),
        503: Explained(_("The service is busy"), _("Please wait a few seconds, then load the page again.")),
    }
    return known.get(status) or known[500 if status >= 500 else 400]
