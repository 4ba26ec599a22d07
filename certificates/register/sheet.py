"""What the register's printed sheets share: the letters of Times, styles, the head of the institution and the country."""

from __future__ import annotations

from functools import cache
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY, TA_LEFT
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import HRFlowable, Paragraph, Table

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


def family(face: str = "Regular") -> str:
    """The name of a face of Tinos for the PDF library: Regular, Bold, Italic or BoldItalic."""
    return f"{_registered()}-{face}"


@cache
def style(name: str, size: float = 0) -> ParagraphStyle:
    """A paragraph of the sheets: title, large, centre, body, text, head, middle, cell or small."""
    usual, align = {
        "title": (15, TA_CENTER),
        "large": (20, TA_CENTER),
        "centre": (12, TA_CENTER),
        "body": (12, TA_LEFT),
        "text": (13, TA_JUSTIFY),
        "head": (9, TA_CENTER),
        "middle": (9.5, TA_CENTER),
        "cell": (9.5, TA_LEFT),
        "small": (9, TA_LEFT),
    }[name]
    size = size or usual
    after = 4 if name == "text" else 0
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
