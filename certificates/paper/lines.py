"""Reading the drawing of a page made by xhtml2pdf: steps, and lines of text with their faces."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pypdf import PdfReader
from pypdf.generic import ContentStream, NumberObject

from certificates.paper import faces
from lms import fonts

_LETTER = re.compile(rb"<([0-9A-Fa-f]{2})> <([0-9A-Fa-f]{4})>")


class NotReadable(Exception):
    """The drawing is not of the form this program knows; the paper takes the full way."""


@dataclass(frozen=True)
class Step:
    """One operator of a drawing with its operands: numbers, names and, for a text, what it says in which face and size."""

    operator: bytes
    operands: tuple[Any, ...]
    text: str | None = None
    face: fonts.Face | None = None
    size: float = 0.0
    #: The string as it stood in the drawing, for faces that are not ours.
    raw: bytes = b""


@dataclass(frozen=True)
class Letters:
    """What the bytes of one font of the page mean."""

    face: fonts.Face | None
    meaning: dict[int, str]

    def read(self, raw: bytes) -> str:
        try:
            return "".join([self.meaning[code] for code in raw])
        except KeyError as unknown:
            raise NotReadable("a letter without meaning") from unknown


def read(reader: PdfReader) -> list[Step]:
    """The steps of the one page. Raises NotReadable."""
    page = reader.pages[0]
    resources: Any = page["/Resources"]
    known = {name: _letters(font.get_object()) for name, font in resources.get("/Font", {}).items()}
    content = page.get_contents()
    if content is None:
        raise NotReadable("an empty page")
    return list(_steps(ContentStream(content, reader), known))


def blocks(steps: Sequence[Step]) -> list[list[Step]]:
    """The drawing in pieces: a line of text (from BT to ET) is one piece, every other step one of its own.

    Lines that show nothing are left out: the library leaves many, set in a font that is not embedded.
    """
    found: list[list[Step]] = []
    line: list[Step] | None = None
    for step in steps:
        if step.operator == b"BT":
            line = [step]
        elif line is None:
            found.append([step])
        else:
            line.append(step)
            if step.operator == b"ET":
                if any(one.text for one in line):
                    found.append(line)
                line = None
    return found


def _steps(stream: ContentStream, known: dict[str, Letters]) -> Iterator[Step]:
    font, size = Letters(None, {}), 0.0
    for operands, operator in stream.operations:
        if operator == b"Tf":
            font, size = known[operands[0]], float(operands[1])
        if operator in {b"TJ", b"'", b'"', b"BI", b"INLINE IMAGE"}:
            raise NotReadable(operator.decode())
        if operator != b"Tj":
            yield Step(operator, tuple(_plain(one) for one in operands))
            continue
        raw = getattr(operands[0], "original_bytes", None)
        if raw is None:
            raise NotReadable("a string without its bytes")
        yield Step(operator, (), font.read(raw) if font.meaning else "", font.face, size, raw)


def _plain(operand: Any) -> Any:
    if isinstance(operand, str):
        return str(operand)
    if isinstance(operand, (int, NumberObject)) and not isinstance(operand, float):
        return int(operand)
    if isinstance(operand, float):
        return float(operand)
    raise NotReadable(type(operand).__name__)


def _letters(font: Any) -> Letters:
    """reportlab writes the meaning of every code as a pair, 0000 for those it does not use."""
    face = faces.face_of(str(font["/BaseFont"]))
    if "/ToUnicode" not in font:
        return Letters(face, {})
    pairs = _LETTER.findall(font["/ToUnicode"].get_data())
    return Letters(face, {int(code, 16): chr(int(letter, 16)) for code, letter in pairs if letter != b"0000"})
