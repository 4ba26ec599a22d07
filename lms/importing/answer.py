"""The result file: the sender's own table with two more columns, ready to be corrected and sent again."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from lms.exporting import xlsx
from lms.importing.preview import STATUS_NAMES, Preview, Result
from lms.importing.sheets import Grid


def workbook(grid: Grid, preview: Preview, result: Result | None) -> bytes:
    """The table as it was sent, with "Result" and "Reason" after its last column.

    Before applying (`result` None) the columns say how each row was judged.
    """
    outcomes = {outcome.number: outcome for outcome in result.outcomes} if result else {}
    judged = {row.number: row for row in preview.rows}
    header_row = preview.facts.get("header_row", 0)
    rows: list[list[Any]] = []
    for number, cells in enumerate(grid.rows, 1):
        row = judged.get(number)
        outcome = outcomes.get(number)
        extra: list[Any] = [None, None]
        if number == header_row:
            extra = [_("Result"), _("Reason")]
        elif row is not None and row.facts.get("kind") not in {"title", "header", "blank"}:
            status = outcome.status if outcome else row.status
            sentences = [
                outcome.sentence if outcome else row.reason,
                *(p.sentence for p in row.problems),
                *row.notes,
            ]
            extra = [str(STATUS_NAMES[status]), " ".join(dict.fromkeys(s for s in sentences if s))]
        rows.append([*cells, *([None] * (grid.width - len(cells))), *extra])
    return xlsx.sheet_of_cells(rows, sheet=grid.name or "Sheet1", widths=[14] * grid.width + [16, 60])
