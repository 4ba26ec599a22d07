"""Where a plugin is on, and its settings below the site: per organisation, programme and class."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from lms.access import requires
from lms.access.guard import acting_user
from lms.errors import NotFound
from lms.plugins import effective, scopes, services
from lms.plugins.scopes import Named, Scope
from lms.plugins.settings import declared
from lms.plugins.switch import ON, refresh, state_of, switches
from lms.web.plugin_settings import SettingsForm, in_words, save, settings_form, switched_words
from lms.web.routes.blueprint import web
from lms.web.routes.plugins.listing import known


@web.get("/plugins/<name>/where")
@requires("platform.plugins")
def plugin_where(name: str) -> str:
    """Everything chosen below the site, who chose it and when; and a search for one more place."""
    refresh()
    found = known(name)
    choices = effective.choices_of(name)
    kinds = scopes.kinds()
    kind, typed = request.args.get("kind", ""), request.args.get("q", "").strip()[:120]
    results = kinds[kind].find(typed) if kind in kinds else []
    return render_template(
        "web/plugins/where.html",
        found=found,
        state=state_of(name)[0],
        site=switches.fresh().states.get(name),
        rows=[(choice, *_words(name, choice)) for choice in choices],
        names=scopes.named({(choice.kind, choice.scope_id) for choice in choices}),
        kinds=kinds.values(),
        kind=kind,
        search=typed,
        results=results,
        active_nav="plugins",
    )


@web.get("/plugins/<name>/at/<kind>/<int:scope_id>")
@requires("platform.plugins")
def plugin_at(name: str, kind: str, scope_id: int) -> str:
    """One plugin in one place: what is in force, from where, and how to change it here."""
    refresh()
    place = _place(kind, scope_id)
    return _page(name, place, settings_form(name, (kind, scope_id)))


@web.post("/plugins/<name>/at/<kind>/<int:scope_id>/switch")
@requires("platform.plugins")
def plugin_at_switch(name: str, kind: str, scope_id: int) -> Response:
    """Switch it on or off here, or follow again what stands above."""
    known(name)
    place = _place(kind, scope_id)
    on = {"on": True, "off": False}.get(request.form.get("to", ""))
    services.switch_at(name, (kind, scope_id), on, by=acting_user())
    flash(switched_words(known(name).plugin.title, place.title, on), "success")
    return redirect(url_for("web.plugin_at", name=name, kind=kind, scope_id=scope_id), 303)


@web.post("/plugins/<name>/at/<kind>/<int:scope_id>/settings")
@requires("platform.plugins")
def plugin_at_settings(name: str, kind: str, scope_id: int) -> Any:
    """Change the settings that differ here."""
    known(name)
    place, scope = _place(kind, scope_id), (kind, scope_id)
    form = settings_form(name, scope, submitted=True)
    if form is not None and save(form, name, scope, by=acting_user()) is None:
        return _page(name, place, form), 422
    flash(_("The settings were saved."), "success")
    return redirect(url_for("web.plugin_at", name=name, kind=kind, scope_id=scope_id), 303)


def _page(name: str, place: Named, form: SettingsForm | None) -> str:
    scope: Scope = (place.kind, place.scope_id)
    way = effective.narrowest_first(scope)
    return render_template(
        "web/plugins/at.html",
        found=known(name),
        state=state_of(name)[0],
        place=place,
        switch=effective.effective(name, ON, scope, way),
        names=scopes.named(way),
        form=form,
        active_nav="plugins",
    )


def _place(kind: str, scope_id: int) -> Named:
    """A place that exists. Raises NotFound."""
    kinds = scopes.kinds()
    if kind not in kinds or scope_id not in kinds[kind].named([scope_id]):
        raise NotFound(_("There is no such place."))
    return scopes.named({(kind, scope_id)})[kind, scope_id]


def _words(name: str, choice: Any) -> tuple[Any, str]:
    """What was chosen and how, in words."""
    if choice.key == ON:
        return _("Switch"), _("On") if choice.value else _("Off")
    try:
        spec = declared(f"{name}.{choice.key}")[1]
    except KeyError:  # a setting that a newer version no longer has
        return choice.key, str(choice.value)
    return spec.title, in_words(spec, choice.value)
