"""Values of the plugins' declared settings."""

from __future__ import annotations

from typing import Any

from lms import crypto
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
    """The value in force: the narrowest chosen around the class (a row or its id), else the site's, else the default."""
    plugin, spec = declared(name)
    choice = switches.fresh().chosen(plugin, spec.name, klass)
    if choice is None:
        return spec.default
    return crypto.unseal(choice.value) if spec.secret else choice.value
