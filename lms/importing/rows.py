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
    last = _last_data(grid, header, primary, number)
    rows: list[Row] = []
    section = ""
    for place, cells in enumerate(grid.rows):
        kind = _kind(grid, header, place, last, primary, number)
        words = " · ".join(t for t in (text(cell) for cell in cells) if t)
        if kind is Kind.SECTION:
            section = words
        data = {key: header.value(cells, key) for key in header.columns} if kind is Kind.DATA else {}
        rows.append(
            Row(
                place + 1,
                kind,
                data,
                section if kind is Kind.DATA else "",
                "" if kind is Kind.DATA else words,
            )
        )
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


def data(rows: Iterable[Row]) -> list[Row]:
    """The data rows alone."""
    return [row for row in rows if row.kind is Kind.DATA]


def _kind(
    grid: Grid, header: Header, place: int, last: int, primary: Sequence[str], number: str | None
) -> Kind:
    cells = grid.rows[place]
    filled = _filled(cells)
    if not filled:
        return Kind.BLANK
    if place > header.last and len(filled) == 1 and _numbered(header, cells, number):
        return Kind.BLANK  # a line numbered in advance and left empty
    if place < header.first:
        return Kind.TITLE
    if place <= header.last or _repeats_header(cells, header):
        return Kind.HEADER
    if place > last:
        return Kind.FOOTER
    return Kind.SECTION if _is_section(grid, header, place, primary) else Kind.DATA


def _filled(cells: Sequence[Cell]) -> list[int]:
    return [place for place, cell in enumerate(cells) if text(cell)]


def _repeats_header(cells: Sequence[Cell], header: Header) -> bool:
    """Whether a row is the header again, as printed lists repeat it on every page."""
    filled = _filled(cells)
    same = [p for p in filled if p in header.labels and fold_words(text(cells[p])) and fold_words(text(cells[p])) in fold_words(header.labels[p])]  # fmt: skip
    return len(filled) >= 3 and len(same) == len(filled)


def _is_section(grid: Grid, header: Header, place: int, primary: Sequence[str]) -> bool:
    """A single text across the row, numbered, merged, or outside the columns that make a row data."""
    filled = _filled(grid.rows[place])
    if len(filled) > 2 or (len(filled) == 2 and not _numbered_section(grid, place, filled)):
        return False
    if len(filled) == 2:
        return True
    words = text(grid.rows[place][filled[0]])
    merged = any(top == place and right - left >= 2 for top, left, _bottom, right in grid.merged)
    in_primary = filled[0] in {header.columns.get(key) for key in primary}
    return merged or bool(_SECTION.match(words)) or not in_primary


def _numbered_section(grid: Grid, place: int, filled: list[int]) -> bool:
    """ "II" in one cell and "Khối xã, thị trấn" in the next."""
    mark = text(grid.rows[place][filled[0]])
    return bool(re.fullmatch(r"[IVXLC]+\.?|[A-Z]\.?", mark)) and filled[1] == filled[0] + 1


def _last_data(grid: Grid, header: Header, primary: Sequence[str], number: str | None) -> int:
    """The last row of the table proper; what follows is the footer with its signature block."""
    last = header.last
    footer_from: int | None = None
    for place in range(header.last + 1, len(grid.rows)):
        cells = grid.rows[place]
        filled = _filled(cells)
        if not filled or _repeats_header(cells, header):
            continue
        if _numbered(header, cells, number) and len(filled) >= 2:
            last, footer_from = place, None
        elif any(_FOOTER.match(fold_words(text(cells[p]))) for p in filled):
            footer_from = place if footer_from is None else footer_from
        elif footer_from is None and _is_data(header, cells, primary, filled, gap=place - last > 1):
            last = place
    return last


def _numbered(header: Header, cells: Sequence[Cell], number: str | None) -> bool:
    return number is not None and text(header.value(cells, number)).rstrip(".").isdigit()


def _is_data(
    header: Header, cells: Sequence[Cell], primary: Sequence[str], filled: list[int], *, gap: bool
) -> bool:
    has_primary = any(text(header.value(cells, key)) for key in primary)
    return has_primary and (len(filled) >= 2 or not gap)
