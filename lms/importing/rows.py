"""Say what every physical row of a list is: title, header, section, data, footer or blank.

Nothing is dropped in silence: whatever is not data is handed on with the reason, and section titles
("II. Khối xã, thị trấn") stay with the rows under them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from lms.importing.headers import Header
from lms.importing.sheets import Cell, Grid
from lms.importing.values import text
from lms.text import fold_words


class Kind(StrEnum):
    """What a physical row is."""

    TITLE = "title"
    HEADER = "header"
    SECTION = "section"
    DATA = "data"
    FOOTER = "footer"
    BLANK = "blank"


@dataclass(frozen=True)
class Row:
    """One physical row; `number` is what a spreadsheet shows beside it (from 1)."""

    number: int
    kind: Kind
    #: Cells by column key, for data rows.
    cells: dict[str, Cell]
    #: Section the row stands under, as written.
    section: str
    #: The row's text, for rows that are not data.
    text: str


_FOOTER = re.compile(
    r"^(danh sach (gom|nay|tren|co)\b|an dinh|tong cong|tong so|cong:?$|tong$|noi nhan|nguoi lap|lap bang|lap bieu"
    r"|thu truong|chu tich$|pho chu tich$|giam doc$|pho giam doc$|truong phong$|pho truong phong$|chanh van phong"
    r"|hieu truong$|bi thu$|ky ten|xac nhan|ghi chu|kt chu tich|kt giam doc|tm ubnd|tm uy ban|tl chu tich"
    r"|\w+ ngay \d* ?thang \d* ?nam( \d+)?$|ngay \d+ thang \d+ nam \d+$)"
)
_SECTION = re.compile(r"^\s*([IVXLC]+|[A-Z]|\d{1,2}(\.\d{1,2})*)\s*[.)/\-–:]\s*\S")


def body(grid: Grid, header: Header, *, primary: Sequence[str], number: str | None = None) -> list[Row]:
    """Every row of the grid, in order, each with its kind.

    `primary` are the keys of the columns without which a row is no data (a name, a topic);
    `number` is the key of the running-number column when the list has one.
    """
    table = _Table(grid, header, primary, number)
    last = table.last_data()
    rows: list[Row] = []
    section = ""
    for place, cells in enumerate(grid.rows):
        kind = table.kind(place, last)
        if kind is Kind.DATA:
            data = {key: header.value(cells, key) for key in header.columns}
            rows.append(Row(place + 1, kind, data, section, ""))
            continue
        words = " · ".join(filter(None, table.texts[place]))
        section = words if kind is Kind.SECTION else section
        rows.append(Row(place + 1, kind, {}, "", words))
    return rows


def carry_down(rows: Iterable[Row], keys: Sequence[str]) -> list[Row]:
    """Data rows with blank cells of these columns filled from the row above.

    Timetables write week, day and date once for several lines. A value in a column clears what was
    carried in the columns named after it, so a new day does not keep the old day's date.
    """
    carried: dict[str, Cell] = {}
    filled: list[Row] = []
    for row in rows:
        if row.kind is not Kind.DATA:
            filled.append(row)
            continue
        for place, key in enumerate(keys):
            if text(row.cells.get(key)):
                carried = {k: v for k, v in carried.items() if k not in keys[place:]}
                carried[key] = row.cells[key]
        filled.append(replace(row, cells={**row.cells, **carried}))
    return filled


def fill_merged(grid: Grid, header: Header) -> Grid:
    """The grid with cells merged downwards holding for every line they cover."""
    filled = [list(row) for row in grid.rows]
    for top, left, bottom, right in grid.merged:
        if top > header.last and bottom > top and left == right:
            for place in range(top + 1, min(bottom, len(filled) - 1) + 1):
                filled[place][left] = filled[top][left]
    return replace(grid, rows=tuple(tuple(row) for row in filled))


def data(rows: Iterable[Row]) -> list[Row]:
    """The data rows alone."""
    return [row for row in rows if row.kind is Kind.DATA]


class _Table:
    """The grid with the text of every cell, and what can be said about one of its rows."""

    def __init__(self, grid: Grid, header: Header, primary: Sequence[str], number: str | None) -> None:
        self.header = header
        self.texts = [[text(cell) for cell in row] for row in grid.rows]
        self.filled = [[place for place, words in enumerate(row) if words] for row in self.texts]
        self._labels = {place: fold_words(label) for place, label in header.labels.items()}
        self._primary = [header.columns[key] for key in primary if key in header.columns]
        self._number = header.columns.get(number) if number else None
        self._wide = {top for top, left, _bottom, right in grid.merged if right - left >= 2}

    def kind(self, row: int, last: int) -> Kind:
        filled = self.filled[row]
        if not filled:
            return Kind.BLANK
        if row > self.header.last and len(filled) == 1 and self._is_numbered(row):
            return Kind.BLANK  # a line numbered in advance and left empty
        if row < self.header.first:
            return Kind.TITLE
        if row <= self.header.last or self._repeats_header(row):
            return Kind.HEADER
        if row > last:
            return Kind.FOOTER
        return Kind.SECTION if self._is_section(row) else Kind.DATA

    def last_data(self) -> int:
        """The last row of the table proper; what follows is the footer with its signature block."""
        last = self.header.last
        footer_from: int | None = None
        for row in range(self.header.last + 1, len(self.texts)):
            filled = self.filled[row]
            if not filled:
                continue
            if len(filled) >= 2 and self._is_numbered(row):
                last, footer_from = row, None
            elif self._repeats_header(row):
                continue
            elif any(_FOOTER.match(fold_words(self.texts[row][place])) for place in filled):
                footer_from = row if footer_from is None else footer_from
            elif footer_from is None and self._is_data(row, gap=row - last > 1):
                last = row
        return last

    def _is_numbered(self, row: int) -> bool:
        return self._number is not None and self.texts[row][self._number].rstrip(".").isdigit()

    def _is_data(self, row: int, *, gap: bool) -> bool:
        has_primary = any(self.texts[row][place] for place in self._primary)
        return has_primary and (len(self.filled[row]) >= 2 or not gap)

    def _repeats_header(self, row: int) -> bool:
        """Whether a row is the header again, as printed lists repeat it on every page."""
        filled = self.filled[row]
        if len(filled) < 3:
            return False
        return all(self._is_label(place, self.texts[row][place]) for place in filled)

    def _is_label(self, place: int, words: str) -> bool:
        folded = fold_words(words) if place in self._labels else ""
        return bool(folded) and folded in self._labels[place]

    def _is_section(self, row: int) -> bool:
        """A single text across the row, numbered, merged, or outside the columns that make a row data."""
        filled = self.filled[row]
        if len(filled) == 2:
            mark = self.texts[row][filled[0]]  # "II" in one cell and "Khối xã, thị trấn" in the next
            return bool(re.fullmatch(r"[IVXLC]+\.?|[A-Z]\.?", mark)) and filled[1] == filled[0] + 1
        if len(filled) > 2:
            return False
        words = self.texts[row][filled[0]]
        return row in self._wide or bool(_SECTION.match(words)) or filled[0] not in self._primary
