"""The source texts of a plugin, without its tests and templates for others."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from lms.plugins.registry import Found

#: Files and folders of a plugin that are not the plugin at work.
ASIDE = {"scaffold", "tests", "testing", "checking", "__pycache__"}


def files(found: Found, *suffixes: str) -> Iterator[Path]:
    """Its files with one of these endings, in a fixed order."""
    for path in sorted(found.folder.rglob("*")):
        parts = {*path.relative_to(found.folder).parts, path.stem}
        if path.suffix in suffixes and not ASIDE & parts:
            yield path


def texts(found: Found) -> dict[Path, str]:
    """Its Python files and what stands in them."""
    return {path: path.read_text() for path in files(found, ".py")}


def short(found: Found, path: Path) -> str:
    """A path as the author writes it."""
    return f"{found.name}/{path.relative_to(found.folder)}"
