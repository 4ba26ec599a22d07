"""`make test`: every check the project has, with a table at the end. All stages run even when an earlier one fails.

    python -m tools.test [--only ruff,types,…] [-- arguments for pytest]

What the machine lacks (Chromium, PostgreSQL, poppler, SoftHSM) is installed through apt when we are root; otherwise a sentence
says what to install, and the stages that need it fail.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from tests.browsers import BROWSERS
from tests.postgres import NoServer, binaries, server
from tools.setup import VENV, apt_install
from tools.steps import ROOT, Stop, step

LOGS = ROOT / "var/test"
#: What a stage does not take over from whoever calls: settings of the product, and the wish to write no bytecode (the
#: tests start hundreds of processes, and each would compile the whole platform again).
KEPT_OUT = ("LMS_", "PYTHONDONTWRITEBYTECODE")
#: Parallel test processes, two more than processors because tests with a server or a browser wait much; every one has
#: its own database and its own browser.
PROCESSES = str(max(3, min(5, 2 + (os.cpu_count() or 2))))


@dataclass
class Result:
    stage: str
    passed: bool
    seconds: float
    summary: str = ""


def main() -> int:
    options, extra = _arguments()
    LOGS.mkdir(parents=True, exist_ok=True)
    wanted = options.only.split(",") if options.only else list(STAGES)
    if unknown := set(wanted) - set(STAGES):
        print(
            f"There is no stage {', '.join(sorted(unknown))}; there are {', '.join(STAGES)}.", file=sys.stderr
        )
        return 2
    if {"sqlite", "postgresql"} & set(wanted):
        _machine()
    results = [_timed(stage, extra) for stage in wanted]
    _table(results)
    return 0 if all(result.passed for result in results) else 1


def _arguments() -> tuple[argparse.Namespace, list[str]]:
    own, extra = sys.argv[1:], []
    if "--" in own:
        cut = own.index("--")
        own, extra = own[:cut], own[cut + 1 :]
    parser = argparse.ArgumentParser(prog="make test", description=__doc__)
    parser.add_argument("--only", default="", help=f"comma list of {', '.join(STAGES)}")
    return parser.parse_args(own), extra


def _machine() -> None:
    """Install what tests need besides Python packages, as far as we may."""
    missing = []
    if not any(shutil.which(name) for name in BROWSERS):
        missing.append(BROWSERS[0])
    if not shutil.which("pdftoppm"):
        missing.append("poppler-utils")
    if not shutil.which("softhsm2-util"):
        missing.append("softhsm2")
    try:
        binaries()
    except NoServer:
        if not os.environ.get("LMS_TEST_DATABASE"):
            missing.append("postgresql")
    if not missing:
        return
    # Where there is no Chromium without a head of its own, the whole one does.
    ways = (missing, [BROWSERS[1] if name == BROWSERS[0] else name for name in missing])
    for packages in dict.fromkeys(map(tuple, ways)):
        try:
            with step(f"Debian packages: {', '.join(packages)}"):
                apt_install(list(packages), why=f"The tests need {', '.join(packages)}")
            return
        except Stop as problem:
            print(f"! {problem}", file=sys.stderr)


# ---------------------------------------------------------------- stages


def _ruff(_: list[str]) -> Result:
    return _command("ruff", ["ruff", "check", "--output-format", "concise", "."])


def _format(_: list[str]) -> Result:
    return _command("format", ["ruff", "format", "--check", "."])


def _types(_: list[str]) -> Result:
    return _command("types", ["mypy"])


def _imports(_: list[str]) -> Result:
    return _command("imports", ["lint-imports"])


def _sqlite(extra: list[str]) -> Result:
    return _pytest("sqlite", extra, database="")


def _postgresql(extra: list[str]) -> Result:
    with ExitStack() as running:
        try:
            address = os.environ.get("LMS_TEST_DATABASE") or running.enter_context(server())
        except NoServer as problem:
            print(f"✗ {problem}")
            return Result("postgresql", False, 0, str(problem))
        return _pytest("postgresql", extra, database=address)


def _pytest(stage: str, extra: list[str], *, database: str) -> Result:
    environ = {"LMS_TEST_DATABASE": database} if database else {}
    command = [
        "python",
        "-m",
        "pytest",
        "-q",
        "-n",
        PROCESSES,
        "--dist",
        "loadfile",
        "--no-loadscope-reorder",
        *extra,
    ]
    return _command(stage, command, environ)


def _command(stage: str, command: list[str], environ: dict[str, str] | None = None) -> Result:
    """Run a command of the environment, its output on the terminal and in var/test/<stage>.log."""
    print(f"\n── {stage}: {' '.join(command)}", flush=True)
    program = str(VENV / "bin" / command[0])
    clean = {name: value for name, value in os.environ.items() if not name.startswith(KEPT_OUT)}
    last = ""
    with (LOGS / f"{stage}.log").open("w") as log:
        process = subprocess.Popen(
            [program, *command[1:]],
            cwd=ROOT,
            env=clean | (environ or {}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        assert process.stdout
        for line in process.stdout:
            print(line, end="", flush=True)
            log.write(line)
            last = line.strip() or last
    return Result(stage, process.wait() == 0, 0, last.strip("= "))


STAGES: dict[str, Callable[[list[str]], Result]] = {
    "ruff": _ruff,
    "format": _format,
    "types": _types,
    "imports": _imports,
    "sqlite": _sqlite,
    "postgresql": _postgresql,
}


def _timed(stage: str, extra: list[str]) -> Result:
    began = time.monotonic()
    result = STAGES[stage](extra)
    result.seconds = time.monotonic() - began
    return result


def _table(results: list[Result]) -> None:
    print("\n── result")
    for result in results:
        mark = "✓" if result.passed else "✗"
        print(f"  {mark} {result.stage:<11}{result.seconds:7.1f} s  {result.summary}")
    failed = [result.stage for result in results if not result.passed]
    if failed:
        logs = ", ".join(str(Path("var/test") / f"{stage}.log") for stage in failed)
        print(f"\nFailed: {', '.join(failed)} (see {logs})")
    else:
        print("\nEverything passed.")


if __name__ == "__main__":
    sys.exit(main())
