"""What every paper has to pass before it is released: read again as a stranger would, from the finished file."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any

import pypdfium2
import zxingcpp
from PIL import Image
from pypdf import PdfReader

from certificates.errors import SelfTestFailed
from certificates.paper import reader
from certificates.paper.values import Values
from certificates.token import address, read_address, split

#: Where the code has to be read: what an office scanner gives, and print.
COARSE, FINE = 150, 300


def check(made: bytes, values: Values, url: str) -> None:
    """One page; every printed fact in its text, NFC; two readers read the address in the code at 150 and at 300 dpi.

    Raises SelfTestFailed.
    """
    document = pypdfium2.PdfDocument(made)
    try:
        if len(document) != 1:
            raise SelfTestFailed(f"{values.serial}: {len(document)} pages instead of one")
        page = document[0]
        _facts(page, values)
        _code(page, values, url)
    finally:
        document.close()


def says(made: bytes, facts: Iterable[str]) -> None:
    """All of this is in the text of the page. Raises SelfTestFailed naming what is not."""
    text = " ".join(pypdfium2.PdfDocument(made)[0].get_textpage().get_text_range().split()).casefold()
    for fact in facts:
        if " ".join(fact.split()).casefold() not in text:
            raise SelfTestFailed(f"Not on the paper: {fact}")


def embedded(made: bytes, serial: str) -> None:
    """Every font that prints is inside the file. Raises SelfTestFailed naming those that are not."""
    page = PdfReader(io.BytesIO(made)).pages[0]
    loose = [name for name in _loose_fonts(page) if name != "/Helvetica"]
    if loose:
        raise SelfTestFailed(f"{serial}: fonts not embedded: {', '.join(loose)}")


def leads_back(certificate: Any, url: str) -> None:
    """The address in the code gives the signed token again. Raises SelfTestFailed."""
    base, identifier, digits = read_address(url)
    raw = bytes(certificate.token)
    if (
        address(base, raw) != url
        or split(raw).kid.hex() != certificate.kid
        or not digits
        or identifier != raw[7:17]
    ):
        raise SelfTestFailed(f"{certificate.serial}: the address in the code does not lead back to the token")


def picture(page: Any, dpi: int, crop: tuple[float, float, float, float] = (0, 0, 0, 0)) -> Image.Image:
    """A page in greys; `crop` takes points away at left, bottom, right and top."""
    return page.render(scale=dpi / 72, crop=crop, grayscale=True).to_pil()  # type: ignore[no-any-return]


def _facts(page: Any, values: Values) -> None:
    text = " ".join(page.get_textpage().get_text_range().split())
    for fact in (values.name, values.serial, values.register_text, values.code):
        if " ".join(fact.split()) not in text:
            raise SelfTestFailed(f"{values.serial}: a printed fact is missing from the paper's text")


def _code(page: Any, values: Values, url: str) -> None:
    """Two readers of different makes, each at two resolutions, give the same text: the address."""
    whole = picture(page, COARSE)
    found = _codes(whole)
    if [code.text for code in found] != [url]:
        raise SelfTestFailed(f"{values.serial}: the code does not read back at {COARSE} dpi")
    around = _around(page, found[0].position)
    close = picture(page, FINE, around)
    if [code.text for code in _codes(close)] != [url]:
        raise SelfTestFailed(f"{values.serial}: the code does not read back at {FINE} dpi")
    for dpi, seen in ((COARSE, _cut(whole, around)), (FINE, close)):
        if _second_opinion(seen, dpi, values) != url:
            raise SelfTestFailed(f"{values.serial}: a second reader reads something else at {dpi} dpi")


def _second_opinion(seen: Image.Image, dpi: int, values: Values) -> str:
    try:
        return reader.read(seen, dpi)
    except reader.NotRead as wrong:
        raise SelfTestFailed(
            f"{values.serial}: a second reader reads nothing at {dpi} dpi: {wrong}"
        ) from wrong


def _cut(whole: Image.Image, away: tuple[float, float, float, float]) -> Image.Image:
    """What is left of a page's coarse picture when so many points are taken away at left, bottom, right and top."""
    left, bottom, right, top = (round(points * COARSE / 72) for points in away)
    return whole.crop((left, top, whole.width - right, whole.height - bottom))


def _codes(image: Image.Image) -> list[Any]:
    return list(zxingcpp.read_barcodes(image, formats=zxingcpp.barcode_formats_from_str("QRCode")))


def _around(page: Any, at: Any) -> tuple[float, float, float, float]:
    """What to take away so that the code and a finger's breadth around it are left, in points."""
    width, height = page.get_size()
    corners = (at.top_left, at.top_right, at.bottom_left, at.bottom_right)
    left, right = min(c.x for c in corners), max(c.x for c in corners)
    top, bottom = min(c.y for c in corners), max(c.y for c in corners)
    unit, rim = 72 / COARSE, 12.0
    return (
        max(0.0, left * unit - rim),
        max(0.0, height - bottom * unit - rim),
        max(0.0, width - right * unit - rim),
        max(0.0, top * unit - rim),
    )


def _loose_fonts(page: Any) -> list[str]:
    """Names of fonts of the page that have no font file inside the document."""
    loose = []
    for reference in (page.get("/Resources") or {}).get("/Font", {}).values():
        font = reference.get_object()
        descriptor = font.get("/FontDescriptor")
        if descriptor is None or not any(
            key in descriptor for key in ("/FontFile", "/FontFile2", "/FontFile3")
        ):
            loose.append(str(font["/BaseFont"]))
    return loose
