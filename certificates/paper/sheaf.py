"""Many papers as one file for the printer, in the order they are handed out."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from pathlib import Path

from pypdf import PdfReader, PdfWriter


def bound(papers: Iterable[tuple[str, Path]], done: Callable[[str], None]) -> bytes:
    """The papers one after the other, each a bookmark by its label; what they share is kept once."""
    writer = PdfWriter()
    for label, path in papers:
        writer.append(PdfReader(io.BytesIO(path.read_bytes())), outline_item=label, import_outline=False)
        done(label)
    writer.compress_identical_objects()
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
