"""The only place that knows whether a plugin is on.

Every process reads the switches again at most a second after another process changed them; the process
that changes one sees it at once.
"""

from __future__ import annotations

import time
from typing import Any

from lms.config import settings
from lms.plugins import reloading
from lms.plugins.models import ClassPlugin, PluginState
from lms.plugins.registry import registry

SECONDS_FRESH = 1.0


class _Switches:
    def __init__(self) -> None:
        self.read_at = 0.0
        self.states: dict[str, PluginState] = {}
        self.classes: dict[tuple[int, str], ClassPlugin] = {}
        #: Quarantined by this process when the database could not be told.
        self.local: dict[str, str] = {}

    def fresh(self) -> _Switches:
        if time.monotonic() - self.read_at > SECONDS_FRESH:
            self.states = {row.name: row for row in PluginState.select()}
            self.classes = {(row.class_id, row.name): row for row in ClassPlugin.select()}
            self.read_at = time.monotonic()
            reloading.obey([row.reload_at for row in self.states.values() if row.reload_at])
        return self


switches = _Switches()


def refresh() -> None:
    """Read the switches again at the next question."""
    switches.read_at = 0.0
    switches.local.clear()


def is_on(name: str, klass: Any = None) -> bool:
    """Whether a plugin works now: loaded, not quarantined, switched on for the site and for the class (a row or its id)."""
    found = registry.found.get(name)
    if found is None or not found.loaded:
        return False
    if found.plugin.required:
        return True
    known = switches.fresh()
    if not _on_for_site(name, known):
        return False
    if klass is not None:
        row = known.classes.get((getattr(klass, "id", klass), name))
        if row is not None and not row.on:
            return False
    return all(is_on(needed, klass) for needed in found.plugin.requires)


def _on_for_site(name: str, known: _Switches) -> bool:
    if settings().safe_mode or name in known.local:
        return False
    state = known.states.get(name)
    if state is None:
        return registry.found[name].built_in
    return state.on and state.quarantined_at is None


def state_of(name: str) -> tuple[str, str]:
    """State for people: ("on" | "off" | "quarantined" | "not_loaded" | "safe_mode" | "waiting", reason)."""
    found = registry.found.get(name)
    if found is None or not found.loaded:
        return "not_loaded", found.problem if found else ""
    if found.plugin.required:
        return "on", ""
    known = switches.fresh()
    state = known.states.get(name)
    if state is not None and state.quarantined_at is not None:
        return "quarantined", state.reason
    if name in known.local:
        return "quarantined", known.local[name]
    if settings().safe_mode:
        return "safe_mode", ""
    if not _on_for_site(name, known):
        return "off", ""
    missing = [needed for needed in found.plugin.requires if not is_on(needed)]
    return ("waiting", ", ".join(missing)) if missing else ("on", "")
