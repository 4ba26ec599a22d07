"""Which language a page is in: the reader's choice, kept in a cookie; Vietnamese until somebody chooses."""

from __future__ import annotations

from flask import has_request_context, request
from werkzeug.wrappers import Response

COOKIE = "kb_language"
DEFAULT = "vi"
#: Code, what the switch shows, the language's own name.
CHOICES = (("vi", "VI", "Tiếng Việt"), ("en", "EN", "English"))
CODES = tuple(code for code, _short, _name in CHOICES)


def language() -> str:
    """The language of this request.

    Browsers of offices here are often set up in English, so what a browser prefers is no choice of its reader.
    """
    if not has_request_context() or "HTTP_COOKIE" not in request.environ:
        return DEFAULT
    chosen = request.cookies.get(COOKIE)
    return chosen if chosen in CODES else DEFAULT


def remember(response: Response, code: str) -> Response:
    """Keep the choice for a year."""
    response.set_cookie(
        COOKIE, code, max_age=365 * 86400, samesite="Lax", secure=request.is_secure, httponly=True
    )
    return response
