"""The scan of a paper: a picture or a PDF, drawn anew, kept under the files; held between two pages of the form."""

from __future__ import annotations

import io
import os
import secrets
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from flask import current_app
from flask_babel import gettext as _
from itsdangerous import BadSignature, URLSafeTimedSerializer

from certificates.cases import photos
from certificates.intake import pages
from certificates.intake.models import Intake
from lms.access.models import User
from lms.config import settings
from lms.errors import Invalid

#: Of a PDF; a picture may have `photos.MOST_BYTES`.
MOST_BYTES = 20 * 1024 * 1024
#: Seconds on the clock that drawing may take, and for which a scan is held while somebody keys.
PATIENCE = 40
HELD = 12 * 3600
_FOLDER = Path("certificates") / "intake"
_ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Scan:
    """A kept scan: the file of its first page under the folder of files, and how many pages it has."""

    path: str
    pages: int


def keep(sent: IO[bytes], *, field: str = "scan") -> Scan:
    """Draw a scan anew, page by page, and keep it. Raises Invalid naming the field."""
    drawn = _drawn(sent, field)
    stem = secrets.token_hex(16)
    folder = settings().files / _FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    scan = Scan(str(_FOLDER / f"{stem}.jpg"), len(drawn))
    for number, picture in enumerate(drawn, 1):
        place(scan.path, number).write_bytes(picture)
    return scan


def place(path: str, number: int) -> Path:
    """The file of a page: the first has the scan's own name."""
    first = settings().files / path
    return first if number == 1 else first.with_name(f"{first.stem}-{number}.jpg")


def drop(scan: Scan) -> None:
    """Remove a kept scan."""
    for number in range(1, scan.pages + 1):
        place(scan.path, number).unlink(missing_ok=True)


def held(scan: Scan, by: User) -> str:
    """The scan as a form carries it to its next page: signed, for this person alone."""
    return _signed().dumps([scan.path, scan.pages, by.id])


def of_held(text: str, by: User) -> Scan | None:
    """The scan that a form carried; None when it is not this person's, too old, or gone."""
    try:
        path, count, owner = _signed().loads(text, max_age=HELD)
    except BadSignature:
        return None
    scan = Scan(path, count)
    return scan if owner == by.id and place(path, 1).is_file() else None


def forget_left_over() -> int:
    """Remove scans that nobody keyed within a day; returns how many files."""
    folder = settings().files / _FOLDER
    if not folder.is_dir():
        return 0
    before, gone = time.time() - 2 * HELD, 0
    for file in folder.iterdir():
        first = str(_FOLDER / f"{file.stem.split('-')[0]}.jpg")
        if file.stat().st_mtime < before and not Intake.select().where(Intake.scan_path == first).exists():
            file.unlink(missing_ok=True)
            gone += 1
    return gone


def _drawn(sent: IO[bytes], field: str) -> list[bytes]:
    head = sent.read(1024)
    if b"%PDF-" not in head:
        return [photos.redrawn(io.BytesIO(head + sent.read(photos.MOST_BYTES + 1)), field=field)]
    raw = head + sent.read(MOST_BYTES + 1)
    if len(raw) > MOST_BYTES:
        raise Invalid(fields={field: _("The PDF is larger than 20 MB. Please scan at 150–200 dpi.")})
    # What the other process made is a picture like any other: drawn anew before it is kept.
    return [photos.redrawn(io.BytesIO(one), field=field) for one in _pages(raw, field)]


def _pages(raw: bytes, field: str) -> list[bytes]:
    """The pages of a PDF, drawn by a process with limits and without anything of ours."""
    kept = ("PATH", "LANG", "LC_ALL", "PYTHONPATH", "VIRTUAL_ENV", "TMPDIR")
    with tempfile.TemporaryFile() as out:
        try:
            done = subprocess.run(
                [sys.executable, "-m", "certificates.intake.pages"],
                input=raw,
                stdout=out,
                stderr=subprocess.DEVNULL,
                cwd=_ROOT,
                env={name: os.environ[name] for name in kept if name in os.environ},
                timeout=PATIENCE,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise Invalid(fields={field: _sentence("")}) from None
        out.seek(0)
        found, reason = _heard(out)
    if reason or done.returncode or not found:
        raise Invalid(fields={field: _sentence(reason)})
    return found


def _heard(out: IO[bytes]) -> tuple[list[bytes], str]:
    found: list[bytes] = []
    while head := out.read(4):
        length = int.from_bytes(head, "big")
        if not length or len(found) >= pages.MOST_PAGES:
            return [], out.read(40).decode(errors="replace")
        found.append(out.read(length))
    return found, ""


def _sentence(reason: str) -> str:
    if reason == pages.TOO_MANY_PAGES:
        return _("A paper has at most %(most)s pages here. Please send the pages of this paper alone.", most=pages.MOST_PAGES)  # fmt: skip
    if reason == pages.LOCKED:
        return _("The PDF is locked with a password. Please send it without one.")
    return _("This PDF cannot be read. Please scan the paper again, or send a picture.")


def _signed() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="kimbang-intake-scan")
