"""Addresses within this site: the current page with other arguments, safe returns, static files that may be cached."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Flask, current_app, request
from werkzeug.exceptions import HTTPException

from lms.access import can, current_user
from lms.plugins.registry import registry
from lms.plugins.switch import is_on


def here(path: str = "", /, **changes: Any) -> str:
    """The address of this page with some query arguments changed; None removes one. A part of a page names its page's `path`."""
    kept = [(name, value) for name, value in request.args.items(multi=True) if name not in changes]
    added = [(name, value) for name, value in changes.items() if value is not None]
    query = urlencode(kept + added)
    path = path or request.path
    return f"{path}?{query}" if query else path


def here_path() -> str:
    """The address of this page as a place to come back to (a page that was posted to comes back by its path)."""
    if request.method not in {"GET", "HEAD"} or not request.query_string:
        return request.path
    return f"{request.path}?{request.query_string.decode('ascii', 'replace')}"


def kept_arguments(*dropped: str) -> list[tuple[str, str]]:
    """The query arguments a search form must carry along."""
    return [(name, value) for name, value in request.args.items(multi=True) if name not in dropped]


def safe_next(target: str | None, default: str = "/") -> str:
    """A return address if it stays within this site, else the default."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return default
    if any(ord(character) < 32 for character in target) or "\\" in target:
        return default
    return target


def url_exists(endpoint: str) -> bool:
    """Whether a page with this endpoint is mounted."""
    return endpoint in current_app.view_functions


def may_open(address: str) -> bool:
    """Whether the reader's roles open a page of this site, so that no link leads to a refusal.

    Judged by the permission the page asks for; which of its rows are in scope is left to the page.
    """
    try:
        endpoint, values = current_app.url_map.bind("").match(urlsplit(address).path, method="GET")
    except HTTPException:
        return False
    owner = registry.blueprints.get(endpoint.split(".")[0])
    if owner and not is_on(owner, values.get("class_id")):
        return False
    wanted = getattr(current_app.view_functions[endpoint], "lms_access", ())
    if wanted == ("public",):
        return True
    if wanted == ("signed_in",):
        return bool(current_user.is_authenticated)
    return any(can(current_user, permission) for permission in wanted)


def install(app: Flask) -> None:
    """Give every static address the file's time, so that browsers keep the file until it changes."""

    @app.url_defaults
    def add_version(endpoint: str, values: dict[str, Any]) -> None:
        name = values.get("filename")
        if name and endpoint.endswith("static") and "v" not in values:
            version = _version(app, endpoint, str(name))
            if version:
                values["v"] = version


def _version(app: Flask, endpoint: str, name: str) -> str | None:
    owner = app.blueprints.get(endpoint.rpartition(".")[0]) if "." in endpoint else app
    folder = getattr(owner, "static_folder", None)
    if not folder:
        return None
    return _stamp(folder, name) if not app.debug else _stamp.__wrapped__(folder, name)


@cache
def _stamp(folder: str, name: str) -> str | None:
    file = Path(folder) / name
    try:
        return f"{int(file.stat().st_mtime):x}"
    except OSError:
        return None
