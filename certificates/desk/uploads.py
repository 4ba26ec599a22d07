"""Files dropped on the desk: kept only until they are read."""

from __future__ import annotations

import json
import secrets
import shutil
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lms.config import settings

#: Bytes of one drop; a phone's photos of thirty papers are sent in several.
MOST_BYTES = 64 * 1024 * 1024
MOST_FILES = 100


def keep(files: Sequence[Any]) -> str:
    """Put uploads aside; returns the name of their folder."""
    name = secrets.token_hex(12)
    folder = _all() / name
    folder.mkdir(parents=True, mode=0o700)
    names = []
    for number, file in enumerate(files):
        file.save(folder / f"{number:03d}")
        names.append(_shown(file.filename))
    (folder / "names.json").write_text(json.dumps(names), encoding="utf-8")
    return name


def kept(name: str) -> list[tuple[str, Path]]:
    """The files of a folder, by the names they came with; [] when they are gone."""
    folder = _all() / name
    if not (folder / "names.json").is_file():
        return []
    names = json.loads((folder / "names.json").read_text(encoding="utf-8"))
    return [(label, folder / f"{number:03d}") for number, label in enumerate(names)]


def forget(name: str) -> None:
    """Delete a folder with its files."""
    shutil.rmtree(_all() / name, ignore_errors=True)


def forget_left_over(hours: int = 24) -> int:
    """Delete what a killed worker left behind; returns how many folders."""
    old = time.time() - hours * 3600
    left = [one for one in _all().glob("*") if one.is_dir() and one.stat().st_mtime < old]
    for one in left:
        shutil.rmtree(one, ignore_errors=True)
    return len(left)


def _all() -> Path:
    return settings().files / "desk"


def _shown(name: str | None) -> str:
    """A file's name as it is shown: its last part, printable, not too long."""
    bare = (name or "").replace("\\", "/").rpartition("/")[2]
    return "".join(sign for sign in bare if sign.isprintable())[-80:] or "?"
