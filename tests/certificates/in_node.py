"""Run the browser's verifier in node."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
CODE = ROOT / "certificates/static/certificates"
NOBLE = ROOT / "lms/web/static/vendor/noble/ed25519.js"


def node() -> str:
    """The node of this machine, or the one set-up brought from a wheel."""
    found = shutil.which("node") or shutil.which("node", path=str(ROOT / ".venv/bin"))
    assert found, "node is missing: run `make setup`"
    return found


def modules(folder: Path) -> Path:
    """A copy of the browser's scripts that node reads as modules."""
    code = folder / "code"
    if not code.exists():
        shutil.copytree(CODE, code)
        shutil.copy(NOBLE, code / "noble.js")
        (code / "package.json").write_text('{"type": "module"}')
    return code


def run(folder: Path, given: dict[str, Any], *, fallback: bool = False) -> list[Any]:
    """Answers of the JavaScript verifier; `folder` receives a copy that node reads as modules."""
    code = modules(folder)
    noble = str(code / "noble.js") if fallback else "-"
    script = Path(__file__).with_name("verify_many.mjs")
    done = subprocess.run(
        [node(), str(script), str(code), noble],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.split("\n") if line]
