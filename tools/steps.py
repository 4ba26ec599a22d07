"""Progress of set-up and tests on the terminal: one line a step, with its time. Standard library only."""

import itertools
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent


class Stop(Exception):
    """Set-up cannot go on; the sentence says what the person can do."""


@contextmanager
def step(title: str) -> Iterator[None]:
    """Show `title` with a running clock on a terminal, and its time at the end everywhere."""
    began, over = time.monotonic(), threading.Event()
    clock = threading.Thread(target=_tick, args=(title, began, over), daemon=True)
    if sys.stdout.isatty():
        clock.start()
    mark = "✗"
    try:
        yield
        mark = "✓"
    finally:
        over.set()
        if clock.is_alive():
            clock.join()
        lead = "\r\x1b[K" if sys.stdout.isatty() else ""
        print(f"{lead}  {mark} {title}  ({time.monotonic() - began:.1f} s)", flush=True)


def _tick(title: str, began: float, over: threading.Event) -> None:
    for frame in itertools.cycle("⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"):
        if over.wait(0.1):
            return
        print(f"\r  {frame} {title}  {time.monotonic() - began:3.0f} s", end="", flush=True)


def run(command: Sequence[str | Path], *, what: str, hint: str = "", **given: Any) -> str:
    """Run a command quietly; raises Stop with the end of its output when it fails."""
    done = subprocess.run(
        [str(word) for word in command],
        cwd=given.pop("cwd", ROOT),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        **given,
    )
    if done.returncode:
        tail = "\n".join(f"    {line}" for line in done.stdout.strip().splitlines()[-25:])
        raise Stop(f"{what} failed.\n{tail}\n{hint}".rstrip())
    return done.stdout
