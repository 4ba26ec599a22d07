"""The bulk way: papers of one layout are filled into a stencil that is learnt from two full drawings of it."""

from __future__ import annotations

import io
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import pypdfium2
from PIL import ImageChops
from pypdf import PdfReader

from certificates.errors import SelfTestFailed
from certificates.paper import document, drawing, html, lines, qr, selftest, stencil
from certificates.paper.values import Values
from certificates.token import base32
from certificates.token.digits import to_digits
from lms.config import settings

#: Layouts a worker remembers: the classes it prints at the same time.
REMEMBERED = 16
#: Bytes in the code of the smallest and the largest paper that is tried; longer hosts leave less room.
_SMALL, _LARGE = 84, (200, 180, 160, 140, 120)
#: Letters of the free values that are tried, the most generous first.
_GENEROUS = (60, 40, 30, 18)
_LONG = "Phó Trưởng phòng Tổ chức - Hành chính, Văn phòng Uỷ ban nhân dân tỉnh"
#: How far two pictures of one drawing may lie apart in a tone of 256.
_TONE = 6


@dataclass(frozen=True)
class Ready:
    """A layout that can be filled."""

    stencil: stencil.Stencil
    shell: document.Shell

    def made(self, values: Values, symbol: qr.Symbol, proof: bytes = b"{}") -> bytes:
        """The paper of one person with its proof attached. Raises DoesNotFit."""
        drawn = self.stencil.fill(values.personal(), symbol.side_points)
        return self.shell.file(drawn, symbol.pixels, symbol.bits, proof, values.serial, values.issuer_name)


@dataclass
class Shelf:
    """Layouts by what they depend on; None for one that was met once, or cannot be filled."""

    met: OrderedDict[tuple[Any, ...], Ready | None] = field(default_factory=OrderedDict)
    tried: set[tuple[Any, ...]] = field(default_factory=set)

    def of(self, values: Values) -> Ready | None:
        """The layout of a paper, learnt when it is met for the second time: a single paper is quicker drawn in full."""
        key = (*values.shape(), html.english(), settings().base_url)
        if key not in self.met:
            self._keep(key, None)
        elif key not in self.tried:
            self.tried.add(key)
            self._keep(key, learnt(values))
        return self.met[key]

    def _keep(self, key: tuple[Any, ...], ready: Ready | None) -> None:
        self.met[key] = ready
        while len(self.met) > REMEMBERED:
            forgotten, _ = self.met.popitem(last=False)
            self.tried.discard(forgotten)


_shelf = Shelf()


def printed(values: Values, symbol: qr.Symbol, proof: bytes = b"{}") -> bytes | None:
    """The paper filled into its layout; None when it has to be drawn in full."""
    ready = _shelf.of(values)
    if ready is None:
        return None
    try:
        return ready.made(values, symbol, proof)
    except stencil.DoesNotFit:
        return None


def learnt(values: Values) -> Ready | None:
    """The layout of a paper ready to be filled, compared with a full drawing; None when it cannot be."""
    plain = _plain(values)
    small = _code(_SMALL)
    first = drawing.full(plain, small)
    for wide, large in _wide(values):
        try:
            ready = _learnt(first, drawing.full(wide, large), plain, small, wide, large)
        except (lines.NotReadable, stencil.DoesNotFit, SelfTestFailed):
            continue
        if same(ready.made(plain, small), first):
            return ready
    return None


def same(one: bytes, other: bytes, dpi: int = 100) -> bool:
    """Whether two files look the same and say the same text in the same order."""
    pages = [pypdfium2.PdfDocument(file)[0] for file in (one, other)]
    pictures = [page.render(scale=dpi / 72).to_pil() for page in pages]
    if pictures[0].size != pictures[1].size:
        return False
    bands: Any = ImageChops.difference(*pictures).getextrema()
    texts = [page.get_textpage().get_text_range() for page in pages]
    return all(high <= _TONE for _low, high in bands) and texts[0] == texts[1]


def _learnt(
    first: bytes, second: bytes, plain: Values, small: qr.Symbol, wide: Values, large: qr.Symbol
) -> Ready:
    readers = [PdfReader(io.BytesIO(file)) for file in (first, second)]
    pictures = [_code_picture(reader, symbol) for reader, symbol in zip(readers, (small, large), strict=True)]
    found = stencil.learn(
        stencil.Drawn(lines.read(readers[0]), plain.personal(), small.side_points, pictures[0]),
        stencil.Drawn(lines.read(readers[1]), wide.personal(), large.side_points, pictures[1]),
    )
    ready = Ready(found, document.shell(readers[0], found.kept, pictures[0]))
    selftest.embedded(ready.made(plain, small), plain.serial)
    return ready


def _code_picture(reader: PdfReader, symbol: qr.Symbol) -> str:
    """The name of the code's picture on the page: the only square of so many pixels."""
    resources: Any = reader.pages[0]["/Resources"]
    found = [
        name
        for name, picture in resources.get("/XObject", {}).items()
        if picture.get_object().get("/Width") == picture.get_object().get("/Height") == symbol.pixels
    ]
    if len(found) != 1:
        raise lines.NotReadable("the code's picture is not found")
    return str(found[0])


def _plain(values: Values) -> Values:
    """An ordinary person of the same shape."""
    return replace(
        values,
        name="Lê An",
        birth=date(1980, 2, 1) if values.birth_date else 1980,
        id16=base32.path_id(bytes(10)),
        serial=_digits(values.serial, "0"),
        register_text=_digits(values.register_text, "0"),
        grade=values.grade and "Khá",
        position=values.position and "Phó phòng",
        unit=values.unit and "Sở Nội vụ",
    )


def _wide(values: Values) -> Iterator[tuple[Values, qr.Symbol]]:
    """People of the same shape with wide values and a large code, the most generous first."""
    for letters in _GENEROUS:
        yield (
            replace(
                values,
                name=_long_name(html.name_room(values)),
                birth=date(1979, 12, 28) if values.birth_date else 1979,
                id16="w" * 16,
                serial=_digits(values.serial, "8") + "8",
                register_text="8" + _digits(values.register_text, "8"),
                grade=values.grade and _LONG[: letters // 2].strip(),
                position=values.position and _LONG[:letters].strip(),
                unit=values.unit and _LONG[-letters:].strip(),
            ),
            _largest(),
        )


def _digits(text: str, digit: str) -> str:
    return "".join(digit if letter.isdigit() else letter for letter in text)


def _long_name(room: html.Room) -> str:
    """As long a name as stands on the line in full size."""
    words = [
        "Nguyễn",
        "Phúc",
        "Công",
        "Huyền",
        "Tôn",
        "Nữ",
        "Hoàng",
        "Ngân",
        "Khánh",
        "Thị",
        "Phương",
        "Thảo",
        "Như",
        "Quỳnh",
    ]
    name = words[0]
    for word in words[1:]:
        if html.measured(f"{name} {word}", room.size) <= room.width:
            name = f"{name} {word}"
    return name


def _code(size: int) -> qr.Symbol:
    return qr.symbol(f"{settings().base_url}/c/{'0' * 16}#{to_digits(bytes(range(size)))}")


def _largest() -> qr.Symbol:
    for size in _LARGE:
        try:
            return _code(size)
        except ValueError:
            continue
    raise lines.NotReadable("the address leaves no room for a token")
