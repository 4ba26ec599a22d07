"""A plugin as it was found, and where plugins are."""

from __future__ import annotations

import importlib
import importlib.util
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType

from lms.plugins.contract import ManifestError, Plugin

ROOT = Path(__file__).resolve().parent.parent.parent.parent
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
    "bulk",
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


def room_of(found: Found, name: str) -> ModuleType | None:
    """A file of the module, imported; None when it does not exist."""
    folder = found.folder
    if not (folder / f"{name}.py").exists() and not (folder / name / "__init__.py").exists():
        return None
    return importlib.import_module(f"{found.module}.{name}")
