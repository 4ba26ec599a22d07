"""Values of the plugins' declared settings."""

from __future__ import annotations

from typing import Any

from lms.plugins.contract import Setting
from lms.plugins.registry import registry
from lms.plugins.switch import switches


def declared(name: str) -> tuple[str, Setting]:
    """The plugin and declaration of a setting "<plugin>.<name>". Raises KeyError when nobody declares it."""
    plugin, _, key = name.partition(".")
    for setting in registry.found[plugin].plugin.settings:
        if setting.name == key:
            return plugin, setting
    raise KeyError(name)


def setting(name: str, klass: Any = None) -> Any:
    """The value in force: the class's, else the site's, else the declared default."""
    plugin, spec = declared(name)
    known = switches.fresh()
    if klass is not None:
        row = known.classes.get((getattr(klass, "id", klass), plugin))
        if row is not None and spec.name in row.values:
            return row.values[spec.name]
    state = known.states.get(plugin)
    if state is not None and spec.name in state.values:
        return state.values[spec.name]
    return spec.default
