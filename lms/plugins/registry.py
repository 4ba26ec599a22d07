"""Find, check and load plugins. A failure becomes a row with a reason, never a dead site."""

from __future__ import annotations

import importlib
import importlib.util
import logging
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pluggy

from lms.plugins.contract import ManifestError, Permission, Plugin, check_manifest
from lms.plugins.deadline import DidNotAnswer, deadline

if TYPE_CHECKING:
    from flask import Flask

log = logging.getLogger(__name__)

ROOT = Path(__file__).resolve().parent.parent.parent
GROUP = "kimbang.plugins"

#: Seconds a plugin has to be read, and again to be loaded.
SECONDS_TO_LOAD = 20

#: The houses at the top level; everything under ``plugins/`` is found by its folder.
TOP_LEVEL = ("courses", "certificates", "evaluation")
#: Files of a module that are imported when they exist, in this order.
ROOMS = (
    "events",
    "models",
    "queries",
    "services",
    "handlers",
    "hooks",
    "jobs",
    "timetable",
    "lists",
    "routes",
    "api",
    "admin",
    "cli",
)


@dataclass
class Found:
    """A plugin as it was found: its manifest, where it is, and what went wrong."""

    name: str
    module: str
    plugin: type[Plugin]
    built_in: bool
    problem: str = ""
    loaded: bool = False
    rooms: dict[str, ModuleType] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        # Found without being run: a broken package still has a place.
        spec = importlib.util.find_spec(self.module)
        if spec is None or not spec.submodule_search_locations:
            raise ManifestError(f"{self.module} is not a package.")
        return Path(spec.submodule_search_locations[0])

    @property
    def migrations(self) -> Path:
        """Its migration steps: under the top-level ``migrations/`` for ours, inside the package for others."""
        return ROOT / "migrations" / self.name if self.built_in else self.folder / "migrations"


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
        candidates: list[Found] = []
        for module, built_in in _candidates():
            found = _read(module, built_in)
            if found.name in (skip or set()):
                continue
            if safe_mode and not found.plugin.required:
                found.problem = found.problem or "Safe mode: only the core is loaded."
            if all(found.name != other.name for other in candidates):
                candidates.append(found)
        self.found = {found.name: found for found in _ordered(candidates)}
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

    def _guarded(self, found: Found, step: Any) -> None:
        missing = [name for name in found.plugin.requires if name in self.found and self.found[name].problem]
        missing += [name for name in found.plugin.requires if name not in self.found]
        if missing:
            self.set_aside(found, f"Needs {', '.join(missing)}, which is not loaded.")
            return
        try:
            with _modules_kept(found.module), deadline(SECONDS_TO_LOAD):
                step(found)
        except (Exception, SystemExit, DidNotAnswer) as problem:
            log.error("plugin %s was not loaded\n%s", found.name, traceback.format_exc())
            self.set_aside(found, _reason(problem))

    def set_aside(self, found: Found, reason: str) -> None:
        """Take back whatever a plugin contributed so far and keep it out, with the reason for people."""
        from lms import events, jobs  # noqa: PLC0415  those import models; a registry alone does not
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

    def _add_questions(self, found: Found) -> None:
        questions = _room(found, "hookspecs")
        if questions is not None and any(hasattr(one, "kimbang_spec") for one in vars(questions).values()):
            self.manager.add_hookspecs(questions)

    def _load(self, found: Found, app: Flask | None) -> None:
        for name in ROOMS:
            if app is None and name in {"routes", "api", "admin"}:
                continue
            room = _room(found, name)
            if room is not None:
                found.rooms[name] = room
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
        from flask import Flask  # noqa: PLC0415  only a process with pages needs it

        blueprints = [one for name in ("routes", "api") for one in _blueprints(found.rooms.get(name))]
        # A trial on a throw-away application: an error here must leave the real one untouched.
        trial = Flask("trial")
        for blueprint in blueprints:
            trial.register_blueprint(blueprint)
        _require_guards(trial)
        _keep_to_own_pages(trial)
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


def _candidates() -> Iterator[tuple[str, bool]]:
    yield "lms", True
    for name in TOP_LEVEL:
        if (ROOT / name / "plugin.py").exists():
            yield name, True
    for folder in sorted((ROOT / "plugins").glob("*/plugin.py")):
        yield f"plugins.{folder.parent.name}", True
    for point in sorted(entry_points(group=GROUP), key=lambda one: one.name):
        yield point.value.split(":")[0].removesuffix(".plugin"), False


