"""Security headers of every answer: a strict content policy, no framing, no sniffing."""

from __future__ import annotations

import secrets

from flask import Flask, Response, request

from lms.config import settings

_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "connect-src": "'self'",
    "font-src": "'self'",
    "manifest-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
}
_FIXED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=(), payment=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_NONCE = "kimbang.nonce"
_A_YEAR = 365 * 86400


def nonce() -> str:
    """The one-time mark of this answer's own scripts; only the administration under /admin uses it."""
    return str(request.environ.setdefault(_NONCE, secrets.token_urlsafe(16)))


def policy(nonce: str | None = None) -> str:
    """The Content-Security-Policy; with a nonce, scripts and styles that carry it are allowed too."""
    rules = dict(_POLICY)
    if nonce:
        rules["script-src"] += f" 'nonce-{nonce}'"
        rules["style-src"] += f" 'nonce-{nonce}'"
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def install(app: Flask) -> None:
    """Add the headers to every answer of the application."""
    app.after_request(_add)


def _add(response: Response) -> Response:
    for name, value in _FIXED.items():
        response.headers.setdefault(name, value)
    marked = request.environ.get(_NONCE) if request.path.startswith("/admin") else None
    response.headers.setdefault("Content-Security-Policy", policy(marked))
    if settings().https:
        response.headers.setdefault("Strict-Transport-Security", f"max-age={_A_YEAR}; includeSubDomains")
    if request.endpoint and request.endpoint.endswith("static"):
        _cache_static(response)
    elif "Cache-Control" not in response.headers:
        # Not "no-store": the way back to a form must still find what was typed.
        response.headers["Cache-Control"] = "private, no-cache"
    if request.endpoint == "security.logout":
        response.headers["Clear-Site-Data"] = '"cache"'
    return response


def _cache_static(response: Response) -> None:
    if "v" in request.args and response.status_code in {200, 304}:
        response.headers["Cache-Control"] = f"public, max-age={_A_YEAR}, immutable"
