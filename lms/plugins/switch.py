"""The only place that knows whether a plugin is on.

Every process reads the switches again at most a second after another process changed them; the process
that changes one sees it at once.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from peewee import fn

from lms.config import settings
from lms.plugins import reloading
from lms.plugins.models import PluginChoice, PluginState
from lms.plugins.registry import registry
from lms.plugins.scopes import SITE, Chains, Scope

SECONDS_FRESH = 1.0
#: The key of the choice "is it on here"; every other key is the name of a setting.
ON = ""


class _Switches:
    def __init__(self) -> None:
        self.read_at = 0.0
        self.states: dict[str, PluginState] = {}
        self.choices: dict[tuple[str, str], dict[Scope, PluginChoice]] = {}
        #: Quarantined by this process when the database could not be told.
        self.local: dict[str, str] = {}
        self.chains = Chains()
        self._stamp: tuple[Any, ...] = (0, None)

    def fresh(self) -> _Switches:
        if time.monotonic() - self.read_at > SECONDS_FRESH:
            self.states = {row.name: row for row in PluginState.select()}
            self._read_choices()
            self.read_at = time.monotonic()
            reloading.obey([row.reload_at for row in self.states.values() if row.reload_at])
        return self

    @contextmanager
    def held(self) -> Iterator[None]:
        """Read now if it is time, and in the block only after somebody here switched something: for counting queries."""
        self.fresh()
        self.read_at += 3600
        yield
        self.read_at = min(self.read_at, time.monotonic())

    def _read_choices(self) -> None:
        # Thousands of classes may have choices of their own: they are read again only when one has changed.
        self.chains.forget()
        if self.read_at and self._stamp == _stamp():
            return
        rows = list(PluginChoice.select())
        self._stamp = (len(rows), max((row.at for row in rows), default=None))
        self.choices = {}
        for row in rows:
            here = self.choices.setdefault((row.plugin, row.key), {})
            here[row.kind, row.scope_id] = row

    def chosen(self, plugin: str, key: str, klass: Any = None) -> PluginChoice | None:
        """The narrowest choice in force for a class, or for the site; None when nobody chose."""
        here = self.choices.get((plugin, key))
        if not here:
            return None
        if klass is None:
            return here.get(SITE)
        return next(
            (here[scope] for scope in self.chains.narrowest_first(klass, here) if scope in here), None
        )


def _stamp() -> tuple[int, Any]:
    """How many choices there are, and when the last was made: another process's change changes one of them."""
    query = PluginChoice.select(fn.COUNT(PluginChoice.id), fn.MAX(PluginChoice.at))
    count, latest = query.tuples().get()
    return int(count), latest


switches = _Switches()


def refresh() -> None:
    """Read the switches again at the next question."""
    switches.read_at = 0.0
    switches.local.clear()


def is_on(name: str, klass: Any = None) -> bool:
    """Whether a plugin works now: loaded, not quarantined, on for the site and, by the narrowest choice, for the class.

    `klass` is a row or its id. Off for the site is off everywhere.
    """
    found = registry.found.get(name)
    if found is None or not found.loaded:
        return False
    if found.plugin.required:
        return True
    known = switches.fresh()
    if not _on_for_site(name, known):
        return False
    if klass is not None:
        choice = known.chosen(name, ON, klass)
        if choice is not None and not choice.value:
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
