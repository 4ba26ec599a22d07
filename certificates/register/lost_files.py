"""Papers for lost ones as PDF: the certificate again with a mark, or a paper of its own. Both carry the same code."""

from __future__ import annotations

import io
from typing import Any
from xml.sax.saxutils import escape

from flask_babel import force_locale
from flask_babel import gettext as _
from pypdf import PdfReader, PdfWriter
from pypdf.generic import NameObject, TextStringObject
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table

from certificates.errors import SelfTestFailed
from certificates.log.entries import digest
from certificates.models import Certificate
from certificates.paper import document, html, proof, qr, selftest, sheet, signature
from certificates.paper.render import Paper
from certificates.paper.values import day, values_of
from certificates.register import lost_rules
from certificates.register.models import Substitute
from certificates.token import address
from lms.config import settings

_WIDTH = 165 * mm


def made(substitute: Substitute) -> Paper:
    """The paper, tested like a certificate (its facts are in the text, its code reads back), with the proof attached.

    With a certificate for files it is signed last, by who signs papers today. Raises SelfTestFailed, KeyUnavailable.
    """
    row = substitute.certificate
    url = address(settings().base_url, bytes(row.token or b""))
    with force_locale("vi"):
        duplicate = substitute.way == lost_rules.DUPLICATE
        drawn = _duplicate(substitute) if duplicate else _completion_paper(substitute, url)
    pdf = document.with_proof(drawn, proof.proof(row, url))
    selftest.check(pdf, values_of(row), url)
    if not signature.configured():
        return Paper(pdf)
    whole = signature.signed(
        pdf, issuer=str(substitute.issuer_name), serial=str(row.serial), place=str(substitute.place)
    )
    return Paper(whole.pdf, whole.untimed)


def _duplicate(substitute: Substitute) -> bytes:
    """The certificate as it was printed, with a mark below the code: which copy, of which day."""
    row = substitute.certificate
    printed = (settings().files / str(row.pdf_path)).read_bytes()
    if digest(printed) != row.pdf_sha256:
        raise SelfTestFailed(f"The paper of {row.serial} on the disk is not the one that was issued")
    page = _page_alone(writer := PdfWriter(), PdfReader(io.BytesIO(printed)))
    size = (float(page.mediabox.width), float(page.mediabox.height))
    page.merge_page(PdfReader(io.BytesIO(_mark(substitute, size))).pages[0])
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _page_alone(writer: PdfWriter, reader: PdfReader) -> Any:
    """The page without the signature of the first file, which holds for its bytes alone and would show as broken."""
    page = reader.pages[0]
    page.pop(NameObject("/Annots"), None)
    copied = writer.add_page(page)
    writer.add_metadata(reader.metadata or {})
    writer.root_object[NameObject("/Lang")] = TextStringObject("vi")
    return copied


def _mark(substitute: Substitute, size: tuple[float, float]) -> bytes:
    """One line between the code and the frame below it, where no layout has text."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=size, invariant=1)
    canvas.setFillColor(colors.HexColor("#A11A1A"))
    canvas.setFont(sheet.family("Bold"), 9.5)
    told = _("DUPLICATE FROM THE REGISTER, no. %(number)s, %(date)s", number=substitute.number, date=day(substitute.issued_on))  # fmt: skip
    canvas.drawCentredString(size[0] / 2, 17 * mm, told)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def _completion_paper(substitute: Substitute, url: str) -> bytes:
    """A4 upright: who completed what, the numbers of the certificate, its code, the words on equal validity."""
    row = substitute.certificate
    out = io.BytesIO()
    document = SimpleDocTemplate(
        out,
        pagesize=A4,
        leftMargin=30 * mm,
        rightMargin=15 * mm,
        topMargin=20 * mm,
        bottomMargin=20 * mm,
        title=f"{row.serial} ({substitute.number})",
        author=str(substitute.issuer_name),
        invariant=1,
    )
    told = _(
        "on the completion of a training programme, in place of certificate %(serial)s", serial=row.serial
    )
    document.build(
        [
            sheet.head(str(substitute.issuer_superior), str(substitute.issuer_name), _WIDTH, size=11),
            Spacer(1, 12 * mm),
            Paragraph(f"<b>{escape(_('Completion paper').upper())}</b>", sheet.style("large")),
            Paragraph(f"<b>{escape(told)}</b>", sheet.style("centre")),
            Spacer(1, 8 * mm),
            Paragraph(
                escape(_("%(issuer)s confirms that:", issuer=substitute.issuer_name)), sheet.style("text")
            ),
            _facts(row),
            Spacer(1, 3 * mm),
            *_words(substitute),
            Spacer(1, 8 * mm),
            _foot(substitute, url),
        ]
    )
    return out.getvalue()


def _facts(row: Certificate) -> Table:
    period = f"{row.from_date:%d/%m/%Y} – {row.to_date:%d/%m/%Y}"
    facts = [
        (_("Full name"), f"<b>{escape(row.name)}</b>"),
        (_("Birth date"), day(row.birth)),
        (_("Programme"), f"<b>{escape(row.programme_title)}</b>"),
        (_("Period"), f"{period}, {escape(_('class %(code)s', code=row.class_code))}"),
        (_("Classification"), escape(row.grade)),
        (_("Serial number"), escape(row.serial)),
        (_("Register number"), row.register_text),
        (_("Day of issue"), f"{row.issued_on:%d/%m/%Y}"),
    ]
    rows = [[Paragraph(escape(label), sheet.style("text")), Paragraph(value, sheet.style("text"))] for label, value in facts if value]  # fmt: skip
    table = Table(rows, colWidths=[42 * mm, _WIDTH - 42 * mm])
    table.setStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), ("BOTTOMPADDING", (0, 0), (-1, -1), 4)])
    return table


def _words(substitute: Substitute) -> list[Any]:
    told = [
        _("The certificate was reported lost.") if substitute.reason == "lost" else _("The certificate was reported damaged."),
        _("This paper has the same validity as the certificate (%(rule)s). It is paper no. %(number)s given for it.", rule=substitute.rule_source, number=substitute.number),
    ]  # fmt: skip
    return [Paragraph(escape(one), sheet.style("text")) for one in told]


def _foot(substitute: Substitute, url: str) -> Table:
    row, symbol = substitute.certificate, qr.symbol(url)
    picture = sheet.Code(symbol)
    values = values_of(row)
    code = [
        Paragraph(escape(_("Scan to check at %(host)s, or type the code at %(host)s/c", host=html.host())), sheet.style("small")),
        Paragraph(f"<b>{values.code}</b>", sheet.style("small")),
    ]  # fmt: skip
    on = substitute.issued_on
    where = _("%(place)s, day %(day)s month %(month)s year %(year)s", place=substitute.place, day=f"{on.day:02d}", month=f"{on.month:02d}" if on.month < 3 else on.month, year=on.year)  # fmt: skip
    title = "<br/>".join(escape(part) for part in substitute.signatory_title.split("\n"))
    sign = [
        Paragraph(f"<i>{escape(where)}</i><br/><b>{title}</b>", sheet.style("centre")),
        Spacer(1, 26 * mm),
        Paragraph(f"<b>{escape(substitute.signatory_name)}</b>", sheet.style("centre")),
    ]
    table = Table([[[picture, *code], sign]], colWidths=[_WIDTH * 0.45, _WIDTH * 0.55])
    table.setStyle([("VALIGN", (0, 0), (-1, -1), "TOP")])
    return table
