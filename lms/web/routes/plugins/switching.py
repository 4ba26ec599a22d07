"""Switch a plugin for the whole site: first what it would change, then the deed."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from lms.access import requires
from lms.access.guard import acting_user
from lms.plugins import services
from lms.plugins.impact import preview
from lms.plugins.switch import refresh, state_of
from lms.web.routes.blueprint import web
from lms.web.routes.plugins.listing import known


@web.get("/plugins/<name>/switch")
@requires("platform.plugins")
def plugin_switch(name: str) -> str:
    """What switching it would change, before anybody confirms."""
    refresh()
    found = known(name)
    state, reason = state_of(name)
    return render_template(
        "web/plugins/switch.html",
        found=found,
        state=state,
        reason=reason,
        turn_on=state == "off",
        impact=preview(name),
        active_nav="plugins",
    )


@web.post("/plugins/<name>/on")
@requires("platform.plugins")
def plugin_on(name: str) -> Response:
    services.switch(name, True, by=acting_user())
    flash(_("“%(title)s” is on.", title=known(name).plugin.title), "success")
    return redirect(url_for("web.plugin", name=name), 303)


@web.post("/plugins/<name>/off")
@requires("platform.plugins")
def plugin_off(name: str) -> Response:
    services.switch(name, False, by=acting_user())
    flash(_("“%(title)s” is off. Its data is kept.", title=known(name).plugin.title), "success")
    return redirect(url_for("web.plugin", name=name), 303)


@web.post("/plugins/<name>/retry")
@requires("platform.plugins")
def plugin_retry(name: str) -> Response:
    services.retry(name, by=acting_user())
    flash(
        _("“%(title)s” works again. It will be stopped at its next error.", title=known(name).plugin.title),
        "success",
    )
    return redirect(url_for("web.plugin", name=name), 303)
