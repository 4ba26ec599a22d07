"""The modules of one class: which optional plugins work in it, and the settings that differ here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from courses import queries
from courses.models import Klass
from courses.routes.blueprint import bp, frame
from lms.access import current_user, requires
from lms.access.guard import acting_user
from lms.errors import NotFound
from lms.plugins import effective, scopes, services
from lms.plugins.registry import Found, registry
from lms.plugins.scopes import CLASS, Scope
from lms.plugins.switch import ON, is_on, refresh
from lms.web.plugin_settings import SettingsForm, save, settings_form, switched_words


@dataclass(frozen=True)
class Module:
    """A plugin as it stands in one class."""

    found: Found
    on_for_site: bool
    on: bool
    switch: effective.Effective
    form: SettingsForm | None

    @property
    def optional(self) -> bool:
        return not self.found.plugin.required


@bp.get("/<int:class_id>/modules")
@requires("courses.manage")
def modules(class_id: int) -> str:
    """Every plugin that can be switched or set for the class."""
    refresh()
    return _page(queries.class_or_404(class_id, current_user))


@bp.post("/<int:class_id>/modules/<name>/switch")
@requires("courses.manage")
def module_switch(class_id: int, name: str) -> Response:
    """Switch a plugin on or off for the class, or follow again what stands above."""
    klass, found = queries.class_or_404(class_id, current_user), _module(name)
    on = {"on": True, "off": False}.get(request.form.get("to", ""))
    services.switch_at(name, (CLASS, class_id), on, by=acting_user())
    flash(switched_words(found.plugin.title, klass.code, on), "success")
    return redirect(url_for("courses.modules", class_id=class_id), 303)


@bp.post("/<int:class_id>/modules/<name>/settings")
@requires("courses.manage")
def module_settings(class_id: int, name: str) -> Any:
    """Change the settings of a plugin for the class."""
    klass, scope = queries.class_or_404(class_id, current_user), (CLASS, class_id)
    _module(name)
    form = settings_form(name, scope, submitted=True)
    if form is None or save(form, name, scope, by=acting_user()) is None:
        return _page(klass, sent=name, form=form), 422
    flash(_("The settings were saved."), "success")
    return redirect(url_for("courses.modules", class_id=class_id), 303)


def _page(klass: Klass, *, sent: str = "", form: SettingsForm | None = None) -> str:
    scope: Scope = (CLASS, klass.id)
    way = effective.narrowest_first(scope)
    shown = [
        Module(
            found,
            is_on(found.name),
            is_on(found.name, klass),
            effective.effective(found.name, ON, scope, way),
            form if found.name == sent else settings_form(found.name, scope),
        )
        for found in registry.in_order()
        if found.loaded and (not found.plugin.required or effective.settings_of(found.name, scope))
    ]
    return render_template(
        "courses/modules.html", **frame(klass, "courses.modules"), modules=shown, names=scopes.named(way)
    )


def _module(name: str) -> Found:
    if name not in registry.found or not registry.found[name].loaded:
        raise NotFound(_("There is no plugin “%(name)s”.", name=name))
    return registry.found[name]
