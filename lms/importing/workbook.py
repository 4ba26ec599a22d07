"""Read one workbook from standard input and print its cells as JSON; run as a program of its own.

A hostile workbook can ask for terabytes (one cell in the last row and column is enough) or crash a
parser. In a process with a memory and a time limit it takes only that process with it.
`lms.importing.sheets` starts it; it imports nothing of the platform.
"""

from __future__ import annotations

import contextlib
import datetime
import io
import json
import sys
from typing import Any

MEMORY = 1536 * 1024 * 1024
SECONDS = 20
WIDEST = 200


def encode(cell: Any) -> Any:
    """A cell as JSON: text, numbers and truth values as they are, dates and times as one-key objects."""
    if isinstance(cell, datetime.datetime):
        if cell.time() == datetime.time(0):
            return {"d": cell.date().isoformat()}
        return {"t": cell.isoformat()}
    if isinstance(cell, datetime.date):
        return {"d": cell.isoformat()}
    if isinstance(cell, datetime.time):
        return {"h": cell.isoformat()}
    if isinstance(cell, datetime.timedelta):
        return {"s": int(cell.total_seconds())}
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 2**53:
        return int(cell)
    return None if cell == "" else cell


def read(data: bytes, most_rows: int) -> dict[str, Any]:
    """The first visible sheet with anything in it, the names of the others, or ``{"error": code}``."""
    from python_calamine import (  # noqa: PLC0415  after the limits are set
        CalamineError,
        CalamineWorkbook,
        PasswordError,
        SheetTypeEnum,
        SheetVisibleEnum,
    )

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        chosen: dict[str, Any] | None = None
        others: list[str] = []
        for place, about in enumerate(book.sheets_metadata):
            if about.typ != SheetTypeEnum.WorkSheet:
                continue
            sheet = book.get_sheet_by_index(place)
            if not sheet.height or sheet.end is None:
                continue
            if chosen is not None or about.visible != SheetVisibleEnum.Visible:
                others.append(about.name)
                continue
            height, width = sheet.end[0] + 1, sheet.end[1] + 1
            if height > most_rows:
                return {"error": "rows", "rows": height}
            if width > WIDEST:
                return {"error": "columns", "columns": width}
            rows = [[encode(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)]
            chosen = {"name": about.name, "rows": rows, "merged": sheet.merged_cell_ranges or []}
    except PasswordError:
        return {"error": "password"}
    except CalamineError as problem:
        return {"error": "broken", "detail": str(problem)[:200]}
    return {**chosen, "others": others} if chosen else {"error": "empty"}


def main() -> None:
    """Set the limits, read, print."""
    with contextlib.suppress(ImportError):  # not on Windows
        import resource  # noqa: PLC0415

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    answer = read(sys.stdin.buffer.read(), int(sys.argv[1]))
    json.dump(answer, sys.stdout, ensure_ascii=True)


if __name__ == "__main__":
    main()
