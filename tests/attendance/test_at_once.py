"""Two at once, on real connections: `at_once.py` in a process with a database of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


def test_two_people_at_once_lose_no_mark():
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    environment = {**os.environ, "PYTEST_XDIST_WORKER": f"{worker}_at_once", "PYTEST_ADDOPTS": ""}
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            "-p",
            "no:xdist",
            "tests/attendance/at_once.py",
        ],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert "2 passed" in done.stdout, done.stdout + done.stderr
