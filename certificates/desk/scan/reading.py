"""The parent's side: start the child, hear what it finds, end it when it is silent, go on with the next file."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from certificates.desk.scan import limits

ROOT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True)
class Opened:
    """A file that is being read, with its pages."""

    label: str
    pages: int


@dataclass(frozen=True)
class PageRead:
    """The texts of all codes of one page."""

    label: str
    page: int
    of: int
    texts: tuple[str, ...]


@dataclass(frozen=True)
class FileSigned:
    """A PDF with a signature inside; `altered`: it is not any more what was signed."""

    label: str
    altered: bool
    signer: str = ""
    stamped_at: datetime | None = None


@dataclass(frozen=True)
class FileRefused:
    label: str
    reason: str


def read_files(
    files: list[tuple[str, Path]], *, silence: float = limits.SILENCE, pages: int = limits.MOST_PAGES
) -> Iterator[Opened | FileSigned | PageRead | FileRefused]:
    """What is found in these files (name, place), as it is found: at most so many pages of all together. A file that kills or stops the child is refused alone."""
    done: list[str] = []
    left = pages
    while True:
        at = ""
        over = False
        for word in _child(files, done, left, silence):
            if "over" in word:
                over = True
            elif "begin" in word:
                at = word["begin"]
            elif "end" in word:
                done.append(word["end"])
                at = ""
            elif "refused" in word:
                yield FileRefused(word["label"], word["refused"])
            elif "signature" in word:
                yield _signed(word)
            elif "texts" in word:
                yield PageRead(word["label"], word["page"], word["of"], tuple(word["texts"]))
            else:
                left -= word["pages"]
                yield Opened(word["label"], word["pages"])
        if over:
            return
        if not at:
            # It did not come to a file at all: nothing would be better the next time.
            yield from (FileRefused(name, limits.TOOK_TOO_LONG) for name, _path in files)
            return
        yield FileRefused(at, limits.TOOK_TOO_LONG)
        done.append(at)


def _signed(word: dict[str, Any]) -> FileSigned:
    at = datetime.fromisoformat(word["stamped_at"]) if word["stamped_at"] else None
    return FileSigned(word["label"], word["signature"] == "altered", word["signer"], at)


def _child(
    files: list[tuple[str, Path]], done: list[str], left: int, silence: float
) -> Iterator[dict[str, Any]]:
    order = {"files": [(name, str(path)) for name, path in files], "done": done, "pages": left}
    child = subprocess.Popen(
        [sys.executable, "-m", "certificates.desk.scan"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=ROOT,
        env=_environment(),
        text=True,
    )
    assert child.stdin is not None
    words: queue.Queue[str | None] = queue.Queue()
    listener = threading.Thread(target=_listen, args=(child, words), daemon=True)
    listener.start()
    try:
        child.stdin.write(json.dumps(order) + "\n")
        child.stdin.close()
        yield from _heard(words, silence)
    finally:
        child.kill()
        child.wait()
        listener.join()


def _environment() -> dict[str, str]:
    """Nothing of ours: no passphrase, no database."""
    kept = ("PATH", "LANG", "LC_ALL", "PYTHONPATH", "VIRTUAL_ENV", "TMPDIR")
    return {name: os.environ[name] for name in kept if name in os.environ}


def _listen(child: subprocess.Popen[str], words: queue.Queue[str | None]) -> None:
    assert child.stdout is not None
    with child.stdout:
        for line in child.stdout:
            words.put(line)
    words.put(None)


def _heard(words: queue.Queue[str | None], silence: float) -> Iterator[dict[str, Any]]:
    """Word after word, until there are no more or none comes for too long."""
    while True:
        try:
            line = words.get(timeout=silence)
        except queue.Empty:
            return
        if line is None:
            return
        yield json.loads(line)
