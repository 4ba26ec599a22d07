"""Tiny plugins in a folder of their own, found like pip-installed ones: by their entry point."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent


class Shelf:
    """A folder on the path of Python that holds installed packages."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def add(self, name: str, *, facts: str = "", init: str = "", **files: str) -> None:
        """Install a plugin: `facts` are lines of its manifest class, `files` its rooms by name without ending.

        A name with two underscores in a row stands for a path: ``migrations__0001_first``.
        """
        package = self.folder / name
        package.mkdir(parents=True)
        (package / "__init__.py").write_text(dedent(init))
        lines = "\n".join(f"    {line}" for line in dedent(facts).strip().splitlines())
        manifest = f'name = "{name}"\n    title = "{name.capitalize()}"\n{lines}\n'
        (package / "plugin.py").write_text(
            f"from lms.plugins.contract import Permission, Plugin, Setting\n\n\nclass Manifest(Plugin):\n    {manifest}"
        )
        for place, text in files.items():
            self.write(name, place.replace("__", "/") + ".py", text)
        self._register(name)

    def write(self, name: str, place: str, text: str) -> None:
        path = self.folder / name / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text))

    def _register(self, name: str) -> None:
        facts = self.folder / f"{name}-1.0.dist-info"
        facts.mkdir()
        (facts / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        (facts / "entry_points.txt").write_text(f"[kimbang.plugins]\n{name} = {name}.plugin:Manifest\n")


HOOKS = "from lms.plugins import hookimpl\n"


def hooks(body: str) -> str:
    """The text of a ``hooks.py``."""
    return HOOKS + dedent(body)
