"""Security headers of every answer: a strict content policy, no framing, no sniffing."""

from __future__ import annotations

import functools
import secrets

from flask import Response, request
from werkzeug.datastructures import Headers

from lms.config import settings
from lms.lean import Platform, write

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


def policy(nonce: str | None = None, *, wasm: bool = False) -> str:
    """The Content-Security-Policy; with a nonce, scripts and styles that carry it are allowed too.

    `wasm` lets the page's own scripts run WebAssembly; a page that reads camera pictures asks for it and no other.
    """
    rules = dict(_POLICY)
    if wasm:
        rules["script-src"] += " 'wasm-unsafe-eval'"
    if nonce:
        rules["script-src"] += f" 'nonce-{nonce}'"
        rules["style-src"] += f" 'nonce-{nonce}'"
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def install(app: Platform) -> None:
    """Add the headers to every answer of the application."""
    app.after_every(_add)


def _add(response: Response) -> Response:
    endpoint = request.endpoint or ""
    is_file = endpoint.endswith("static")
    if is_file:
        _cache_static(response)
    if endpoint == "security.logout":
        response.headers["Clear-Site-Data"] = '"cache"'
    _complete(response.headers, _standard(settings().https, is_file))
    if _NONCE in request.environ and request.path.startswith("/admin"):
        response.headers["Content-Security-Policy"] = policy(request.environ[_NONCE])
    return response


@functools.cache
def _standard(https: bool, is_file: bool) -> tuple[tuple[str, str, str], ...]:
    """Name, name in small letters and value of what every answer gets."""
    headers = _FIXED | {"Content-Security-Policy": policy()}
    if https:
        headers["Strict-Transport-Security"] = f"max-age={_A_YEAR}; includeSubDomains"
    if not is_file:
        # Not "no-store": the way back to a form must still find what was typed.
        headers["Cache-Control"] = "private, no-cache"
    return tuple((name, name.lower(), value) for name, value in headers.items())


def _complete(headers: Headers, standard: tuple[tuple[str, str, str], ...]) -> None:
    """Add what the answer does not say for itself: a page's own word holds."""
    own = {name.lower() for name, _value in headers}
    write(headers, [(name, value) for name, small, value in standard if small not in own])


def _cache_static(response: Response) -> None:
    if "v" in request.args and response.status_code in {200, 304}:
        response.headers["Cache-Control"] = f"public, max-age={_A_YEAR}, immutable"
