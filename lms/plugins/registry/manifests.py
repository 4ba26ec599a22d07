"""Reading manifests: which plugins there are, in the order of what they need."""

from __future__ import annotations

import importlib
import logging
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import entry_points

from lms.plugins.contract import ManifestError, Plugin, check_manifest
from lms.plugins.deadline import DidNotAnswer, deadline
from lms.plugins.registry.found import ROOT, Found

log = logging.getLogger(__name__)

GROUP = "kimbang.plugins"
#: Seconds a plugin has to be read, and again to be loaded.
SECONDS_TO_LOAD = 20

#: The houses at the top level; everything under ``plugins/`` is found by its folder.
TOP_LEVEL = ("courses", "certificates", "evaluation")


def candidates() -> Iterator[tuple[str, bool]]:
    yield "lms", True
    for name in TOP_LEVEL:
        if (ROOT / name / "plugin.py").exists():
            yield name, True
    for folder in sorted((ROOT / "plugins").glob("*/plugin.py")):
        yield f"plugins.{folder.parent.name}", True
    for point in sorted(entry_points(group=GROUP), key=lambda one: one.name):
        yield point.value.split(":")[0].removesuffix(".plugin"), False


def read(module: str, built_in: bool) -> Found:
    """Import only ``plugin.py`` and check what it says."""
    name = module.split(".")[-1]
    try:
        with modules_kept(module), deadline(SECONDS_TO_LOAD):
            plugin = _manifest(module)
            check_manifest(plugin)
    except (Exception, SystemExit, DidNotAnswer) as problem:
        log.error("the manifest of %s cannot be used\n%s", module, traceback.format_exc())
        broken: type[Plugin] = type("Unreadable", (Plugin,), {"name": name, "title": name})
        return Found(name, module, broken, built_in, problem=reason_of(problem))
    return Found(plugin.name, module, plugin, built_in)


def _manifest(module: str) -> type[Plugin]:
    manifest = importlib.import_module(f"{module}.plugin")
    for one in vars(manifest).values():
        if isinstance(one, type) and issubclass(one, Plugin) and one.__module__ == manifest.__name__:
            return one
    raise ManifestError("plugin.py has no Plugin subclass.")


def reason_of(problem: BaseException) -> str:
    """The problem in words for the plugins page."""
    if isinstance(problem, ManifestError | DidNotAnswer):
        return str(problem)
    if isinstance(problem, SystemExit):
        return f"SystemExit: it tried to end the process ({problem.code})"
    return f"{type(problem).__name__}: {problem}"


@contextmanager
def modules_kept(module: str) -> Iterator[None]:
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


def in_order_of_needs(candidates: list[Found]) -> list[Found]:
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
