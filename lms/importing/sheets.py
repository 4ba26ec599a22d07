"""From a file or pasted text to a grid of cells, or a sentence why not.

Reads XLSX, XLSM, XLSB, XLS and ODS (calamine, in a fenced process) and CSV or pasted text with
commas, semicolons, tabs or bars (`lms.importing.decoding` turns its bytes into text).
"""

from __future__ import annotations

import csv
import datetime
import io
import json
import re
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from lms.errors import Invalid
from lms.importing import legacy, workbook
from lms.importing.decoding import decode, utf16
from lms.text import nfc

#: Largest file in bytes, largest size of a workbook once unpacked, most rows and columns of one import.
MOST_BYTES = 5 * 1024 * 1024
MOST_UNPACKED = 200 * 1024 * 1024
MOST_ROWS = 10_000
#: Lines allowed besides: titles, headers, section titles, the signature block.
SPARE_ROWS = 200
MOST_COLUMNS = workbook.WIDEST

Cell = str | int | float | bool | datetime.date | datetime.datetime | datetime.time | None


@dataclass(frozen=True)
class Grid:
    """A rectangle of cells as the file has them; row 0 is the row a spreadsheet shows as 1."""

    rows: tuple[tuple[Cell, ...], ...]
    #: Merged areas: (first row, first column, last row, last column), counted from 0.
    merged: tuple[tuple[int, int, int, int], ...] = ()
    name: str = ""
    filename: str = ""
    #: Encoding a text file was read with; empty for workbooks.
    encoding: str = ""
    #: Sheets of the workbook that were not read.
    other_sheets: tuple[str, ...] = field(default=())

    @property
    def width(self) -> int:
        return max((len(row) for row in self.rows), default=0)

    def cell(self, row: int, column: int) -> Cell:
        """The cell, or None outside the grid."""
        return (
            self.rows[row][column]
            if 0 <= row < len(self.rows) and 0 <= column < len(self.rows[row])
            else None
        )

    def to_json(self) -> str:
        """The grid as text, to be kept; `from_json` gives the same grid back."""
        return json.dumps(
            {
                "rows": [[workbook.encode(cell) for cell in row] for row in self.rows],
                "merged": self.merged,
                "name": self.name,
                "filename": self.filename,
                "encoding": self.encoding,
                "others": self.other_sheets,
            },
            ensure_ascii=False,
            separators=(",", ":"),
        )

    @classmethod
    def from_json(cls, text: str) -> Grid:
        """The grid that `to_json` wrote."""
        kept = json.loads(text)
        return _grid(kept, filename=kept["filename"], encoding=kept["encoding"])