def _read(module: str, built_in: bool) -> Found:
    """Import only ``plugin.py`` and check what it says."""
    name = module.split(".")[-1]
    try:
        with _modules_kept(module), deadline(SECONDS_TO_LOAD):
            plugin = _manifest(module)
            check_manifest(plugin)
    except (Exception, SystemExit, DidNotAnswer) as problem:
        log.error("the manifest of %s cannot be used\n%s", module, traceback.format_exc())
        broken: type[Plugin] = type("Unreadable", (Plugin,), {"name": name, "title": name})
        return Found(name, module, broken, built_in, problem=_reason(problem))
    return Found(plugin.name, module, plugin, built_in)


def _manifest(module: str) -> type[Plugin]:
    manifest = importlib.import_module(f"{module}.plugin")
    for one in vars(manifest).values():
        if isinstance(one, type) and issubclass(one, Plugin) and one.__module__ == manifest.__name__:
            return one
    raise ManifestError("plugin.py has no Plugin subclass.")


def _reason(problem: BaseException) -> str:
    """The problem in words for the plugins page."""
    if isinstance(problem, ManifestError | DidNotAnswer):
        return str(problem)
    if isinstance(problem, SystemExit):
        return f"SystemExit: it tried to end the process ({problem.code})"
    return f"{type(problem).__name__}: {problem}"


@contextmanager
def _modules_kept(module: str) -> Iterator[None]:
    """Nobody's modules are replaced or taken away by a plugin that is being loaded, and a failure leaves none of its own.

    Raises ManifestError when it replaced some: that plugin would change the platform under everybody.
    """
    before = dict(sys.modules)
    try:
        yield
        spoilt = sorted(name for name, known in before.items() if sys.modules.get(name) is not known)
        if spoilt:
            raise ManifestError(f"It replaces modules that are not its own: {', '.join(spoilt[:5])}.")
    except BaseException:
        for name in [one for one in sys.modules if one == module or one.startswith(f"{module}.")]:
            if name not in before:
                del sys.modules[name]
        sys.modules.update(before)
        raise


def _ordered(candidates: list[Found]) -> list[Found]:
    """Topological order; plugins in a circle of needs are kept, with a problem."""
    ordered: list[Found] = []
    waiting = list(candidates)
    names = {found.name for found in candidates}
    while waiting:
        placed = {found.name for found in ordered}
        ready = [
            one for one in waiting if all(need in placed or need not in names for need in one.plugin.requires)
        ]
        if not ready:
            for found in waiting:
                circle = _circle(found, waiting)
                if circle:
                    found.problem = found.problem or f"Its needs go round in a circle: {' → '.join(circle)}."
            return ordered + waiting
        ordered.append(ready[0])
        waiting.remove(ready[0])
    return ordered


def _circle(start: Found, among: list[Found]) -> list[str]:
    """The way from a plugin through its needs back to itself; [] when there is none."""
    needs = {one.name: [need for need in one.plugin.requires] for one in among}
    ways = [[start.name]]
    seen: set[str] = set()
    while ways:
        way = ways.pop(0)
        for need in needs.get(way[-1], ()):
            if need == start.name:
                return [*way, need]
            if need not in seen:
                seen.add(need)
                ways.append([*way, need])
    return []


def _room(found: Found, name: str) -> ModuleType | None:
    """A file of the module, imported; None when it does not exist."""
    folder = found.folder
    if not (folder / f"{name}.py").exists() and not (folder / name / "__init__.py").exists():
        return None
    return importlib.import_module(f"{found.module}.{name}")


def _blueprints(room: ModuleType | None) -> list[Any]:
    if room is None:
        return []
    many = getattr(room, "blueprints", None)
    return list(many) if many is not None else [room.bp]


def _keep_to_own_pages(trial: Flask) -> None:
    """Code that runs around everybody's pages could break them all; a blueprint may only look after its own."""
    around = {
        "before_app_request": trial.before_request_funcs.get(None),
        "after_app_request": trial.after_request_funcs.get(None),
        "teardown_app_request": trial.teardown_request_funcs.get(None),
        "app_url_defaults": trial.url_default_functions.get(None),
        "app_url_value_preprocessor": trial.url_value_preprocessors.get(None),
        "app_context_processor": trial.template_context_processors.get(None, [])[1:],
        "app_errorhandler": any(trial.error_handler_spec.get(None, {}).values()),
    }
    used = sorted(name for name, functions in around.items() if functions)
    if used:
        raise ManifestError(f"It runs code on pages that are not its own: {', '.join(used)}.")


def _require_guards(trial: Flask) -> None:
    for endpoint, view in trial.view_functions.items():
        if endpoint.split(".")[-1] != "static" and not hasattr(view, "lms_access"):
            raise ManifestError(f"The route {endpoint} says neither @requires nor @public.")
