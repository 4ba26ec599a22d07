"""docs/plugins.md is run from top to bottom, as somebody who follows it would, and the plugin answers over HTTP."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import venv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.devkit.installation import ROOT, Installation

pytestmark = [pytest.mark.slow, pytest.mark.once]

PAGE = (ROOT / "docs" / "plugins.md").read_text()
BLOCK = re.compile(r"(?:<!-- (?P<deed>.+?) -->\n)?```(?P<kind>\w+)\n(?P<text>.*?)```", re.S)


@dataclass(frozen=True)
class Step:
    """A block of the page: its language, its text, and what the reader is told to do with it."""

    kind: str
    text: str
    deed: str


def steps() -> Iterator[Step]:
    for found in BLOCK.finditer(PAGE):
        yield Step(found["kind"], found["text"], found["deed"] or "")


class Reader:
    """Follows the page in a folder of his own, with an environment into which he may install."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.desk = folder / "desk"
        self.desk.mkdir()
        self.served: list[str] = []
        venv.create(folder / "venv", with_pip=False, symlinks=True)
        self.python = folder / "venv" / "bin" / "python"
        packages = next((folder / "venv" / "lib").glob("python*/site-packages"))
        ours = [path for path in sys.path if path.endswith("site-packages")]
        (packages / "ours.pth").write_text(
            "".join(f"import site; site.addsitedir({path!r})\n" for path in ours)
        )
        lms = folder / "venv" / "bin" / "lms"
        lms.write_text(f"#!{self.python}\nfrom lms.cli import main\nmain()\n")
        lms.chmod(0o755)

    def environment(self) -> dict[str, str]:
        offline = {"PIP_NO_INDEX": "1", "PIP_NO_DEPS": "1", "PIP_NO_BUILD_ISOLATION": "0"}
        own = Installation(self.folder).environment() | offline
        return own | {
            "PYTHONPATH": str(ROOT),
            "PATH": f"{self.python.parent}{os.pathsep}{os.environ['PATH']}",
        }

    def follow(self, step: Step) -> None:
        """Do what a block says."""
        if step.deed:
            self.write(step)
        elif step.kind == "sh":
            for line in step.text.strip().splitlines():
                self.served.append(line) if line.startswith("lms serve") else self.run("sh", "-c", line)
        elif step.kind == "python":
            self.run("python", "-c", step.text)
        else:
            raise AssertionError(f"Nobody says what to do with this {step.kind} block:\n{step.text}")

    def write(self, step: Step) -> None:
        deed, _, where = (
            step.deed.partition(" ") if step.deed.startswith("replace") else step.deed.partition(": ")
        )
        if deed == "replace":
            name, _, old = where.removeprefix("in ").partition(": ")
            path, old = self.desk / name, old.strip('"')
            assert path.read_text().count(old) == 1, f"{old} stands not once in {name}"
            path.write_text(path.read_text().replace(old, step.text.rstrip("\n")))
        elif deed == "append":
            path = self.desk / where
            path.write_text(path.read_text() + "\n" + step.text)
        else:
            assert deed == "write", step.deed
            assert not (self.desk / where).exists()
            (self.desk / where).write_text(step.text)

    def run(self, *words: str) -> None:
        done = subprocess.run(
            words,
            cwd=self.desk,
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert done.returncode == 0, f"{words}\n{done.stdout}\n{done.stderr}"


def test_whoever_follows_the_page_has_a_working_plugin(tmp_path):
    reader = Reader(tmp_path)

    for step in steps():
        reader.follow(step)

    assert reader.served == ["lms serve"]
    platform = Installation(tmp_path, environ=reader.environment(), python=str(reader.python))
    with platform.serving() as visitor:
        visitor.sign_in("you@example.vn")
        status, page = visitor.get("/notes/")
    assert status == 200 and "Ghi chú" in page
