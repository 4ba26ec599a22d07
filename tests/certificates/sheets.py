"""Scanned pages for tests: codes printed at their pitch, stamped, stained; as pictures and as PDFs."""

from __future__ import annotations

import io
from collections.abc import Sequence

from PIL import Image, ImageChops, ImageDraw
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from certificates.paper import qr

A4 = (595, 842)


def page(*texts: str, dpi: int = 150, seal: bool = False, stain: bool = False) -> Image.Image:
    """An A4 page in colour with a code for each text; a red seal pressed on each, or a stain beyond repair."""
    dots = dpi / 25.4
    sheet = Image.new("RGB", (round(210 * dots), round(297 * dots)), "white")
    draw = ImageDraw.Draw(sheet)
    for number, text in enumerate(texts):
        symbol = qr.symbol(text)
        side = round(symbol.side_mm * dots)
        code = Image.frombytes("1", (symbol.pixels, symbol.pixels), symbol.bits)
        left, top = round(15 * dots), round((200 - 45 * number) * dots)
        sheet.paste(code.convert("RGB").resize((side, side), Image.Resampling.NEAREST), (left, top))
        middle = (left + side / 2, top + side / 2)
        if seal:
            _seal(sheet, middle, 17 * dots, dots)
        if stain:
            draw.rectangle([left, top, left + side * 0.7, top + side * 0.7], fill=(40, 30, 20))
    return sheet


def _seal(sheet: Image.Image, middle: tuple[float, float], radius: float, dots: float) -> None:
    """The ring and star of a round seal in red ink, which lets the black under it through."""
    ink = Image.new("RGB", sheet.size, "white")
    draw = ImageDraw.Draw(ink)
    x, y = middle
    for size, width in ((radius, 1.2), (radius * 0.8, 0.5), (radius * 0.35, 2.5)):
        draw.ellipse(
            [x - size, y - size, x + size, y + size], outline=(200, 30, 40), width=round(width * dots)
        )
    draw.line([x - radius, y, x + radius, y], fill=(200, 30, 40), width=round(2.2 * dots))
    sheet.paste(ImageChops.multiply(sheet, ink))


def jpeg(picture: Image.Image, quality: int = 80) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality)
    return out.getvalue()


def pdf(pages: Sequence[Image.Image | None]) -> bytes:
    """A PDF as a scanner makes it: a picture on every page; None is an empty page."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4)
    for one in pages:
        if one is not None:
            canvas.drawImage(ImageReader(io.BytesIO(jpeg(one))), 0, 0, *A4)
        canvas.showPage()
    canvas.save()
    return out.getvalue()
