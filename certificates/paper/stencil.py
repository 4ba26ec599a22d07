"""A class's paper drawn once by xhtml2pdf, with holes for what belongs to one person.

`learn` compares two full drawings of the same layout, an ordinary paper and one with wide values and a large code. What
is equal in both is kept as it is. A line that differs must say the same words around the person's values and must stand
where its alignment puts it; a step that moves must follow the side of the code. Anything else is `NotReadable`, and
papers of that layout are drawn in full one by one. `fill` writes the drawing of one person; a value that is wider than
was tried, or has a letter outside the fonts, is `DoesNotFit` and takes the full way too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from certificates.paper import faces
from certificates.paper.lines import NotReadable, Step, blocks

#: The name of the code's picture in every drawing.
CODE = "/KCode"
#: How a line's start follows its width: left, in the middle, right (and back at the end of the line).
_ALIGNMENTS = (0.0, -0.5, 0.5, -1.0, 1.0)
_HAIR = 0.02


class DoesNotFit(Exception):
    """This person's values do not fit the holes; the paper is drawn in full."""


@dataclass(frozen=True)
class Drawn:
    """A full drawing: its steps, the values in it, the printed side of its code in points, names of its pictures."""

    steps: Sequence[Step]
    values: Mapping[str, str]
    side: float
    code_picture: str


@dataclass(frozen=True)
class Word:
    """A text in one face and size: pieces as they are, and between them values by name."""

    type: faces.Type
    size: float
    pieces: tuple[str, ...]
    fields: tuple[str, ...]
    capitals: tuple[bool, ...]

    def text(self, values: Mapping[str, str]) -> str:
        """What it says about one person."""
        if not self.fields:
            return self.pieces[0]
        said = [self.pieces[0]]
        for place, field in enumerate(self.fields):
            value = values[field]
            said += (value.upper() if self.capitals[place] else value, self.pieces[place + 1])
        return "".join(said)


@dataclass(frozen=True)
class Shift:
    """A line's start, in points from its box: `at` for a line without width, `slope` for each point of width."""

    at: float
    slope: float
    rest: bytes


@dataclass(frozen=True)
class Line:
    """A line of text with a person's values in it; not wider than `most` points."""

    parts: tuple[bytes | Shift | Word, ...]
    most: float


@dataclass(frozen=True)
class Moving:
    """A step whose numbers follow the side of the code."""

    operator: bytes
    at: tuple[float, ...]
    slope: tuple[float, ...]


@dataclass(frozen=True)
class Stencil:
    """The drawing with its holes; `kept` are fonts of the page that it still uses."""

    pieces: tuple[bytes | Moving | Line, ...]
    kept: frozenset[str]
    least_side: float
    most_side: float

    def fill(self, values: Mapping[str, str], side: float) -> bytes:
        """The drawing of one person, with a code of so many points. Raises DoesNotFit."""
        if not self.least_side - _HAIR <= side <= self.most_side + _HAIR:
            raise DoesNotFit("the code is larger or smaller than was tried")
        try:
            return b"\n".join([_written(piece, values, side) for piece in self.pieces])
        except KeyError as unknown:
            raise DoesNotFit("a letter outside the fonts") from unknown


def learn(first: Drawn, second: Drawn) -> Stencil:
    """The stencil of two drawings of one layout. Raises NotReadable when they differ in more than values."""
    ours, theirs = blocks(first.steps), blocks(second.steps)
    if len(ours) != len(theirs):
        raise NotReadable("the drawings have different lines")
    kept: set[str] = set()
    pieces: list[bytes | Moving | Line] = []
    for one, other in zip(ours, theirs, strict=True):
        piece = _piece(one, other, first, second, kept)
        if isinstance(piece, bytes) and pieces and isinstance(pieces[-1], bytes):
            pieces[-1] += b"\n" + piece
        else:
            pieces.append(piece)
    return Stencil(tuple(pieces), frozenset(kept), min(first.side, second.side), max(first.side, second.side))


def _piece(
    one: list[Step], other: list[Step], first: Drawn, second: Drawn, kept: set[str]
) -> bytes | Moving | Line:
    if [step.operator for step in one] != [step.operator for step in other]:
        raise NotReadable("the drawings have different steps")
    if any(a.text != b.text for a, b in zip(one, other, strict=True)):
        return _line(one, other, first, second)
    if len(one) == 1:
        return _single(one[0], other[0], first, second)
    if any(_differs(a, b) for a, b in zip(one, other, strict=True)):
        raise NotReadable("a line without a value moves")
    return b"\n".join(_same(one, kept))


def _single(one: Step, other: Step, first: Drawn, second: Drawn) -> bytes | Moving:
    if one.operator == b"Do" and one.operands[0] == first.code_picture:
        if other.operands[0] != second.code_picture:
            raise NotReadable("the code stands at different places")
        return CODE.encode() + b" Do"
    if not _differs(one, other):
        return _step(one)
    span = second.side - first.side
    if abs(span) < _HAIR or not all(isinstance(value, (int, float)) for value in one.operands):
        raise NotReadable("a step moves")
    slope = tuple((b - a) / span for a, b in zip(one.operands, other.operands, strict=True))
    if any(abs(one_slope) > 1.01 for one_slope in slope):
        raise NotReadable("a step moves more than the code grows")
    at = tuple(a - s * first.side for a, s in zip(one.operands, slope, strict=True))
    return Moving(one.operator, at, slope)


