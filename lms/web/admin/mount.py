"""Mount the administration with the views every module brings."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import flask_admin.babel
from flask import Flask
from flask_admin import Admin
from flask_admin.theme import Bootstrap4Theme
from flask_babel import lazy_gettext as _l

from lms.plugins.registry import Found, registry
from lms.web import headers
from lms.web.admin import kernel
from lms.web.admin.views import Guarded, Overview

log = logging.getLogger(__name__)

_WORDS = Path(__file__).resolve().parents[2] / "translations"


def init_admin(app: Flask) -> None:
    """Mount /admin. A module whose views cannot be built keeps its other pages; the log says why."""
    overview = Overview(name=_l("Reference data"), url="/admin")
    admin = Admin(
        app,
        name=_l("Reference data"),
        index_view=overview,
        # The other themes fetch fonts from outside.
        theme=Bootstrap4Theme(base_template="web/admin_base.html", swatch="default", fluid=True),
        csp_nonce_generator=headers.nonce,
    )
    # Later folders win: some of the library's Vietnamese is wrong ("Kỷ lục" for a row).
    flask_admin.babel.domain._translation_directories = [*_their_words(), str(_WORDS)]
    _add(admin, registry.found["lms"], kernel.views())
    for found in registry.in_order():
        room = found.rooms.get("admin")
        if found.loaded and room is not None and hasattr(room, "views"):
            _add_module(admin, found, room)
    _mark_guards(app, admin)


def _add_module(admin: Admin, found: Found, room: Any) -> None:
    try:
        _add(admin, found, room.views())
    except Exception:
        log.exception("the administration views of %s were left out", found.name)


def _add(admin: Admin, found: Found, views: list[Any]) -> None:
    for view in views:
        if not isinstance(view, Guarded):
            raise TypeError(f"{type(view).__name__} must be a SecureModelView")
        view.plugin = found.name
        view.category = view.category or found.plugin.title
        admin.add_view(view)


def _mark_guards(app: Flask, admin: Admin) -> None:
    """Say on every address of the administration which permission guards it, as routes do."""
    for view in admin._views:
        for endpoint, function in list(app.view_functions.items()):
            if endpoint.rpartition(".")[0] == view.endpoint and not endpoint.endswith(".static"):
                app.view_functions[endpoint] = _marked(function, (view.permission,))


def _marked(function: Any, permissions: tuple[str, ...]) -> Any:
    def guarded(*args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs)

    guarded.lms_access = permissions  # type: ignore[attr-defined]
    guarded.__name__ = getattr(function, "__name__", "admin")
    return guarded


def _their_words() -> list[str]:
    return [str(path) for path in flask_admin.translations.__path__]
