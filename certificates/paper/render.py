"""One certificate as PDF: template → xhtml2pdf → its own test. Anything doubtful is an error, never a page with gaps."""

from __future__ import annotations

import io
import logging
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from pypdf import PdfReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from xhtml2pdf import pisa
from xhtml2pdf.config.resources import ResourceAccessPolicy

from certificates.errors import SelfTestFailed
from certificates.paper import border, qr
from certificates.token import address, base32, read_address, split
from certificates.token.base32 import typed_code
from lms import fonts
from lms.config import settings
from lms.plugins import setting

TEMPLATES = Path(__file__).parent.parent / "templates" / "certificates" / "paper"

#: Room for the name and the programme's title on the paper, in points.
NAME_WIDTH, NAME_SIZE, NAME_LEAST = 640.0, 28.0, 13.0
TITLE_WIDTH, TITLE_SIZE, TITLE_LEAST = 640.0, 17.0, 11.0

# The library's warnings quote the document: holders' names would reach the logs.
logging.getLogger("xhtml2pdf").setLevel(logging.ERROR)


def paper(certificate: Any) -> bytes:
    """The PDF of a signed certificate, tested. Raises SelfTestFailed."""
    url = address(settings().base_url, bytes(certificate.token))
    made = _pdf(_html(certificate, url, specimen=False))
    _test(made, certificate, url)
    return made


def specimen(certificate: Any) -> bytes:
    """A sample for the eye before approval: no code that verifies, "MẪU" across it."""
    return _pdf(_html(certificate, f"{settings().base_url}/c/", specimen=True))


def fitted(text: str, width: float, size: float, least: float) -> float:
    """The size in points, at most `size`, at which a bold line fits into `width` points."""
    natural = pdfmetrics.stringWidth(text, _measured_face(), 100) / 100
    return max(least, min(size, width / natural if natural else size))


def host() -> str:
    """The name people should see in the address bar."""
    return urlsplit(settings().base_url).netloc


def _html(certificate: Any, url: str, *, specimen: bool) -> str:
    symbol = qr.symbol(url)
    template = _templates().get_template(f"{certificate.template_version}.html")
    raw = base32.decode(certificate.id16)
    return unicodedata.normalize(
        "NFC",
        template.render(
            certificate=certificate,
            faces=[face for face in fonts.FACES if face.family == fonts.SERIF],
            background=border.background(settings().instance / "cache"),
            qr=symbol.data_uri,
            qr_mm=f"{symbol.side_mm:.3f}",
            host=host(),
            code=typed_code(raw),
            name_size=f"{fitted(certificate.name, NAME_WIDTH, NAME_SIZE, NAME_LEAST):.2f}",
            title_size=f"{fitted(certificate.programme_title, TITLE_WIDTH, TITLE_SIZE, TITLE_LEAST):.2f}",
            english=setting("certificates.english_lines"),
            specimen=specimen,
        ),
    )


def _pdf(html: str) -> bytes:
    policy = ResourceAccessPolicy.server(
        TEMPLATES, allow_remote=False, extra_roots=(fonts.FOLDER, settings().instance / "cache")
    )
    out = io.BytesIO()
    result = pisa.CreatePDF(html, dest=out, path=str(TEMPLATES / "1.html"), resource_policy=policy)
    if result.err or result.warn:
        raise SelfTestFailed(f"The paper was not made cleanly: {result.err} errors, {result.warn} warnings")
    return out.getvalue()


def _test(made: bytes, certificate: Any, url: str) -> None:
    """One page, every font embedded, the printed facts in the text, the code's address leads back to the token."""
    reader = PdfReader(io.BytesIO(made))
    if len(reader.pages) != 1:
        raise SelfTestFailed(f"{certificate.serial}: {len(reader.pages)} pages instead of one")
    page = reader.pages[0]
    loose = [name for name in _fonts(page) if name not in _unused_base_fonts()]
    if loose:
        raise SelfTestFailed(f"{certificate.serial}: fonts not embedded: {', '.join(loose)}")
    text = " ".join((page.extract_text() or "").split())
    for fact in (
        certificate.name,
        certificate.serial,
        certificate.register_text,
        typed_code(base32.decode(certificate.id16)),
    ):
        if " ".join(fact.split()) not in text:
            raise SelfTestFailed(f"{certificate.serial}: a printed fact is missing from the paper's text")
    base, identifier, digits = read_address(url)
    raw = bytes(certificate.token)
    if (
        address(base, raw) != url
        or split(raw).kid.hex() != certificate.kid
        or not digits
        or identifier != raw[7:17]
    ):
        raise SelfTestFailed(f"{certificate.serial}: the address in the code does not lead back to the token")


def _fonts(page: Any) -> list[str]:
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


@cache
def _unused_base_fonts() -> frozenset[str]:
    # reportlab lists Helvetica on every page; no text is set in it (the text test would miss its letters).
    return frozenset({"/Helvetica"})


@cache
def _measured_face() -> str:
    face = fonts.face(bold=True)
    pdfmetrics.registerFont(TTFont(f"measure-{face.name}", str(face.path)))
    return f"measure-{face.name}"


@cache
def _templates() -> Environment:
    env = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)
    env.filters["day"] = lambda value: f"{value:%d/%m/%Y}" if hasattr(value, "day") else str(value)
    env.filters["two"] = lambda number: f"{number:02d}"
    return env
