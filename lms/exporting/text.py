"""Write a table as text: UTF-8 with a mark and semicolons, as a spreadsheet in Vietnam opens it by itself."""

from __future__ import annotations

import csv
import datetime
import io
from collections.abc import Iterable, Sequence
from typing import Any

from lms.exporting.xlsx import csv_safe


def table(titles: Sequence[Any], rows: Iterable[Sequence[Any]]) -> bytes:
    """The table as bytes; text that a spreadsheet would run has an apostrophe before it."""
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=";", lineterminator="\r\n")
    writer.writerow([csv_safe(str(title)) for title in titles])
    for row in rows:
        writer.writerow([_cell(value) for value in row])
    return b"\xef\xbb\xbf" + stream.getvalue().encode()


def _cell(value: Any) -> Any:
    if isinstance(value, datetime.datetime):
        return value.strftime("%d/%m/%Y %H:%M")
    if isinstance(value, datetime.date):
        return value.strftime("%d/%m/%Y")
    if isinstance(value, datetime.time):
        return value.strftime("%H:%M")
    if value is None:
        return ""
    return csv_safe(value) if isinstance(value, str) else value
