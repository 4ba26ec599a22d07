"""Pages of a plugin, tried on a throw-away application before they are mounted."""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING, Any

from lms.plugins.contract import ManifestError

if TYPE_CHECKING:
    from flask import Flask


def blueprints_of(room: ModuleType | None) -> list[Any]:
    if room is None:
        return []
    many = getattr(room, "blueprints", None)
    return list(many) if many is not None else [room.bp]


def keep_to_own_pages(trial: Flask) -> None:
    """Code that runs around everybody's pages could break them all; a blueprint may only look after its own."""
    around = {
        "before_app_request": trial.before_request_funcs.get(None),
        "after_app_request": trial.after_request_funcs.get(None),
        "teardown_app_request": trial.teardown_request_funcs.get(None),
        "app_url_defaults": trial.url_default_functions.get(None),
        "app_url_value_preprocessor": trial.url_value_preprocessors.get(None),
        "app_context_processor": trial.template_context_processors.get(None, [])[1:],
        "app_errorhandler": any(trial.error_handler_spec.get(None, {}).values()),
    }
    used = sorted(name for name, functions in around.items() if functions)
    if used:
        raise ManifestError(f"It runs code on pages that are not its own: {', '.join(used)}.")


def require_guards(trial: Flask) -> None:
    for endpoint, view in trial.view_functions.items():
        if endpoint.split(".")[-1] != "static" and not hasattr(view, "lms_access"):
            raise ManifestError(f"The route {endpoint} says neither @requires nor @public.")
