"""Parts of a page that are printed with a plugin's own template: a card, a panel."""

from __future__ import annotations

import logging
from typing import Any

from flask import render_template
from markupsafe import Markup

from lms.errors import LmsError
from lms.plugins import services, troubles
from lms.plugins.deadline import DidNotAnswer
from lms.plugins.fence import PluginFault, fenced

log = logging.getLogger(__name__)


def printed(template: str, **context: Any) -> Markup | None:
    """The part, or None when it fails: it is left out, the rest of the page stays, and the plugins page says why.

    Templates stand under their plugin's name. A plugin that keeps every reader waiting is taken out of play.
    """
    plugin, place = template.split("/")[0], f"template {template}"
    try:
        with fenced():
            return Markup(render_template(template, **context))
    except (PluginFault, LmsError) as fault:
        log.exception("%s failed", place)
        troubles.note(plugin, place, str(fault))
        if isinstance(fault.__cause__, DidNotAnswer):
            services.quarantine(plugin, f"{place}: {fault}")
        return None
