"""What a file may be, at most. What goes beyond is refused by name, before it is opened up."""

from __future__ import annotations

#: Bytes of one file, and of all that an archive unpacks to.
MOST_BYTES = 60_000_000
MOST_UNPACKED = 300_000_000
#: Files in an archive, and pages of all files together.
MOST_FILES = 500
MOST_PAGES = 300
#: Pixels of a picture, and of a rendered page.
MOST_PIXELS = 60_000_000
MOST_PAGE_PIXELS = 12_000_000
#: The child: bytes of memory, and seconds of its processor; seconds without a word before it is ended.
MEMORY = 2_000_000_000
SECONDS = 600
SILENCE = 40.0


class TooMuch(Exception):
    """A file that is refused; `reason` is one of the words below."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


TOO_LARGE = "too_large"
TOO_MANY_PAGES = "too_many_pages"
TOO_MANY_PIXELS = "too_many_pixels"
TOO_MANY_FILES = "too_many_files"
NESTED = "nested"
LOCKED = "locked"
UNREADABLE = "unreadable"
TOOK_TOO_LONG = "took_too_long"
REASONS = (
    TOO_LARGE,
    TOO_MANY_PAGES,
    TOO_MANY_PIXELS,
    TOO_MANY_FILES,
    NESTED,
    LOCKED,
    UNREADABLE,
    TOOK_TOO_LONG,
)
