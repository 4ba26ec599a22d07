"""Checks of what a plugin says about itself."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from lms.plugins.checking.problem import Problem
from lms.plugins.contract import Setting
from lms.plugins.registry import Found

README_LINES = range(5, 81)


def is_loaded(found: Found) -> Iterator[Problem]:
    if not found.loaded:
        yield Problem(
            f"“{found.name}” is not loaded: {found.problem or 'it was left out by LMS_SKIP_PLUGINS'}",
            "Mend the reason and start again; the log has the whole traceback.",
        )


def imports_nothing(found: Found) -> Iterator[Problem]:
    if found.name == "lms":
        return  # the kernel's manifest names its own role presets
    tree = ast.parse((found.folder / "plugin.py").read_text())
    relative = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.level]
    own = [
        name for name in _imported(tree) if name == found.module or name.startswith(f"{found.module}.")
    ] + ["." * node.level + (node.module or "") for node in relative]
    for name in own:
        yield Problem(
            f"plugin.py imports {name}.",
            "A manifest is read before the plugin is loaded: keep facts only in it, and move the rest out.",
        )


def _imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and not node.level:
            yield node.module or ""
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def settings_fit(found: Found) -> Iterator[Problem]:
    for setting in found.plugin.settings:
        if not _fits(setting):
            yield Problem(
                f"The default {setting.default!r} of the setting {setting.name} does not fit its declaration.",
                "Give a default of the declared type, between minimum and maximum.",
            )


def _fits(setting: Setting) -> bool:
    default: Any = setting.default
    if isinstance(default, bool) is not (setting.type is bool) or not isinstance(default, setting.type):
        return False
    low: Any = setting.minimum
    high: Any = setting.maximum
    return (low is None or default >= low) and (high is None or default <= high)


def half_a_page(found: Found) -> Iterator[Problem]:
    readme = found.folder / "README.md"
    lines = len(readme.read_text().splitlines()) if readme.exists() else 0
    if lines not in README_LINES:
        yield Problem(
            f"README.md has {lines} lines." if lines else "There is no README.md in the plugin's folder.",
            "Say in half a page what it does, why, its tables and its hooks (and ship the file with the package).",
        )
