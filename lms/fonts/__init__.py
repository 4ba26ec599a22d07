"""The two families every PDF embeds: Tinos (the metrics of Times) and Be Vietnam Pro, four faces each.

Set-up puts the files beside this module. PDFs never use a font of the machine, so a certificate looks the same
everywhere; a missing face or letter is an error here, because the PDF library would only fall back in silence.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from lms.errors import Unavailable

FOLDER = Path(__file__).resolve().parent
SERIF = "Tinos"
SANS = "Be Vietnam Pro"

_VOWELS = "aăâeêioôơuưy"
_TONES = ("", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323")
#: Every letter of the Vietnamese alphabet with every tone, both cases, NFC.
VIETNAMESE_LETTERS = (
    "".join(
        unicodedata.normalize("NFC", vowel + tone)
        for letters in (_VOWELS, _VOWELS.upper())
        for vowel in letters
        for tone in _TONES
    )
    + "đĐ"
)
#: What documents use besides: ASCII, dashes, quotation marks and the signs of scores and places.
SIGNS = "".join(map(chr, range(0x20, 0x7F))) + "–—‘’“”…·°§×≥≤₫"


class FontMissing(Unavailable):
    """A face is not installed, or lacks letters; no document is produced with a stand-in."""

    code = "font_missing"


@dataclass(frozen=True)
class Face:
    family: str
    bold: bool
    italic: bool
    file: str

    @property
    def path(self) -> Path:
        return FOLDER / self.file

    @property
    def name(self) -> str:
        """The name a PDF library registers the face under, such as ``Tinos-BoldItalic``."""
        style = ("Bold" if self.bold else "") + ("Italic" if self.italic else "")
        return f"{self.family.replace(' ', '')}-{style or 'Regular'}"


def _family(family: str) -> tuple[Face, ...]:
    stem = family.replace(" ", "")
    return (
        Face(family, False, False, f"{stem}-Regular.ttf"),
        Face(family, True, False, f"{stem}-Bold.ttf"),
        Face(family, False, True, f"{stem}-Italic.ttf"),
        Face(family, True, True, f"{stem}-BoldItalic.ttf"),
    )


FACES: tuple[Face, ...] = _family(SERIF) + _family(SANS)


def face(family: str = SERIF, *, bold: bool = False, italic: bool = False) -> Face:
    """One face of a family. Raises KeyError for a family that is not ours."""
    for known in FACES:
        if (known.family, known.bold, known.italic) == (family, bold, italic):
            return known
    raise KeyError(family)


@lru_cache
def letters(path: Path) -> frozenset[int]:
    """The code points a font file has a glyph for. Raises FontMissing when there is no readable font."""
    from reportlab.pdfbase.ttfonts import TTFError, TTFontFile  # noqa: PLC0415  slow import, PDFs only

    try:
        return frozenset(TTFontFile(str(path)).charToGlyph)
    except (TTFError, OSError) as problem:
        raise FontMissing(f"The font file {path.name} is missing or damaged: run `make setup`.") from problem


def check(faces: tuple[Face, ...] = FACES) -> None:
    """Make sure every face is there with every Vietnamese letter. Raises FontMissing naming file and letters."""
    for known in faces:
        has = letters(known.path)
        lacking = [char for char in VIETNAMESE_LETTERS + SIGNS if ord(char) not in has]
        if lacking:
            raise FontMissing(f"The font file {known.file} lacks {' '.join(lacking)}.")
