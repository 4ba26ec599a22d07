"""What a browser calls itself, in words people know; and the mark of a device that knows its owner."""

from __future__ import annotations

import re
from typing import Any

from flask import Response, current_app, request
from flask_babel import gettext as _
from itsdangerous import BadSignature, URLSafeTimedSerializer

from lms import crypto
from lms.config import settings

COOKIE = "kb_device"
A_YEAR = 365 * 86400

#: Pattern in the browser's own words, name; the first that fits counts.
_BROWSERS = (
    (r"Edg(e|A|iOS)?/", "Edge"),
    (r"OPR/|Opera", "Opera"),
    (r"coc_coc_browser", "Cốc Cốc"),
    (r"SamsungBrowser/", "Samsung Internet"),
    (r"Firefox/|FxiOS/", "Firefox"),
    (r"Chrome/|CriOS/|Chromium/", "Chrome"),
    (r"Safari/", "Safari"),
)
_SYSTEMS = (
    (r"iPhone", "iPhone"),
    (r"iPad", "iPad"),
    (r"Android", "Android"),
    (r"Windows", "Windows"),
    (r"Mac OS X|Macintosh", "Mac"),
    (r"CrOS", "ChromeOS"),
    (r"Linux|X11", "Linux"),
)


def words(agent: str) -> str:
    """A browser's own words as people say it: “Chrome on Windows”."""
    browser = next((name for pattern, name in _BROWSERS if re.search(pattern, agent)), "")
    system = next((name for pattern, name in _SYSTEMS if re.search(pattern, agent)), "")
    if browser and system:
        return _("%(browser)s on %(system)s", browser=browser, system=system)
    return browser or system or _("Unknown device")


def icon(agent: str) -> str:
    """Name of the icon of such a device."""
    return "smartphone" if re.search(r"iPhone|Android|Mobile", agent) else "monitor"


def known(email: str) -> str:
    """The mark of this device when the account has signed in on it before, else ""."""
    try:
        marks: Any = _serializer().loads(request.cookies.get(COOKIE, ""), max_age=A_YEAR)
    except BadSignature:
        return ""
    return str(marks.get(_name(email), "")) if isinstance(marks, dict) else ""


def remember(response: Response, email: str, mark: str) -> None:
    """Keep on the device that this account has signed in here; the last ten accounts of a shared computer."""
    try:
        marks = dict(_serializer().loads(request.cookies.get(COOKIE, ""), max_age=A_YEAR))
    except (BadSignature, TypeError, ValueError):
        marks = {}
    marks.pop(_name(email), None)
    kept = dict([*marks.items()][-9:]) | {_name(email): mark}
    response.set_cookie(
        COOKIE,
        _serializer().dumps(kept),
        max_age=A_YEAR,
        path="/",
        samesite="Lax",
        httponly=True,
        secure=settings().https,
    )


def _name(email: str) -> str:
    return crypto.keyed_hash(email.strip().lower(), "device")[:16]


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="kimbang-device")
