"""The child: reads what it is told on its first line of input, writes a line of JSON for every page."""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path
from typing import Any

from certificates.desk.scan import limits, pages
from certificates.desk.scan.limits import TooMuch
from certificates.desk.scan.unpacking import Item, items


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (limits.MEMORY, limits.MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.SECONDS, limits.SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    told = json.loads(sys.stdin.readline())
    files = [(name, Path(path)) for name, path in told["files"]]
    done = set(told["done"])
    left = told["pages"]
    for item in items(files):
        if item.label in done:
            continue
        say(begin=item.label)
        left -= _read(item, left)
        say(end=item.label)
    say(over=True)


def _read(item: Item, left: int) -> int:
    """Read one file; returns how many pages it had."""
    if item.refused:
        say(label=item.label, refused=item.refused)
        return 0
    try:
        number = pages.count(item.raw)
        if number > left:
            raise TooMuch(limits.TOO_MANY_PAGES)
        say(label=item.label, pages=number)
        _look(item)
        for page, found in enumerate(pages.read(item.raw), 1):
            say(label=item.label, page=page, of=number, texts=found)
    except TooMuch as refused:
        say(label=item.label, refused=refused.reason)
        return 0
    except MemoryError:
        say(label=item.label, refused=limits.TOO_LARGE)
        return 0
    return number


def _look(item: Item) -> None:
    """Say what the signature of a PDF says; a file without one costs nothing."""
    if not pages.is_pdf(item.raw) or b"/ByteRange" not in item.raw:
        return
    from certificates.paper import looking  # noqa: PLC0415  the signing library takes a second to load

    seen = looking.look(item.raw)
    if seen.state != looking.NONE:
        at = seen.stamped_at.isoformat() if seen.stamped_at else ""
        say(label=item.label, signature=seen.state, signer=seen.signer[:200], stamped_at=at)


def say(**word: Any) -> None:
    sys.stdout.write(json.dumps(word, ensure_ascii=True) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
