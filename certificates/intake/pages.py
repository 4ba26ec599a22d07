"""A scanned PDF as pictures, in a process of its own with limits: ``python -m certificates.intake.pages``.

What it is given may be anything: it gets the bytes on its input and writes pictures to its output, has no database, no
secrets, little memory and little time, and imports nothing of the platform. Forms, scripts and attachments of the file
are not looked at. Every picture comes after its length (four bytes); a length of zero before the reason of a refusal.
"""

from __future__ import annotations

import io
import resource
import sys

import pypdfium2

#: Pages of one paper, the longer side of a page in pixels, and its resolution.
MOST_PAGES = 8
LONG_SIDE = 2000
DPI = 150
#: Bytes of memory and of output, and seconds of the processor.
MEMORY = 1_500_000_000
OUTPUT = 40_000_000
SECONDS = 20

TOO_MANY_PAGES = "too_many_pages"
LOCKED = "locked"
UNREADABLE = "unreadable"


class Refused(Exception):
    """A file that is not read; its text is one of the reasons above."""


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (OUTPUT, OUTPUT))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        for picture in drawn(sys.stdin.buffer.read()):
            _say(picture)
    except Refused as refused:
        _say(b"")
        sys.stdout.buffer.write(str(refused).encode())
    except (pypdfium2.PdfiumError, MemoryError, ValueError):
        _say(b"")
        sys.stdout.buffer.write(UNREADABLE.encode())


def drawn(raw: bytes) -> list[bytes]:
    """The pages as JPEG. Raises Refused."""
    try:
        document = pypdfium2.PdfDocument(raw)
    except pypdfium2.PdfiumError as wrong:
        raise Refused(LOCKED if "password" in str(wrong).lower() else UNREADABLE) from wrong
    with document:
        if not 1 <= len(document) <= MOST_PAGES:
            raise Refused(TOO_MANY_PAGES if len(document) else UNREADABLE)
        return [_picture(document[number]) for number in range(len(document))]


def _picture(page: pypdfium2.PdfPage) -> bytes:
    scale = min(DPI / 72, LONG_SIDE / max(1.0, *page.get_size()))
    made = io.BytesIO()
    page.render(scale=scale, may_draw_forms=False).to_pil().convert("RGB").save(made, "JPEG", quality=85)
    return made.getvalue()


def _say(picture: bytes) -> None:
    sys.stdout.buffer.write(len(picture).to_bytes(4, "big") + picture)


if __name__ == "__main__":
    main()
