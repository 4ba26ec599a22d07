"""A template drawn by xhtml2pdf: the full way, and what stencils are learnt from."""

from __future__ import annotations

import io
import logging
import math

from pypdf import PdfReader, PdfWriter
from reportlab.lib.colors import Color
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from xhtml2pdf import pisa
from xhtml2pdf.config.resources import ResourceAccessPolicy

from certificates.errors import SelfTestFailed
from certificates.paper import crests, html, qr
from certificates.paper.design import Design
from certificates.paper.values import Values
from lms import fonts
from lms.config import settings

# The library's warnings quote the document: holders' names would reach the logs.
logging.getLogger("xhtml2pdf").setLevel(logging.ERROR)


def full(values: Values, symbol: qr.Symbol, design: Design | None = None) -> bytes:
    """The paper drawn by xhtml2pdf from its template, or from a design tried out; not tested. Raises SelfTestFailed."""
    return drawn(html.page(values, symbol, design=design))


def drawn(page: str) -> bytes:
    """HTML to PDF. Raises SelfTestFailed for any error or warning of the library."""
    policy = ResourceAccessPolicy.server(
        html.TEMPLATES,
        allow_remote=False,
        extra_roots=(fonts.FOLDER, settings().instance / "cache", crests.folder()),
    )
    out = io.BytesIO()
    result = pisa.CreatePDF(page, dest=out, path=str(html.TEMPLATES / "1.html"), resource_policy=policy)
    if result.err or result.warn:
        raise SelfTestFailed(f"The paper was not made cleanly: {result.err} errors, {result.warn} warnings")
    return out.getvalue()


def marked(pdf: bytes) -> bytes:
    """A paper with "MẪU – KHÔNG CÓ GIÁ TRỊ" across it."""
    writer = PdfWriter(clone_from=io.BytesIO(pdf))
    page = writer.pages[0]
    width, height = float(page.mediabox.width), float(page.mediabox.height)
    font = TTFont("sample-mark", str(fonts.face(bold=True).path))
    pdfmetrics.registerFont(font)
    over = io.BytesIO()
    canvas = Canvas(over, pagesize=(width, height), invariant=1)
    canvas.translate(width / 2, height / 2)
    canvas.rotate(math.degrees(math.atan2(height, width)))
    canvas.setFillColor(Color(0.63, 0.1, 0.1, alpha=0.28))
    canvas.setFont("sample-mark", 52)
    canvas.drawCentredString(0, -18, "MẪU – KHÔNG CÓ GIÁ TRỊ")
    canvas.save()
    page.merge_page(PdfReader(io.BytesIO(over.getvalue())).pages[0])
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
