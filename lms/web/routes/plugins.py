"""The plugins of this site: what is there, on or off, and why something is not."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from lms.access import requires
from lms.access.guard import acting_user
from lms.errors import NotFound
from lms.plugins import services
from lms.plugins.registry import Found, registry
from lms.plugins.switch import refresh, state_of
from lms.web.routes.blueprint import web


@web.get("/plugins")
@requires("platform.plugins")
def plugins() -> str:
    """Every plugin found, with its state and the reason for it."""
    refresh()  # another process may have switched one a moment ago
    rows = [(found, *state_of(found.name), _needed_by(found)) for found in registry.in_order()]
    return render_template("web/plugins.html", rows=rows)


@web.post("/plugins/<name>/on")
@requires("platform.plugins")
def plugin_on(name: str) -> Response:
    services.switch(name, True, by=acting_user())
    flash(_("“%(title)s” is on.", title=_known(name).plugin.title), "success")
    return redirect(url_for("web.plugins"))


@web.post("/plugins/<name>/off")
@requires("platform.plugins")
def plugin_off(name: str) -> Response:
    services.switch(name, False, by=acting_user())
    flash(_("“%(title)s” is off. Its data is kept.", title=_known(name).plugin.title), "success")
    return redirect(url_for("web.plugins"))


@web.post("/plugins/<name>/retry")
@requires("platform.plugins")
def plugin_retry(name: str) -> Response:
    services.retry(name, by=acting_user())
    flash(
        _("“%(title)s” works again. It will be stopped at its next error.", title=_known(name).plugin.title),
        "success",
    )
    return redirect(url_for("web.plugins"))


def _known(name: str) -> Found:
    if name not in registry.found:
        raise NotFound(_("There is no plugin “%(name)s”.", name=name))
    return registry.found[name]


def _needed_by(found: Found) -> list[str]:
    return [str(other.plugin.title) for other in registry.in_order() if found.name in other.plugin.requires]
