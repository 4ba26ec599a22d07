"""The register book as files: PDF to print, bind and seal across its pages, and XLSX. Both say the same, in Vietnamese."""

from __future__ import annotations

import io
from datetime import date
from typing import Any
from xml.sax.saxutils import escape

from flask_babel import force_locale
from flask_babel import gettext as _
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.units import mm
from reportlab.platypus import (
    KeepTogether,
    LongTable,
    Paragraph,
    SimpleDocTemplate,
    Spacer,
    Table,
)

from certificates.paper import sheet
from certificates.register import book as reading
from certificates.register.book import HEADS, Book, Line
from lms.exporting import Column, workbook

#: Decree 30/2020/NĐ-CP, Annex I: 20–25 mm above and below, 30 mm on the bound side, 15 mm on the other.
_LEFT, _RIGHT, _TOP, _FOOT = 30 * mm, 15 * mm, 20 * mm, 20 * mm
#: Widths of the columns under `HEADS`: 252 mm together.
_WIDTHS = tuple(width * mm for width in (17, 33, 20, 34, 52, 15, 21, 19, 18, 23))
_GRID = [
    ("GRID", (0, 0), (-1, -1), 0.5, colors.black),
    ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
    ("LEFTPADDING", (0, 0), (-1, -1), 3),
    ("RIGHTPADDING", (0, 0), (-1, -1), 3),
    ("TOPPADDING", (0, 0), (-1, -1), 3),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 4),
]


def pdf(book: Book, volume: int = 1) -> bytes:
    """A volume of the book: A4 landscape, head of the institution, pages numbered "i/n", closing line, places to sign."""
    with force_locale("vi"):
        lines = list(reading.lines(book, volume))
        out = io.BytesIO()
        title = _title(book)
        document = SimpleDocTemplate(
            out,
            pagesize=landscape(A4),
            leftMargin=_LEFT,
            rightMargin=_RIGHT,
            topMargin=_TOP,
            bottomMargin=_FOOT,
            title=f"{title} {book.year}",
            author=str(book.issuer.name),
            invariant=1,
        )
        story: list[Any] = [
            sheet.head(str(book.issuer.superior_name), str(book.issuer.name), sum(_WIDTHS)),
            Spacer(1, 6 * mm),
            *_titles(book, volume),
            Spacer(1, 4 * mm),
        ]
        story += [_table(lines), Spacer(1, 4 * mm), KeepTogether(_foot(book, lines))]
        document.build(story, canvasmaker=_Pages)
        return out.getvalue()


def xlsx(book: Book) -> bytes:
    """The whole year as a spreadsheet with the same columns."""
    with force_locale("vi"):
        kinds = ("code", "text", "auto", "text", "text", "text", "code", "date", "text", "text")
        widths = (12, 28, 12, 36, 48, 12, 14, 12, 16, 36)
        columns = [
            Column(str(head), kind, width)  # type: ignore[arg-type]
            for head, kind, width in zip(HEADS, kinds, widths, strict=True)
        ]
        title = f"{_title(book)} – {book.register.code} – {book.year} – {book.issuer.name}"
        return workbook(
            columns, (line.cells() for line in reading.lines(book)), sheet=str(book.year), title=title
        )


def filename(book: Book, ending: str, volume: int | None = None) -> str:
    """The name under which a book is saved."""
    part = f"-q{volume}" if volume and book.volumes > 1 else ""
    return f"so-cap-{book.register.code}-{book.year}{part}.{ending}".lower()


class _Pages(sheet.Numbered):
    """The number in the middle of the upper margin."""

    def number(self, words: str) -> None:
        self.setFont(sheet.family(), 11)
        middle = _LEFT + (landscape(A4)[0] - _LEFT - _RIGHT) / 2
        self.drawCentredString(middle, landscape(A4)[1] - 13 * mm, words)


def _titles(book: Book, volume: int) -> list[Paragraph]:
    first, last = book.numbers(volume)
    told = _("Year %(year)s – register %(code)s", year=book.year, code=book.register.code)
    if book.volumes > 1:
        told += " – " + _("volume %(volume)s of %(volumes)s", volume=volume, volumes=book.volumes)
    if last:
        told += " – " + _("numbers %(first)s to %(last)s", first=f"{first:03d}", last=f"{last:03d}")
    return [
        Paragraph(f"<b>{escape(_title(book).upper())}</b>", sheet.style("title")),
        Paragraph(escape(told), sheet.style("centre")),
    ]


def _title(book: Book) -> str:
    return str(book.register.title)


def _table(lines: list[Line]) -> LongTable:
    head = [Paragraph(f"<b>{escape(str(one))}</b>", sheet.style("head")) for one in HEADS]
    numbers = [Paragraph(f"<i>({place})</i>", sheet.style("head")) for place in range(1, len(HEADS) + 1)]
    rows: list[list[Any]] = [head, numbers]
    rows += [[_cell(place, value) for place, value in enumerate(line.cells())] for line in lines]
    if not lines:
        rows.append([Paragraph(escape(_("No entry.")), sheet.style("cell")), *[""] * (len(HEADS) - 1)])
    table = LongTable(rows, colWidths=_WIDTHS, repeatRows=2)
    table.setStyle([*_GRID, ("BACKGROUND", (0, 0), (-1, 1), colors.HexColor("#F0F3F3"))])
    return table


def _cell(place: int, value: Any) -> Any:
    text = f"{value:%d/%m/%Y}" if isinstance(value, date) else str(value)
    return (
        Paragraph(escape(text), sheet.style("middle" if place in {0, 2, 5, 6, 7} else "cell")) if text else ""
    )


def _foot(book: Book, lines: list[Line]) -> list[Any]:
    told = (
        _(
            "This volume has %(count)s entries, from number %(first)s to number %(last)s, without gaps, erasures or insertions.",
            count=len(lines),
            first=lines[0].number,
            last=lines[-1].number,
        )
        if lines
        else _("This volume has no entries.")
    )
    on = reading.drawn_up_on()
    where = _("%(place)s, day %(day)s month %(month)s year %(year)s", place=book.issuer.place, day=f"{on.day:02d}", month=f"{on.month:02d}" if on.month < 3 else on.month, year=on.year)  # fmt: skip
    drawn_up = escape(_("Drawn up by").upper())
    sign, seal = escape(_("(signature, full name)")), escape(_("(signature, full name, seal)"))
    title = "<br/>".join(escape(part) for part in book.issuer.signatory_title.split("\n"))
    left = Paragraph(f"<br/><b>{drawn_up}</b><br/><i>{sign}</i>", sheet.style("centre"))
    right = Paragraph(f"<i>{escape(where)}</i><br/><b>{title}</b><br/><i>{seal}</i>", sheet.style("centre"))  # fmt: skip
    places = Table([[left, right]], colWidths=[sum(_WIDTHS) / 2] * 2, rowHeights=[38 * mm])
    places.setStyle([("VALIGN", (0, 0), (-1, -1), "TOP")])
    return [Paragraph(escape(told), sheet.style("body")), Spacer(1, 3 * mm), places]
