"""The four faces of Tinos with everything a paper says, as PDF objects that are made once and shared by all papers.

A PDF library subsets a font to the letters of one document. The bulk path cannot know them beforehand, so its fonts
carry the whole Vietnamese alphabet in one subset each; a letter outside it takes the full way (`render.full`).
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cache
from typing import Any

from pypdf import PdfReader
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from lms import fonts

#: Letters of the peoples of the highlands whose names appear on papers, beside the Vietnamese ones.
_HIGHLANDS = "čČĕĔĭĬŏŎŭŬ"
_SIGNS = "".join(map(chr, range(0x20, 0x7F))) + "–—‘’“”…·°§"
ALPHABET = "".join(dict.fromkeys(_SIGNS + fonts.VIETNAMESE_LETTERS + _HIGHLANDS))

_ESCAPES = {0x28: rb"\(", 0x29: rb"\)", 0x5C: rb"\\", 0x0D: rb"\r"}


@dataclass(frozen=True)
class Type:
    """One face: its name in a page's resources, the bytes of each letter in a text operator, the letters' widths."""

    face: fonts.Face
    resource: str
    code: dict[str, bytes]
    #: Thousandths of the size.
    width: dict[str, float]

    def covers(self, text: str) -> bool:
        """Whether every letter is in the subset."""
        return all(letter in self.code for letter in text)

    def show(self, text: str) -> bytes:
        """The text as a PDF string. Raises KeyError for a letter outside the alphabet."""
        return b"(" + b"".join([self.code[letter] for letter in text]) + b")"

    def measure(self, text: str, size: float) -> float:
        """Width of a line in points. Raises KeyError for a letter outside the alphabet."""
        return sum([self.width[letter] for letter in text]) * size / 1000


def face_of(base_font: str) -> fonts.Face | None:
    """The face behind a font name in a PDF such as ``AAAAAA+Tinos-Bold``; None for any other font."""
    wanted = base_font.lstrip("/").rpartition("+")[2]
    return next((one for one in serif() if one.name == wanted), None)


def serif() -> tuple[fonts.Face, ...]:
    """The faces of the paper's family."""
    return tuple(one for one in fonts.FACES if one.family == fonts.SERIF)


def type_of(face: fonts.Face) -> Type:
    """The shared type of a face."""
    return _sheet()[0][face]


def font_object(face: fonts.Face) -> Any:
    """The font's dictionary in a document of ours, to be cloned into another one."""
    return _sheet()[1][type_of(face).resource]


@cache
def _sheet() -> tuple[dict[fonts.Face, Type], dict[str, Any]]:
    """An empty page with every letter of every face in its fonts; these and their letter codes are taken from it."""
    out = io.BytesIO()
    canvas = Canvas(out, invariant=1, pageCompression=1)
    types: dict[fonts.Face, Type] = {}
    names: dict[str, fonts.Face] = {}
    for face in serif():
        font = TTFont(f"paper-{face.name}", str(face.path), asciiReadable=0)
        has = fonts.letters(face.path)
        alphabet = [letter for letter in ALPHABET if ord(letter) in has]
        codes: dict[str, bytes] = {}
        for letter in alphabet:
            ((subset, code),) = font.splitString(letter, canvas._doc)
            if subset == 0:
                codes[letter] = _ESCAPES.get(code[0], code)
        widths = {letter: float(font.stringWidth(letter, 1000)) for letter in codes}
        names[font.getSubsetInternalName(0, canvas._doc).lstrip("/")] = face
        types[face] = Type(face, "/K" + face.name.rpartition("-")[2], codes, widths)
    canvas.drawString(0, 0, " ")
    canvas.save()
    fonts_there = PdfReader(io.BytesIO(out.getvalue())).pages[0]["/Resources"]["/Font"]  # type: ignore[index]
    objects = {types[face].resource: fonts_there["/" + name] for name, face in names.items()}
    return types, objects
