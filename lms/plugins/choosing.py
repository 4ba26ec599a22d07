"""Choose for a plugin: on or off, and its settings, for the site or for a narrower scope."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from lms import audit, clock, crypto
from lms.db import atomic
from lms.errors import Conflict, Invalid, NotFound
from lms.plugins.contract import Setting
from lms.plugins.models import PluginChoice
from lms.plugins.registry import registry
from lms.plugins.scopes import CLASS, SITE, Scope, named
from lms.plugins.settings import declared
from lms.plugins.switch import ON, refresh


@atomic
def switch_at(name: str, scope: Scope, on: bool | None, *, by: Any) -> None:
    """Switch a plugin on or off in a scope below the site; None follows again what stands above.

    Raises Conflict for the core, which stays on everywhere.
    """
    if name not in registry.found:
        raise NotFound(_("There is no plugin “%(name)s”.", name=name))
    plugin = registry.found[name].plugin
    if plugin.required and on is False:
        raise Conflict(_("“%(title)s” is part of the core and stays on.", title=plugin.title))
    _choose(name, ON, scope, on, by=by)
    deeds = {True: "plugins.scope_on", False: "plugins.scope_off", None: "plugins.scope_as_above"}
    audit.record(by, deeds[on], None, plugin=name, **_words(scope))


def switch_in_class(name: str, class_id: int, on: bool, *, by: Any) -> None:
    """Switch a plugin on or off for one class."""
    switch_at(name, (CLASS, class_id), on, by=by)


def change_setting(name: str, value: Any, *, by: Any, scope: Scope = SITE) -> None:
    """Change one setting "<plugin>.<name>". Raises Invalid when the value does not fit its declaration."""
    plugin, spec = declared(name)
    change_settings(plugin, {spec.name: value}, by=by, scope=scope)


@atomic
def change_settings(plugin: str, values: Mapping[str, Any], *, by: Any, scope: Scope = SITE) -> int:
    """Change settings of a plugin in one scope; returns how many differ from before.

    None gives a setting back to what stands above: a broader scope, at last the declared default.
    Raises Invalid with a sentence for each field that does not fit; nothing is changed then.
    """
    specs = {name: declared(f"{plugin}.{name}")[1] for name in values}
    wrong = {
        name: sentence for name, value in values.items() if (sentence := _misfit(specs[name], value, scope))
    }
    if wrong:
        raise Invalid(fields=wrong)
    before = {
        row.key: row.value
        for row in PluginChoice.select().where(
            PluginChoice.plugin == plugin,
            PluginChoice.kind == scope[0],
            PluginChoice.scope_id == scope[1],
        )
    }
    changed = [name for name, value in values.items() if before.get(name) != value]
    for name in changed:
        value, secret = values[name], specs[name].secret
        _choose(plugin, name, scope, crypto.seal(value) if secret and value is not None else value, by=by)
        _record_setting(f"{plugin}.{name}", "…" if secret and value is not None else value, scope, by)
    return len(changed)


def _choose(plugin: str, key: str, scope: Scope, value: Any, *, by: Any) -> None:
    kind, scope_id = scope
    if value is None:
        PluginChoice.delete().where(
            PluginChoice.kind == kind,
            PluginChoice.scope_id == scope_id,
            PluginChoice.plugin == plugin,
            PluginChoice.key == key,
        ).execute()
    else:
        PluginChoice.insert(
            kind=kind,
            scope_id=scope_id,
            plugin=plugin,
            key=key,
            value=value,
            by=getattr(by, "id", None),
            by_name=str(getattr(by, "display_name", "") or ""),
            at=clock.now(),
        ).on_conflict(
            conflict_target=[
                PluginChoice.kind,
                PluginChoice.scope_id,
                PluginChoice.plugin,
                PluginChoice.key,
            ],
            preserve=[PluginChoice.value, PluginChoice.by, PluginChoice.by_name, PluginChoice.at],
        ).execute()
    refresh()


def _record_setting(setting: str, value: Any, scope: Scope, by: Any) -> None:
    if value is None:
        audit.record(by, "plugins.setting_back", None, setting=setting, **_words(scope))
    elif scope == SITE:
        audit.record(by, "plugins.setting", None, setting=setting, value=value)
    else:
        audit.record(by, "plugins.setting_here", None, setting=setting, value=value, **_words(scope))


def _words(scope: Scope) -> dict[str, Any]:
    """The scope for the record: its key, and what it is called today."""
    return {"scope": f"{scope[0]} {scope[1]}", "place": str(named({scope})[scope].title)}


def _misfit(spec: Setting, value: Any, scope: Scope) -> str:
    """The sentence that says why a value cannot be chosen; empty when it can."""
    if scope != SITE and spec.scope == "site":
        return _("This is the same for the whole site.")
    if value is None:
        return ""
    if not _is_of(spec.type, value):
        return _("This value does not fit.")
    if spec.choices and value not in dict(spec.choices):
        return _("Please choose one of the offered values.")
    if spec.type in (int, float) and not _within(spec, value):
        return _range_words(spec)
    return ""


def _is_of(wanted: type, value: Any) -> bool:
    if isinstance(value, bool) or wanted is bool:
        return wanted is bool and isinstance(value, bool)
    if wanted is float:
        return isinstance(value, int | float) and math.isfinite(value)
    return isinstance(value, wanted)


def _within(spec: Setting, value: float) -> bool:
    low = spec.minimum is None or value >= spec.minimum
    return low and (spec.maximum is None or value <= spec.maximum)


def _range_words(spec: Setting) -> str:
    if spec.maximum is None:
        return _("At least %(low)s, please.", low=spec.minimum)
    if spec.minimum is None:
        return _("At most %(high)s, please.", high=spec.maximum)
    return _("Between %(low)s and %(high)s, please.", low=spec.minimum, high=spec.maximum)
