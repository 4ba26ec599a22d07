"""The page of one plugin: what it is, what it brings, and its settings."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from lms.access import requires
from lms.access.guard import acting_user
from lms.access.roles import BY_NAME
from lms.plugins import troubles, wiring
from lms.plugins.effective import choices_of
from lms.plugins.impact import pages_of
from lms.plugins.registry import registry
from lms.plugins.scopes import SITE
from lms.plugins.switch import refresh, state_of, switches
from lms.plugins.tables import tables_of
from lms.web.plugin_settings import SettingsForm, save, settings_form
from lms.web.routes.blueprint import web
from lms.web.routes.plugins.listing import known


@web.get("/plugins/<name>")
@requires("platform.plugins")
def plugin(name: str) -> str:
    """State, settings and everything the plugin brings."""
    refresh()
    known(name)
    return _page(name, settings_form(name, SITE))


@web.post("/plugins/<name>/settings")
@requires("platform.plugins")
def plugin_settings(name: str) -> Any:
    """Change the settings of the site."""
    known(name)
    form = settings_form(name, SITE, submitted=True)
    if form is None:
        return redirect(url_for("web.plugin", name=name), 303)
    changed = save(form, name, SITE, by=acting_user())
    if changed is None:
        return _page(name, form), 422
    if changed:
        flash(ngettext("%(num)s setting was changed.", "%(num)s settings were changed.", changed), "success")
    else:
        flash(_("Nothing was changed."), "info")
    return redirect(url_for("web.plugin", name=name), 303)


def _page(name: str, form: SettingsForm | None) -> str:
    found = known(name)
    work, timetable = wiring.work_of(name)
    facts = wiring.facts()
    questions = wiring.questions()
    state, reason = state_of(name)
    return render_template(
        "web/plugins/one.html",
        found=found,
        plugin=found.plugin,
        state=state,
        reason=reason,
        noted=troubles.by_plugin().get(name, []),
        row=switches.fresh().states.get(name),
        needed_by=[other for other in registry.in_order() if name in other.plugin.requires],
        needs=[(need, registry.found.get(need)) for need in found.plugin.requires],
        form=form,
        roles=BY_NAME,
        tables=tables_of(name),
        work=work,
        timetable=timetable,
        answers=[one for one in questions if name in one.answerers],
        asks=[one for one in questions if one.asker == name],
        publishes=[one for one in facts if one.publisher == name],
        hears=[one for one in facts if name in dict(one.hearers)],
        pages=pages_of(name),
        choices=len(choices_of(name)),
        active_nav="plugins",
    )
