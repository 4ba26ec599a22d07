"""What is in force for a plugin in a scope, and who chose it there: for the pages that show and change it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lms.plugins.contract import Setting
from lms.plugins.models import PluginChoice
from lms.plugins.registry import registry
from lms.plugins.scopes import CLASS, SITE, Scope, kinds
from lms.plugins.switch import ON, switches


@dataclass(frozen=True)
class Effective:
    """A value in force in a scope: the choice it comes from (None: as declared), and whether it was made right here."""

    value: Any
    choice: PluginChoice | None
    own: bool

    @property
    def source(self) -> Scope | None:
        return (self.choice.kind, self.choice.scope_id) if self.choice is not None else None


def narrowest_first(scope: Scope) -> list[Scope]:
    """A scope and everything above it, ending with the site."""
    if scope == SITE:
        return [SITE]
    if scope[0] == CLASS:
        above = list(switches.fresh().chains.around(scope[1]))
    else:
        known = kinds()
        above = list(known[scope[0]].above(scope[1])) if scope[0] in known else []
    return [scope, *reversed(above), SITE]


def effective(plugin: str, key: str, scope: Scope, way: list[Scope] | None = None) -> Effective:
    """What is in force; `way` (from `narrowest_first`) saves asking again for each setting of a page."""
    here = switches.fresh().choices.get((plugin, key), {})
    for one in way or narrowest_first(scope):
        if one in here:
            return Effective(here[one].value, here[one], own=one == scope)
    return Effective(_declared(plugin, key), None, own=False)


def above(plugin: str, key: str, way: list[Scope]) -> Effective:
    """What would be in force if nothing were chosen in the first scope of the way."""
    return effective(plugin, key, way[0], way[1:] or [SITE])


def choices_of(plugin: str) -> list[PluginChoice]:
    """Everything chosen for a plugin below the site: switches first, then settings."""
    rows = [
        row
        for (owner, _key), here in switches.fresh().choices.items()
        if owner == plugin
        for scope, row in here.items()
        if scope != SITE
    ]
    return sorted(rows, key=lambda row: (row.key != ON, row.kind, row.scope_id, row.key))


def settings_of(plugin: str, scope: Scope) -> list[Setting]:
    """The settings that can be chosen in a scope."""
    declared = registry.found[plugin].plugin.settings
    return [one for one in declared if scope == SITE or one.scope == "class"]


def _declared(plugin: str, key: str) -> Any:
    if key == ON:
        return True
    return next(one.default for one in registry.found[plugin].plugin.settings if one.name == key)
