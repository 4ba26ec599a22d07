"""The blueprint of courses, and the frame of a class page that its tabs share."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from courses.models import Klass
from courses.services.classes import STATE_NAMES
from lms.access import current_user
from lms.plugins import ask
from lms.web.errors import layout

bp = Blueprint(
    "courses", "courses", template_folder="templates", static_folder="static", url_prefix="/classes"
)

STATE_TONES = {
    "draft": "neutral",
    "enrolling": "info",
    "running": "good",
    "reviewing": "warn",
    "closed": "neutral",
    "cancelled": "bad",
}


STATE_ICONS = {
    "draft": "pencil",
    "enrolling": "megaphone",
    "running": "presentation",
    "reviewing": "list-checks",
    "closed": "lock",
    "cancelled": "ban",
}


@bp.app_template_global()
def class_steps(klass: Klass) -> tuple[list[str], int]:
    """The life of a class for `ui.steps`: names, and where it stands (one past the end once closed)."""
    states = [state for state in STATE_NAMES if state != "cancelled"]
    at = states.index(klass.state) + 1 if klass.state in states else 0
    return [str(STATE_NAMES[state]) for state in states], at + (klass.state == "closed")


@bp.app_template_global()
def class_state(klass: Klass) -> tuple[str, str, str]:
    """The name of a class's state, the tone of its badge and its icon."""
    return str(STATE_NAMES[klass.state]), STATE_TONES[klass.state], STATE_ICONS[klass.state]


@bp.app_template_global()
def class_tabs(klass: Klass) -> list[Any]:
    """Every tab of a class page that the reader may open."""
    return ask("class_tabs", klass=klass, user=current_user)


def frame(klass: Klass, current: str) -> dict[str, Any]:
    """What the template of any tab of a class needs."""
    return {"klass": klass, "current_tab": current, "layout": layout(), "active_nav": "courses"}
