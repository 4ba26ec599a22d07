"""What deploy/ and the operator's guide name is there."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import click
import pytest

from lms.cli import main
from lms.config import Settings

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").iterdir())
TEXTS = [
    ROOT / "docs/operators.md",
    DEPLOY / "Containerfile",
    DEPLOY / "README.md",
    DEPLOY / "kimbang.env",
    *UNITS,
]


@pytest.mark.parametrize(
    "text", [text for text in TEXTS if "lms " in text.read_text()], ids=lambda path: path.name
)
def test_every_command_named_exists(text) -> None:
    named = set(re.findall(r"(?:^|[`/ (\[\"])lms ([a-z][a-z-]+)", text.read_text(), re.MULTILINE))

    assert named
    assert named - set(click.Group.list_commands(main, None)) == set()


@pytest.mark.parametrize("text", TEXTS, ids=lambda path: path.name)
def test_every_setting_named_exists(text) -> None:
    named = set(re.findall(r"\bLMS_([A-Z_]+)\b", text.read_text()))

    assert named - {name.upper() for name in Settings.__dataclass_fields__} == set()


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="this machine has no systemd")
@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_units_are_understood(unit) -> None:
    answer = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True).stderr

    # The command stands in /opt only where the platform is installed.
    assert [line for line in answer.splitlines() if "is not executable" not in line] == []
