"""`lms plugins new`: a small, complete plugin to start from."""

from __future__ import annotations

import re
from pathlib import Path

from lms.errors import Conflict, Invalid
from lms.plugins.registry import ROOT

TEMPLATE = Path(__file__).parent / "scaffold"


def make(name: str, into: Path | None = None) -> Path:
    """Copy the scaffold for a plugin of this name; returns its folder.

    Inside ``plugins/`` it is found at the next start. Elsewhere it becomes an installable package.
    Raises Invalid for a name that cannot be one, Conflict when the folder exists.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]{2,29}", name):
        raise Invalid(
            "A plugin's name has 3 to 30 small letters, digits or underscores and starts with a letter."
        )
    packaged = into is not None
    home = (into / f"kimbang-{name}") if into is not None else ROOT / "plugins"
    folder = home / name
    if folder.exists():
        raise Conflict(f"{folder} exists already.")
    module = name if packaged else f"plugins.{name}"
    for source in sorted(TEMPLATE.rglob("*.txt")):
        place = source.relative_to(TEMPLATE).as_posix().removesuffix(".txt").replace("NAME", name)
        target = _target(place, name, folder, home, packaged)
        if target is None:
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(_fill(source.read_text(), name, module))
    return folder


def _target(place: str, name: str, folder: Path, home: Path, packaged: bool) -> Path | None:
    if place.startswith("migrations/"):
        return folder / place if packaged else ROOT / "migrations" / name / place.removeprefix("migrations/")
    if place.startswith("tests/"):
        return home / place if packaged else ROOT / "tests" / name / place.removeprefix("tests/")
    if place == "pyproject.toml":
        return home / place if packaged else None
    return folder / place


def _fill(text: str, name: str, module: str) -> str:
    title = name.replace("_", " ").capitalize()
    camel = "".join(word.capitalize() for word in name.split("_"))
    for mark, value in (("@NAME@", name), ("@TITLE@", title), ("@CLASS@", camel), ("@MODULE@", module)):
        text = text.replace(mark, value)
    return text
