"""The plugins of this site: what is there, on or off, and why something is not."""

from __future__ import annotations

from flask import render_template
from flask_babel import gettext as _

from lms.access import requires
from lms.errors import NotFound
from lms.plugins import troubles
from lms.plugins.registry import Found, registry
from lms.plugins.remembering import missing
from lms.plugins.switch import refresh, state_of
from lms.web.routes.blueprint import web


@web.get("/plugins")
@requires("platform.plugins")
def plugins() -> str:
    """Every plugin found, with its state and the reason for it."""
    refresh()  # another process may have switched one a moment ago
    rows = [(found, *state_of(found.name)) for found in registry.in_order()]
    return render_template(
        "web/plugins/list.html", rows=rows, missing=missing(), troubles=troubles.by_plugin()
    )


def known(name: str) -> Found:
    """A plugin that was found. Raises NotFound."""
    if name not in registry.found:
        raise NotFound(_("There is no plugin “%(name)s”.", name=name))
    return registry.found[name]
