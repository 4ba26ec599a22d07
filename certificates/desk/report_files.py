"""The report of a pile as files, in Vietnamese: PDF with its own code to print and sign, XLSX with the same lines."""

from __future__ import annotations

import io
from typing import Any
from xml.sax.saxutils import escape

from flask_babel import force_locale
from flask_babel import gettext as _
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.units import mm
from reportlab.platypus import KeepTogether, LongTable, Paragraph, SimpleDocTemplate, Spacer, Table

from certificates.desk.report import Content, Line
from certificates.paper import qr, sheet
from lms.exporting import Column, workbook

_LEFT, _RIGHT, _EDGE = 20 * mm, 15 * mm, 18 * mm
_WIDTH = landscape(A4)[0] - _LEFT - _RIGHT
_TONES = {"good": "#14603A", "warn": "#774600", "bad": "#A11A1A"}
_GRID = [
    ("GRID", (0, 0), (-1, -1), 0.5, colors.black),
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("BACKGROUND", (0, 0), (-1, 0), colors.HexColor("#F0F3F3")),
]


def heads(content: Content) -> list[str]:
    found = [_("No."), _("Verdict"), _("Holder"), _("Birth date"), _("Certificate"), _("Number")]
    return [*found, _("For the post")] if content.post else found


def cells(line: Line, content: Content) -> list[str]:
    """One line as it is printed."""
    verdict = f"{line.verdict} ({line.since})" if line.since else line.verdict
    found = [str(line.number), verdict, line.name or "–", line.born, line.title or line.told, line.label]
    return [*found, line.standing] if content.post else found


def pdf(content: Content, url: str, code: str) -> bytes:
    """The report: what was checked and what it came to, exceptions first, the code to check it, a place to sign."""
    with force_locale("vi"):
        out = io.BytesIO()
        document = SimpleDocTemplate(
            out,
            pagesize=landscape(A4),
            leftMargin=_LEFT,
            rightMargin=_RIGHT,
            topMargin=_EDGE,
            bottomMargin=_EDGE,
            title=f"{title()} {code}",
            author=content.office,
            invariant=1,
        )
        story = [
            *(sheet.head("", content.office, _WIDTH, 11.5), Spacer(1, 5 * mm)),
            *(_head(content, url, code), Spacer(1, 5 * mm)),
            *(_table(content), Spacer(1, 5 * mm)),
        ]
        document.build([*story, KeepTogether(_sign(content))], canvasmaker=_Pages)
        return out.getvalue()


def xlsx(content: Content, url: str, code: str) -> bytes:
    """The same lines as a spreadsheet; its first row says where it is checked, the code stands below the lines."""
    with force_locale("vi"):
        columns = [
            Column(head, "code" if place == 5 else "text") for place, head in enumerate(heads(content))
        ]
        told = f"{title()} – {code} – {url} – {content.made_at} – {summary(content)}"
        picture = (qr.png(qr.symbol(url)), url)
        lines = (cells(one, content) for one in content.lines)
        return workbook(columns, lines, sheet=code[:9], title=told, picture=picture)


def title() -> str:
    return _("Report on the check of certificates")


def summary(content: Content) -> str:
    """What the pile came to, in one line."""
    papers = _(
        "%(papers)s papers: %(good)s in force, %(warn)s to look at, %(bad)s not to accept",
        papers=len(content.lines), good=content.good, warn=content.warn, bad=content.bad,
    )  # fmt: skip
    if not content.post:
        return papers
    people = _(
        "%(eligible)s eligible, %(not_yet)s not yet, %(unsure)s cannot be said",
        eligible=content.eligible, not_yet=content.not_yet, unsure=content.unsure,
    )  # fmt: skip
    return f"{papers}. {content.post} ({content.post_on}): {people}"


class _Pages(sheet.Numbered):
    """The number at the right of the foot."""

    def number(self, words: str) -> None:
        self.setFont(sheet.family(), 10)
        self.drawRightString(landscape(A4)[0] - _RIGHT, 10 * mm, words)


def _head(content: Content, url: str, code: str) -> Table:
    """On the left who checked, when and what it came to, on the right the code of the report."""
    who = _(
        "Checked by %(who)s on %(at)s, pile no. %(pile)s",
        who=content.by,
        at=content.made_at,
        pile=content.pile,
    )
    told = [
        Paragraph(f"<font size=15><b>{escape(title().upper())}</b></font>", sheet.style("told")),
        Paragraph(f"<b>{escape(_('Report no. %(code)s', code=code))}</b>", sheet.style("told")),
        Paragraph(escape(who), sheet.style("told")),
        Paragraph(f"<b>{escape(summary(content))}</b>", sheet.style("told")),
    ]
    check = escape(_("Check this report: scan the code, or open"))
    where = [sheet.Code(qr.symbol(url)), Paragraph(f"{check}<br/><b>{escape(url)}</b>", sheet.style("small"))]
    right = 96 * mm
    table = Table([[told, where]], colWidths=[_WIDTH - right, right])
    table.setStyle(
        [
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (0, 0), 0),
        ]
    )
    return table


def _table(content: Content) -> LongTable:
    share = (12, 32, 45, 20, 66, 30, 42) if content.post else (12, 36, 55, 22, 87, 36)
    widths = [one * _WIDTH / sum(share) for one in share]
    rows: list[list[Any]] = [
        [Paragraph(f"<b>{escape(one)}</b>", sheet.style("cell")) for one in heads(content)]
    ]
    for line in content.lines:
        row = [Paragraph(escape(one), sheet.style("cell")) for one in cells(line, content)]
        row[1] = Paragraph(f'<font color="{_TONES[line.tone]}"><b>{escape(cells(line, content)[1])}</b></font>', sheet.style("cell"))  # fmt: skip
        rows.append(row)
    table = LongTable(rows, colWidths=widths, repeatRows=1)
    table.setStyle(_GRID)
    return table


def _sign(content: Content) -> list[Any]:
    note = _("Statuses are those of the register at the time of the check; they may change later. A paper counts only together with its holder's identity card.")  # fmt: skip
    sign = f"<b>{escape(_('Checked by').upper())}</b><br/><i>{escape(_('(signature, full name)'))}</i><br/><br/><br/><br/>{escape(content.by)}"
    places = Table(
        [["", Paragraph(sign, sheet.style("centre", 11.5))]], colWidths=[_WIDTH * 0.6, _WIDTH * 0.4]
    )
    return [Paragraph(escape(note), sheet.style("small")), Spacer(1, 4 * mm), places]
