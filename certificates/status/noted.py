"""How far each status list was published, kept outside the database: an old copy of it is noticed."""

from __future__ import annotations

import json
import os
from pathlib import Path

from lms import config


def seen(number: int) -> int:
    """The highest sequence that was noted for a list; 0 when none was."""
    return _read().get(str(number), 0)


def note(number: int, sequence: int) -> None:
    """Remember that a list was published; a lower sequence changes nothing."""
    said = _read()
    if sequence <= said.get(str(number), 0):
        return
    path = _path()
    draft = path.with_name(f"status-lists.{os.getpid()}.new")
    draft.write_text(json.dumps(said | {str(number): sequence}))
    draft.replace(path)


def _path() -> Path:
    return config.settings().instance / "status-lists.json"


def _read() -> dict[str, int]:
    try:
        said: dict[str, int] = json.loads(_path().read_text())
    except FileNotFoundError:
        return {}
    return said
