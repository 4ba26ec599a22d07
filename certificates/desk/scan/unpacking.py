"""Files as they came, archives taken apart: names and bytes, within the limits."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from certificates.desk.scan import limits
from certificates.desk.scan.limits import TooMuch


@dataclass(frozen=True)
class Item:
    """One file to read, or the reason why it is refused."""

    label: str
    raw: bytes = b""
    refused: str = ""


def items(files: list[tuple[str, Path]]) -> Iterator[Item]:
    """Every file, those of archives one by one; what is refused comes with its reason."""
    for name, path in files:
        if path.stat().st_size > limits.MOST_BYTES:
            yield Item(name, refused=limits.TOO_LARGE)
            continue
        raw = path.read_bytes()
        if not _is_zip(raw):
            yield Item(name, raw)
            continue
        try:
            yield from _unpacked(name, raw)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError):
            yield Item(name, refused=limits.UNREADABLE)


def _unpacked(name: str, raw: bytes) -> Iterator[Item]:
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        entries = [one for one in archive.infolist() if not one.is_dir() and not _is_litter(one.filename)]
        if len(entries) > limits.MOST_FILES:
            yield Item(name, refused=limits.TOO_MANY_FILES)
            return
        left = limits.MOST_UNPACKED
        for entry in entries:
            label = f"{name} › {_shown(entry.filename)}"
            if entry.flag_bits & 1:
                yield Item(label, refused=limits.LOCKED)
                continue
            most = min(left, limits.MOST_BYTES)
            with archive.open(entry) as stream:
                # What the archive says of its sizes is not believed.
                content = stream.read(most + 1)
            if len(content) > most:
                yield Item(label, refused=limits.TOO_LARGE)
                if most == left:
                    return
                continue
            left -= len(content)
            yield Item(label, refused=limits.NESTED) if _is_zip(content) else Item(label, content)


def _is_zip(raw: bytes) -> bool:
    return raw[:4] in {b"PK\x03\x04", b"PK\x05\x06"}


def _is_litter(name: str) -> bool:
    """What other systems leave in archives."""
    return name.startswith("__MACOSX/") or name.rpartition("/")[2] in {".DS_Store", "Thumbs.db"}


def _shown(name: str) -> str:
    return "".join(sign for sign in name.rpartition("/")[2] if sign.isprintable())[:80] or "?"


__all__ = ["Item", "TooMuch", "items"]