def read(data: bytes, filename: str, *, encoding: str = "") -> Grid:
    """Read an uploaded file. Raises Invalid with a sentence about what to do instead.

    The kind of file is taken from its first bytes; the name only helps the sentences. `encoding` is one of
    `decoding.ENCODINGS` chosen by a person, else the encoding is detected.
    """
    if not data:
        raise Invalid(_("The file is empty. Choose the file again."))
    if len(data) > MOST_BYTES:
        raise Invalid(
            _("The file has %(size)s MB; at most %(most)s MB can be read. Remove pictures or split it.",
              size=-(-len(data) // 1048576), most=MOST_BYTES // 1048576)
        )  # fmt: skip
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        _check_package(data)
        return _from_old_font(_read_workbook(data, filename), encoding)
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _from_old_font(_read_workbook(data, filename), encoding)
    _refuse_other_kinds(data)
    text, found = decode(data, encoding)
    return _from_text(text, filename=filename, encoding=found)


def _from_old_font(grid: Grid, encoding: str) -> Grid:
    """A workbook whose cells were typed with a TCVN3 or VNI font, as Unicode; others as they are."""
    if encoding:
        found = encoding if encoding in legacy.NAMES else legacy.UNICODE
    else:
        found = legacy.detect(cell for row in grid.rows[:400] for cell in row if isinstance(cell, str))
    if not found:
        return grid
    rows = tuple(
        tuple(nfc(legacy.convert(cell, found)) if isinstance(cell, str) else cell for cell in row)
        for row in grid.rows
    )
    return replace(grid, rows=rows, encoding=found)


def read_text(text: str) -> Grid:
    """Read cells pasted from a spreadsheet or typed with tabs, semicolons or commas between them."""
    if not text.strip():
        raise Invalid(
            _("Nothing was pasted. Copy the cells in the spreadsheet, header included, and paste them here.")
        )
    if len(text.encode("utf-8", "surrogatepass")) > MOST_BYTES:
        raise Invalid(_("Too much text was pasted. Upload the file instead."))
    return _from_text(text.encode("utf-8", "replace").decode(), filename="", encoding="")


# --- workbooks ---------------------------------------------------------------------------------


def _check_package(data: bytes) -> None:
    """Refuse zip bombs, documents that are no tables, and archives."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            parts = package.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as problem:
        raise Invalid(_broken()) from problem
    names = {part.filename for part in parts}
    if sum(part.file_size for part in parts) > MOST_UNPACKED or len(parts) > 5000:
        raise Invalid(_("The file unpacks to far more than a list needs, so it was not opened. Copy the list into a new workbook and send that."))  # fmt: skip
    if any(name.startswith("word/") for name in names):
        raise Invalid(
            _("This is a text document, not a spreadsheet. Copy the table into Excel and save it as .xlsx.")
        )
    if not any(name.startswith("xl/") for name in names) and "content.xml" not in names:
        raise Invalid(_("This is an archive, not a spreadsheet. Unpack it and choose the .xlsx file inside."))


def _read_workbook(data: bytes, filename: str) -> Grid:
    command = [sys.executable, "-I", str(Path(workbook.__file__)), str(MOST_ROWS + SPARE_ROWS)]
    try:
        done = subprocess.run(
            command, input=data, capture_output=True, timeout=workbook.SECONDS + 10, check=False
        )
    except subprocess.TimeoutExpired as problem:
        raise Invalid(_broken()) from problem
    if done.returncode != 0:
        raise Invalid(_broken())
    answer = json.loads(done.stdout)
    _refuse(answer)
    return _grid(answer, filename=filename, encoding="")


def _refuse(answer: dict[str, Any]) -> None:
    match answer.get("error"):
        case None:
            return
        case "password":
            raise Invalid(_("The workbook is protected by a password. Remove the password in Excel (File › Info) and send it again."))  # fmt: skip
        case "empty":
            raise Invalid(_("No sheet of the workbook has anything in it."))
        case "rows":
            raise Invalid(_too_many_rows(answer["rows"]))
        case "columns":
            raise Invalid(_too_many_columns(answer["columns"]))
        case _:
            raise Invalid(_broken())


def _grid(kept: dict[str, Any], *, filename: str, encoding: str) -> Grid:
    return Grid(
        rows=tuple(tuple(_decode_cell(cell) for cell in row) for row in kept["rows"]),
        merged=tuple(_merged(area) for area in kept["merged"]),
        name=kept["name"],
        filename=filename,
        encoding=encoding,
        other_sheets=tuple(kept.get("others", ())),
    )


def _merged(area: Sequence[Any]) -> tuple[int, int, int, int]:
    if len(area) == 2:
        (top, left), (bottom, right) = area
        return top, left, bottom, right
    top, left, bottom, right = area
    return top, left, bottom, right


def _decode_cell(cell: Any) -> Cell:
    if not isinstance(cell, dict):
        return cell  # type: ignore[no-any-return]
    ((kind, value),) = cell.items()
    if kind == "d":
        return datetime.date.fromisoformat(value)
    if kind == "t":
        return datetime.datetime.fromisoformat(value)
    if kind == "h":
        return datetime.time.fromisoformat(value)
    if 0 <= value < 86400:
        return (datetime.datetime.min + datetime.timedelta(seconds=value)).time()
    return float(value) / 86400


# --- text files --------------------------------------------------------------------------------


def _refuse_other_kinds(data: bytes) -> None:
    start = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"%PDF"):
        raise Invalid(_("This is a PDF. Send the spreadsheet it was made from."))
    if start.startswith((b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF")):
        raise Invalid(_("This is a picture. Send the spreadsheet itself."))
    if start[:1] == b"<":
        raise Invalid(
            _("This is a web page saved under another name. Open it in Excel and save it as .xlsx.")
        )
    if start.startswith((b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")):
        raise Invalid(_("This is an archive, not a spreadsheet. Unpack it and choose the .xlsx file inside."))
    if b"\x00" in data and not data.startswith((b"\xff\xfe", b"\xfe\xff")) and utf16(data) is None:
        raise Invalid(_broken())


def _from_text(text: str, *, filename: str, encoding: str) -> Grid:
    lines = text.lstrip("\ufeff").splitlines()
    if lines and lines[0].lower().startswith("sep=") and len(lines[0]) == 5:
        lines = lines[1:]
    body = "\n".join(lines)
    if not body.strip():
        raise Invalid(_("The file is empty. Choose the file again."))
    try:
        # doublequote only: a lone quotation mark inside a cell is text, as people type it.
        rows = [
            tuple(_unprotect(cell) for cell in row)
            for row in csv.reader(io.StringIO(body), delimiter=_delimiter(lines))
        ]
    except csv.Error as problem:
        raise Invalid(_broken()) from problem
    while rows and not any(rows[-1]):
        rows.pop()
    if not rows:
        raise Invalid(_("The file is empty. Choose the file again."))
    if len(rows) > MOST_ROWS + SPARE_ROWS:
        raise Invalid(_too_many_rows(len(rows)))
    widest = max((len(row) for row in rows), default=0)
    if widest > MOST_COLUMNS:
        raise Invalid(_too_many_columns(widest))
    return Grid(
        rows=tuple(row + (None,) * (widest - len(row)) for row in rows), filename=filename, encoding=encoding
    )


def _unprotect(cell: str) -> str | None:
    """A cell without the apostrophe that exports put before = + - @ so that no program runs it."""
    if cell.startswith("'") and cell.lstrip("'").startswith(("=", "+", "-", "@", "\t", "\r")):
        cell = cell[1:]
    return cell or None


_QUOTED = re.compile(r'"[^"]*"')


def _delimiter(lines: list[str]) -> str:
    """The sign that splits most of the first lines into the same number of cells, at least two."""
    best, best_score = ",", 0
    bare = [_QUOTED.sub("", line) for line in lines[:60]]
    for sign in "\t;,|":
        widths = Counter(line.count(sign) for line in bare if sign in line)
        if widths:
            width, times = widths.most_common(1)[0]
            score = times * 100 + min(width, 50)
            if score > best_score:
                best, best_score = sign, score
    return best


# --- sentences ---------------------------------------------------------------------------------


def _broken() -> str:
    return str(_("The file cannot be opened: it is damaged or not a spreadsheet. Open it in Excel and save it again as .xlsx."))  # fmt: skip


def _too_many_rows(rows: int) -> str:
    return str(ngettext("The list has %(num)d row; at most %(most)d can be read at once. Split the file.",
                        "The list has %(num)d rows; at most %(most)d can be read at once. Split the file.",
                        rows, most=MOST_ROWS))  # fmt: skip


def _too_many_columns(columns: int) -> str:
    return str(_("The list has %(columns)d columns; at most %(most)d can be read. Delete the unused columns.",
                 columns=columns, most=MOST_COLUMNS))  # fmt: skip
