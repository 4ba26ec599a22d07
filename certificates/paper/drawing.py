"""A template drawn by xhtml2pdf: the full way, and what stencils are learnt from."""

from __future__ import annotations

import io
import logging

from xhtml2pdf import pisa
from xhtml2pdf.config.resources import ResourceAccessPolicy

from certificates.errors import SelfTestFailed
from certificates.paper import html, qr
from certificates.paper.values import Values
from lms import fonts
from lms.config import settings

# The library's warnings quote the document: holders' names would reach the logs.
logging.getLogger("xhtml2pdf").setLevel(logging.ERROR)


def full(values: Values, symbol: qr.Symbol) -> bytes:
    """The paper drawn by xhtml2pdf from its template, not tested. Raises SelfTestFailed."""
    return drawn(html.page(values, symbol))


def drawn(page: str) -> bytes:
    """HTML to PDF. Raises SelfTestFailed for any error or warning of the library."""
    policy = ResourceAccessPolicy.server(
        html.TEMPLATES, allow_remote=False, extra_roots=(fonts.FOLDER, settings().instance / "cache")
    )
    out = io.BytesIO()
    result = pisa.CreatePDF(page, dest=out, path=str(html.TEMPLATES / "1.html"), resource_policy=policy)
    if result.err or result.warn:
        raise SelfTestFailed(f"The paper was not made cleanly: {result.err} errors, {result.warn} warnings")
    return out.getvalue()