def _line(one: list[Step], other: list[Step], first: Drawn, second: Drawn) -> Line:
    parts: list[bytes | Shift | Word] = []
    wide_one, wide_other = _width(one), _width(other)
    for a, b in zip(one, other, strict=True):
        if a.text is not None:
            parts.append(_word(a, b, first.values, second.values))
        elif a.operator == b"Tf":
            continue
        elif a.operator == b"Td" and _differs(a, b):
            parts.append(_shift(a, b, wide_one, wide_other))
        elif _differs(a, b):
            raise NotReadable("a line with a value changes its form")
        else:
            parts.append(_step(a))
    return Line(tuple(parts), max(wide_one, wide_other) + _HAIR)


def _shift(a: Step, b: Step, wide_one: float, wide_other: float) -> Shift:
    if abs(wide_other - wide_one) < 1 or a.operands[1] != b.operands[1]:
        raise NotReadable("a line moves without growing")
    measured = (b.operands[0] - a.operands[0]) / (wide_other - wide_one)
    slope = min(_ALIGNMENTS, key=lambda known: abs(known - measured))
    if abs(slope - measured) * abs(wide_other - wide_one) > _HAIR:
        raise NotReadable("a line is aligned in no known way")
    return Shift(a.operands[0] - slope * wide_one, slope, b" " + _number(a.operands[1]) + b" Td")


def _word(a: Step, b: Step, values_a: Mapping[str, str], values_b: Mapping[str, str]) -> Word:
    if a.face is None or a.face is not b.face or a.size != b.size or a.text is None:
        raise NotReadable("a value stands in a face of its own")
    word = Word(faces.type_of(a.face), a.size, (a.text,), (), ())
    if a.text != b.text:
        word = _split(word, a.text, values_a)
    if word.text(values_b) != b.text:
        raise NotReadable("a line differs in more than the values")
    return word


def _split(word: Word, text: str, values: Mapping[str, str]) -> Word:
    """Cut a text at the values it contains, the longest first."""
    found: list[tuple[int, int, str, bool]] = []
    taken = [False] * len(text)
    for field, value in sorted(values.items(), key=lambda item: -len(item[1])):
        for capitals in (False, True):
            said = value.upper() if capitals else value
            start = text.find(said) if said else -1
            if start >= 0 and not any(taken[start : start + len(said)]):
                taken[start : start + len(said)] = [True] * len(said)
                found.append((start, start + len(said), field, capitals))
                break
    found.sort()
    edges = [0, *[edge for start, end, _field, _capitals in found for edge in (start, end)], len(text)]
    pieces = tuple(text[edges[place] : edges[place + 1]] for place in range(0, len(edges), 2))
    return Word(word.type, word.size, pieces, tuple(one[2] for one in found), tuple(one[3] for one in found))


def _width(line: list[Step]) -> float:
    wide = 0.0
    for step in line:
        if step.text is not None:
            if step.face is None or not faces.type_of(step.face).covers(step.text):
                raise NotReadable("a line with a value has a letter outside the fonts")
            wide += faces.type_of(step.face).measure(step.text, step.size)
    return wide


def _same(line: list[Step], kept: set[str]) -> Iterator[bytes]:
    """A line as it stands, in the shared fonts where they have its letters."""
    font = b""
    for step in line:
        if step.operator == b"Tf":
            font = _step(step)
        elif step.text is None:
            yield _step(step)
        elif step.face is not None and faces.type_of(step.face).covers(step.text):
            ours = faces.type_of(step.face)
            yield ours.resource.encode() + b" " + _number(step.size) + b" Tf"
            yield ours.show(step.text) + b" Tj"
        else:
            kept.add(font.split(b" ")[0].decode())
            yield font
            yield b"<" + step.raw.hex().encode() + b"> Tj"


def _written(piece: bytes | Moving | Line, values: Mapping[str, str], side: float) -> bytes:
    if isinstance(piece, bytes):
        return piece
    if isinstance(piece, Moving):
        return b" ".join(
            [*[_number(at + slope * side) for at, slope in zip(piece.at, piece.slope, strict=True)], piece.operator]
        )  # fmt: skip
    said = {id(part): part.text(values) for part in piece.parts if isinstance(part, Word)}
    wide = sum(part.type.measure(said[id(part)], part.size) for part in piece.parts if isinstance(part, Word))
    if wide > piece.most:
        raise DoesNotFit("a line is wider than was tried")
    return b"\n".join([_part(part, said, wide) for part in piece.parts])


def _part(part: bytes | Shift | Word, said: Mapping[int, str], wide: float) -> bytes:
    if isinstance(part, Shift):
        return _number(part.at + part.slope * wide) + part.rest
    if isinstance(part, Word):
        setting = part.type.resource.encode() + b" " + _number(part.size) + b" Tf "
        return setting + part.type.show(said[id(part)]) + b" Tj"
    return part


def _differs(a: Step, b: Step) -> bool:
    return a.operands != b.operands


def _step(step: Step) -> bytes:
    return b" ".join(
        [*[one.encode() if isinstance(one, str) else _number(one) for one in step.operands], step.operator]
    )


def _number(value: float) -> bytes:
    written = f"{value:.6f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
    return b"0" if written in {"-0", ""} else written.encode()
