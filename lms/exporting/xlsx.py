"""Write a spreadsheet: typed cells, codes as text, and nothing a spreadsheet would run.

Text that begins like a formula is written as text and marked with the quote prefix (the apostrophe that
a person would type before it), so it stays text also when somebody edits the cell.
"""

from __future__ import annotations

import datetime
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

#: First signs that make a spreadsheet, or a program reading its CSV, take text for a formula.
RISKY = ("=", "+", "-", "@", "\t", "\r")
_LONGEST_CELL = 32_767
_WIDEST = 60
#: Numbers with more digits are codes (citizen ids), which a spreadsheet would round or shorten.
_LONGEST_NUMBER = 10**9


@dataclass(frozen=True)
class Column:
    """A column of an exported table. `text` and `code` are text cells; `auto` goes by each value."""

    title: str
    kind: Literal["auto", "text", "code", "number", "date", "datetime"] = "auto"
    width: int | None = None


def workbook(
    columns: Sequence[Column],
    rows: Iterable[Sequence[Any]],
    *,
    sheet: str = "Sheet1",
    title: str = "",
    picture: tuple[bytes, str] | None = None,
) -> bytes:
    """A workbook of one sheet: optional title row, header, rows; header frozen, filter on.

    `picture`: a PNG below the rows, in the size its dots an inch give, and what it shows in words.
    """
    import xlsxwriter  # noqa: PLC0415  forty modules, for those who download

    stream = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(stream, options) as book:
        page = book.add_worksheet(_sheet_name(sheet))
        writer = _Writer(book, page)
        top = 0
        if title:
            page.write_string(0, 0, title[:_LONGEST_CELL], book.add_format({"bold": True, "font_size": 13}))
            top = 2
        head = book.add_format(
            {"bold": True, "bg_color": "#E6F0EF", "border": 1, "text_wrap": True, "valign": "top"}
        )
        for place, column in enumerate(columns):
            page.write_string(top, place, str(column.title), head)
        last = top
        widths = [min(_WIDEST, max(8, len(str(column.title)) + 2)) for column in columns]
        for last, row in enumerate(rows, top + 1):
            for place, value in enumerate(row):
                kind = columns[place].kind if place < len(columns) else "auto"
                writer.write(last, place, value, kind)
                if place < len(widths):
                    widths[place] = max(widths[place], min(_WIDEST, len(_shown(value)) + 2))
        for place, column in enumerate(columns):
            page.set_column(place, place, column.width or widths[place])
        page.freeze_panes(top + 1, 0)
        if columns:
            page.autofilter(top, 0, max(last, top), len(columns) - 1)
        if picture:
            png, words = picture
            told = {"image_data": io.BytesIO(png), "description": words, "object_position": 3}
            page.insert_image(last + 2, 0, "picture.png", told)
    return stream.getvalue()


def sheet_of_cells(rows: Iterable[Sequence[Any]], *, sheet: str, widths: Sequence[int] = ()) -> bytes:
    """A workbook of one sheet from cells as they are, for answering with the sender's own table."""
    import xlsxwriter  # noqa: PLC0415  forty modules, for those who download

    stream = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(stream, options) as book:
        page = book.add_worksheet(_sheet_name(sheet))
        writer = _Writer(book, page)
        for place, row in enumerate(rows):
            for column, value in enumerate(row):
                writer.write(place, column, value, "auto")
        for column, width in enumerate(widths):
            page.set_column(column, column, width)
    return stream.getvalue()


def is_risky(text: str) -> bool:
    """Whether a spreadsheet would take this text for a formula."""
    return text.startswith(RISKY)


def csv_safe(text: str) -> str:
    """Text for a CSV cell: an apostrophe stands before what would run (`lms.importing` takes it off again)."""
    return f"'{text}" if is_risky(text.lstrip("'")) else text


class _Writer:
    """Cells of one sheet by their kind."""

    def __init__(self, book: Any, page: Any) -> None:
        self._page = page
        self._text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        self._quoted = book.add_format(
            {"num_format": "@", "text_wrap": True, "valign": "top", "quote_prefix": True}
        )
        self._date = book.add_format({"num_format": "dd/mm/yyyy", "valign": "top", "align": "left"})
        self._moment = book.add_format({"num_format": "dd/mm/yyyy hh:mm", "valign": "top", "align": "left"})
        self._time = book.add_format({"num_format": "hh:mm", "valign": "top", "align": "left"})
        self._number = book.add_format({"valign": "top"})

    def write(self, row: int, column: int, value: Any, kind: str) -> None:
        if value is None or value == "":
            return
        if kind in {"text", "code"} or isinstance(value, str):
            self._write_text(row, column, _shown(value))
        elif isinstance(value, bool):
            self._page.write_boolean(row, column, value, self._number)
        elif isinstance(value, int) and abs(value) >= _LONGEST_NUMBER:
            self._write_text(row, column, str(value))
        elif isinstance(value, int | float | Decimal):
            self._page.write_number(row, column, value, self._number)
        elif isinstance(value, datetime.datetime):
            self._page.write_datetime(row, column, value, self._moment)
        elif isinstance(value, datetime.date):
            self._page.write_datetime(row, column, value, self._date)
        elif isinstance(value, datetime.time):
            self._page.write_datetime(row, column, value, self._time)
        else:
            self._write_text(row, column, str(value))

    def _write_text(self, row: int, column: int, text: str) -> None:
        text = _printable(text)[:_LONGEST_CELL]
        self._page.write_string(row, column, text, self._quoted if is_risky(text) else self._text)


def _shown(value: Any) -> str:
    if isinstance(value, datetime.datetime):
        return value.strftime("%d/%m/%Y %H:%M")
    if isinstance(value, datetime.date):
        return value.strftime("%d/%m/%Y")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)


def _printable(text: str) -> str:
    """Without the control characters that XML forbids, else the whole workbook would not open."""
    return "".join(c for c in text if c in "\t\n" or (c >= " " and c not in "\ufffe\uffff" and not "\ud800" <= c <= "\udfff"))  # fmt: skip


def _sheet_name(name: str) -> str:
    return "".join(c for c in name if c not in "[]:*?/\\'")[:31] or "Sheet1"
