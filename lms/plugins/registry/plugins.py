"""All plugins of a process: found, loaded, asked, set aside. A failure becomes a row with a reason, never a dead site."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pluggy

from lms.plugins.contract import ManifestError, Permission
from lms.plugins.deadline import DidNotAnswer, deadline
from lms.plugins.registry.found import ROOMS, Found, room_of
from lms.plugins.registry.manifests import (
    SECONDS_TO_LOAD,
    candidates,
    in_order_of_needs,
    modules_kept,
    read,
    reason_of,
)
from lms.plugins.registry.mounting import blueprints_of, keep_to_own_pages, require_guards

if TYPE_CHECKING:
    from flask import Flask

log = logging.getLogger(__name__)


class Registry:
    """All plugins of this process."""

    def __init__(self) -> None:
        self.found: dict[str, Found] = {}
        self.permissions: dict[str, Permission] = {}
        self.manager = pluggy.PluginManager("kimbang")
        self.blueprints: dict[str, str] = {}
        #: Tests want a hook's crash to be seen, unless they test quarantine itself.
        self.testing_raises = False
        self._answerers: dict[str, list[tuple[str, Any]]] = {}

    # discovery -------------------------------------------------------------------------------------------

    def discover(self, *, safe_mode: bool = False, skip: set[str] | None = None) -> None:
        """Read every manifest, then put them in the order of what they need."""
        known: list[Found] = []
        for module, built_in in candidates():
            found = read(module, built_in)
            if found.name in (skip or set()):
                continue
            if safe_mode and not found.plugin.required:
                found.problem = found.problem or "Safe mode: only the core is loaded."
            if all(found.name != other.name for other in known):
                known.append(found)
        self.found = {found.name: found for found in in_order_of_needs(known)}
        for found in self.found.values():
            if not found.problem:
                self._declare_permissions(found)

    def _declare_permissions(self, found: Found) -> None:
        for permission in found.plugin.permissions:
            permission.plugin = found.name
            self.permissions[permission.name] = permission

    # loading ---------------------------------------------------------------------------------------------

    def load(self, app: Flask | None) -> None:
        """Import the rooms of every sound plugin and register what they contribute; `app` None = without pages."""
        for found in self.found.values():
            if not found.problem:
                self._guarded(found, self._add_questions)
        for found in self.found.values():
            if not found.problem:
                self._guarded(found, lambda one: self._load(one, app))
        self._answerers = {}

    def peek(self, room: str) -> None:
        """Import one room of every sound plugin and nothing else of it, as a list of commands needs; nothing is loaded."""
        for found in self.found.values():
            if not found.problem:
                self._guarded(found, lambda one: self._keep(one, room))

    def _keep(self, found: Found, name: str) -> None:
        room = room_of(found, name)
        if room is not None:
            found.rooms[name] = room

    def _guarded(self, found: Found, step: Any) -> None:
        missing = [name for name in found.plugin.requires if name in self.found and self.found[name].problem]
        missing += [name for name in found.plugin.requires if name not in self.found]
        if missing:
            self.set_aside(found, f"Needs {', '.join(missing)}, which is not loaded.")
            return
        try:
            with modules_kept(found.module), deadline(SECONDS_TO_LOAD):
                step(found)
        except (Exception, SystemExit, DidNotAnswer) as problem:
            log.error("plugin %s was not loaded\n%s", found.name, traceback.format_exc())
            self.set_aside(found, reason_of(problem))

    def set_aside(self, found: Found, reason: str) -> None:
        """Take back whatever a plugin contributed so far and keep it out, with the reason for people."""
        from lms import events, jobs  # noqa: PLC0415  those import models; a registry alone does not
        from lms.bulk import deeds  # noqa: PLC0415
        from lms.importing import kinds  # noqa: PLC0415

        found.problem, found.loaded = reason, False
        found.rooms.clear()
        for permission in found.plugin.permissions:
            self.permissions.pop(permission.name, None)
        if self.manager.has_plugin(found.name):
            self.manager.unregister(name=found.name)
        self._answerers = {}
        # Pages that were mounted already cannot be taken off: they stay this plugin's, so they answer 404.
        events.forget_plugin(found.name)
        jobs.forget_plugin(found.name)
        kinds.forget_plugin(found.name)
        deeds.forget_plugin(found.name)

    def _add_questions(self, found: Found) -> None:
        questions = room_of(found, "hookspecs")
        if questions is not None and any(hasattr(one, "kimbang_spec") for one in vars(questions).values()):
            self.manager.add_hookspecs(questions)

    def _load(self, found: Found, app: Flask | None) -> None:
        for name in ROOMS:
            if app is None and name in {"routes", "api", "admin"}:
                continue
            self._keep(found, name)
        if "hooks" in found.rooms:
            self._register_hooks(found)
        if app is not None:
            self._mount(found, app)
        found.loaded = True

    def _register_hooks(self, found: Found) -> None:
        self.manager.register(found.rooms["hooks"], name=found.name)
        for hook in self.manager.get_hookcallers(found.rooms["hooks"]) or ():
            for implementation in hook.get_hookimpls():
                if (
                    implementation.plugin_name == found.name
                    and hook.spec is None
                    and not implementation.optionalhook
                ):
                    raise ManifestError(f"Nobody asks the question {hook.name}.")

    def _mount(self, found: Found, app: Flask) -> None:
        from lms.lean import Platform  # noqa: PLC0415  only a process with pages needs it

        blueprints = [one for name in ("routes", "api") for one in blueprints_of(found.rooms.get(name))]
        # A trial on a throw-away application: an error here must leave the real one untouched.
        trial = Platform("trial")
        for blueprint in blueprints:
            trial.register_blueprint(blueprint)
        require_guards(trial)
        keep_to_own_pages(trial)
        for blueprint in blueprints:
            if blueprint.name in app.blueprints:
                raise ManifestError(f"The pages “{blueprint.name}” are somebody else's already.")
        for blueprint in blueprints:
            self.blueprints[blueprint.name] = found.name
            app.register_blueprint(blueprint)

    # questions -------------------------------------------------------------------------------------------

    def answerers(self, question: str) -> list[tuple[str, Any]]:
        """Who answers a question: (plugin, implementation), in loading order. Raises LookupError for an unknown question."""
        known = self._answerers.get(question)
        if known is None:
            hook = getattr(self.manager.hook, question, None)
            if hook is None or hook.spec is None:
                raise LookupError(f"Nobody declares the question {question}")
            order = list(self.found)
            known = [(one.plugin_name, one) for one in hook.get_hookimpls()]
            known.sort(key=lambda pair: order.index(pair[0]) if pair[0] in order else len(order))
            self._answerers[question] = known
        return known

    def add_answers(self, name: str, module: Any) -> None:
        """Register answers outside a plugin folder (tests)."""
        self.manager.register(module, name=name)
        self._answerers = {}

    def remove_answers(self, name: str) -> None:
        self.manager.unregister(name=name)
        self._answerers = {}

    def in_order(self) -> Iterator[Found]:
        """Plugins in the order of what they need, the kernel first."""
        yield from self.found.values()


registry = Registry()
