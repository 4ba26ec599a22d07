"""`lms plugins new`: a small, complete plugin to start from."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from lms.errors import Conflict, Invalid
from lms.plugins.registry import ROOT

TEMPLATE = Path(__file__).parent / "scaffold"
#: Files that only a package of its own needs.
PACKAGE_ONLY = {"pyproject.toml", "tests/conftest.py"}


@dataclass(frozen=True)
class Start:
    """What a new plugin is called, and where it goes: into `root`/plugins, or as a package into the folder `into`."""

    name: str
    title: str
    title_vi: str
    into: Path | None = None
    root: Path = ROOT

    @property
    def home(self) -> Path:
        """The folder that holds the plugin's folder."""
        return self.root / "plugins" if self.into is None else self.into / f"kimbang-{self.dashed}"

    @property
    def folder(self) -> Path:
        return self.home / self.name

    @property
    def dashed(self) -> str:
        return self.name.replace("_", "-")

    def place(self, source: str) -> Path | None:
        """Where a file of the scaffold goes; None when it is not needed."""
        if self.into is not None:
            return self.home / source if source in PACKAGE_ONLY or _is_test(source) else self.folder / source
        if source in PACKAGE_ONLY:
            return None
        room, _, rest = source.partition("/")
        return (
            self.root / room / self.name / rest if room in {"migrations", "tests"} else self.folder / source
        )

    def fill(self, text: str) -> str:
        """A text of the scaffold with its marks replaced."""
        marks = {
            "@NAME@": self.name,
            "@DASHED@": self.dashed,
            "@TITLE@": self.title,
            "@TITLE_VI@": self.title_vi,
            "@CLASS@": "".join(word.capitalize() for word in self.name.split("_")),
            "@MODULE@": self.name if self.into is not None else f"plugins.{self.name}",
        }
        for mark, value in marks.items():
            text = text.replace(mark, value)
        return text


def make(
    name: str, into: Path | None = None, *, title: str = "", title_vi: str = "", root: Path = ROOT
) -> Path:
    """Copy the scaffold for a plugin of this name; returns its folder.

    Inside ``plugins/`` of `root` it is found at the next start; in the folder `into` it becomes an installable
    package. Titles that are not given are made of the name. Raises Invalid for a name that cannot be one or a title
    that cannot stand in code, Conflict when the folder exists.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]{2,29}", name):
        raise Invalid(
            "A plugin's name has 3 to 30 small letters, digits or underscores and starts with a letter."
        )
    words = name.replace("_", " ")
    start = Start(name, title or words.capitalize(), title_vi or f"Phần mở rộng {words}", into, root)
    if any(letter in '"\\\n{}%' for letter in start.title + start.title_vi):
        raise Invalid("A title is one line without quotes, braces, backslashes and percent signs.")
    if start.folder.exists():
        raise Conflict(f"{start.folder} exists already.")
    for source in sorted(TEMPLATE.rglob("*.txt")):
        place = source.relative_to(TEMPLATE).as_posix().removesuffix(".txt").replace("NAME", name)
        target = start.place(place)
        if target is not None:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(start.fill(source.read_text()))
    return start.folder


def _is_test(source: str) -> bool:
    return source.startswith("tests/")
