"""What printed sheets share beside the certificates themselves: the letters of Times, styles, the head of the
institution and the country, page numbers, the code."""

from __future__ import annotations

from functools import cache
from typing import Any
from xml.sax.saxutils import escape

from flask_babel import gettext as _
from reportlab.lib import colors
from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY, TA_LEFT
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, HRFlowable, Paragraph, Table

from certificates.paper import qr
from lms import fonts

_COUNTRY = "CỘNG HOÀ XÃ HỘI CHỦ NGHĨA VIỆT NAM"
_MOTTO = "Độc lập - Tự do - Hạnh phúc"


def head(superior: str, name: str, width: float, size: float = 12) -> Table:
    """The institution on the left, the country on the right, a rule under both (Decree 30/2020, Annex I)."""
    above = f"{escape(superior.upper())}<br/>" if superior else ""
    look = style("centre", size)
    left = Paragraph(f"{above}<b>{escape(name.upper())}</b>", look)
    right = Paragraph(f"<b>{_COUNTRY}</b><br/><b>{_MOTTO}</b>", look)
    motto = pdfmetrics.stringWidth(_MOTTO, family("Bold"), size)
    table = Table([[[left, _rule(25 * mm)], [right, _rule(motto)]]], colWidths=[width * 0.42, width * 0.58])
    table.setStyle(
        [
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("ALIGN", (0, 0), (-1, -1), "CENTER"),
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ("RIGHTPADDING", (0, 0), (-1, -1), 0),
        ]
    )
    return table


class Numbered(Canvas):  # type: ignore[misc]
    """Pages that know how many there are; each kind of sheet says where "Trang 2/5" stands."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._pages: list[dict[str, Any]] = []

    def number(self, words: str) -> None:
        """Write the number of the page."""
        raise NotImplementedError

    def showPage(self) -> None:
        """Keep the page until the last one is known."""
        self._pages.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        """Write every page with its number."""
        for number, page in enumerate(self._pages, 1):
            self.__dict__.update(page)
            self.number(_("Page %(page)s/%(pages)s", page=number, pages=len(self._pages)))
            super().showPage()
        super().save()


class Code(Flowable):  # type: ignore[misc]
    """The QR code as squares of ink, a module each: sharp at any resolution, black alone."""

    def __init__(self, symbol: qr.Symbol) -> None:
        super().__init__()
        self._symbol = symbol
        self.width = self.height = symbol.side_points

    def draw(self) -> None:
        """Draw the dark modules from the top row down."""
        canvas, pixels = self.canv, self._symbol.pixels
        side, bytes_a_row = self.width / pixels, (pixels + 7) // 8
        canvas.setFillGray(0)
        path = canvas.beginPath()
        for row in range(pixels):
            line = self._symbol.bits[row * bytes_a_row : (row + 1) * bytes_a_row]
            for column in range(pixels):
                if not line[column // 8] >> (7 - column % 8) & 1:
                    path.rect(column * side, self.height - (row + 1) * side, side, side)
        canvas.drawPath(path, stroke=0, fill=1)


def family(face: str = "Regular") -> str:
    """The name of a face of Tinos for the PDF library: Regular, Bold, Italic or BoldItalic."""
    return f"{_registered()}-{face}"


@cache
def style(name: str, size: float = 0) -> ParagraphStyle:
    """A paragraph of the sheets: title, large, centre, body, told, text, head, middle, cell or small."""
    usual, align = {
        "title": (15, TA_CENTER),
        "large": (20, TA_CENTER),
        "centre": (12, TA_CENTER),
        "body": (12, TA_LEFT),
        "told": (11.5, TA_LEFT),
        "text": (13, TA_JUSTIFY),
        "head": (9, TA_CENTER),
        "middle": (9.5, TA_CENTER),
        "cell": (9.5, TA_LEFT),
        "small": (9, TA_LEFT),
    }[name]
    size = size or usual
    after = 4 if name in {"text", "told"} else 0
    return ParagraphStyle(name, fontName=family(), fontSize=size, leading=size * 1.24, alignment=align, spaceAfter=after)  # fmt: skip


def _rule(width: float) -> HRFlowable:
    return HRFlowable(width=width, thickness=0.7, color=colors.black, spaceBefore=2, hAlign="CENTER")


@cache
def _registered() -> str:
    prefix = f"sheet-{fonts.SERIF}"
    for face in ("Regular", "Bold", "Italic", "BoldItalic"):
        known = fonts.face(bold="Bold" in face, italic="Italic" in face)
        pdfmetrics.registerFont(TTFont(f"{prefix}-{face}", str(known.path)))
    pdfmetrics.registerFontFamily(
        f"{prefix}-Regular",
        normal=f"{prefix}-Regular",
        bold=f"{prefix}-Bold",
        italic=f"{prefix}-Italic",
        boldItalic=f"{prefix}-BoldItalic",
    )
    return prefix
