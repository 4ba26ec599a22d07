"""Switch plugins on and off, quarantine and retry."""

from __future__ import annotations

import logging
from typing import Any

from flask_babel import gettext as _

from lms import audit, clock
from lms.db import atomic, db
from lms.errors import Conflict, NotFound
from lms.plugins import troubles
from lms.plugins.choosing import change_setting, change_settings, switch_at, switch_in_class
from lms.plugins.models import PluginState
from lms.plugins.registry import Found, registry
from lms.plugins.switch import is_on, refresh, switches

__all__ = [
    "change_setting",
    "change_settings",
    "quarantine",
    "retry",
    "switch",
    "switch_at",
    "switch_in_class",
]

log = logging.getLogger(__name__)


def _found(name: str) -> Found:
    if name not in registry.found:
        raise NotFound(_("There is no plugin “%(name)s”.", name=name))
    return registry.found[name]


@atomic
def switch(name: str, on: bool, *, by: Any) -> None:
    """Switch a plugin on or off for the site. Data stays. Raises Conflict for the core or while another one needs it."""
    found = _found(name)
    if found.plugin.required and not on:
        raise Conflict(_("“%(title)s” is part of the core and stays on.", title=found.plugin.title))
    needed_by = [
        other.plugin.title
        for other in registry.in_order()
        if name in other.plugin.requires and is_on(other.name)
    ]
    if not on and needed_by:
        raise Conflict(_("Switch off first what needs it: %(names)s.", names=", ".join(map(str, needed_by))))
    if on and found.problem:
        raise Conflict(_("It was not loaded: %(reason)s", reason=found.problem))
    _write(
        name,
        on=on,
        quarantined_at=None,
        reason="",
        switched_at=clock.now(),
        switched_by=str(getattr(by, "display_name", "") or ""),
    )
    audit.record(by, "plugins.on" if on else "plugins.off", None, plugin=name)


@atomic
def retry(name: str, *, by: Any) -> None:
    """Let a quarantined plugin work again; it goes back at its next crash.

    One that could not even be loaded is loaded again: every process of the site ends after its present
    request and is started anew by its supervisor (see `lms.plugins.reloading`).
    """
    found = _found(name)
    if found.problem:
        _write(name, reload_at=clock.now())
    else:
        _write(name, quarantined_at=None, reason="")
    troubles.clear(name)
    audit.record(by, "plugins.retry", None, plugin=name)


def quarantine(name: str, reason: str) -> None:
    """Take a crashing plugin out of play with a visible reason. The core stays on, with the reason in the log."""
    found = registry.found.get(name)
    if found is None or found.plugin.required:
        return
    switches.local[name] = reason
    try:
        with db.atomic():
            _write(name, quarantined_at=clock.now(), reason=reason[:2000], keep_local=True)
            audit.record(None, "plugins.quarantined", None, plugin=name, reason=reason[:300])
    except Exception:
        log.exception("quarantine of %s could not be written", name)


def _write(name: str, *, keep_local: bool = False, **values: Any) -> PluginState:
    """Upsert the state row and forget the cached switches."""
    found = registry.found[name]
    state = PluginState.get_or_none(PluginState.name == name)
    if state is None:
        state = PluginState.create(name=name, version=found.plugin.version, on=found.built_in)
    PluginState.update(changed_at=clock.now(), **values).where(PluginState.name == name).execute()
    local = dict(switches.local)
    refresh()
    if keep_local:
        switches.local.update(local)
    return state
