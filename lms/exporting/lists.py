"""Export of a declared list: the columns of its kind, the rows on screen, in the reader's scope."""

from __future__ import annotations

from typing import Any

from werkzeug.datastructures import MultiDict

from lms.access.models import User
from lms.errors import NotFound
from lms.exporting import text, xlsx
from lms.importing.columns import ListColumn
from lms.importing.kinds import ListKind
from lms.people.privacy import views

TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",  # the letters are added where it is sent
}


def export(
    kind: ListKind,
    ending: str,
    *,
    user: User,
    arguments: MultiDict[str, str],
    target: Any = None,
    full: bool = False,
) -> bytes:
    """The list as a file. `full` writes whole citizen ids, on record. Raises NotFound for another ending."""
    if ending not in TYPES:
        raise NotFound()
    columns = _written(kind)
    rows, officials = [], []
    for record in kind.export(user, arguments, target):
        rows.append([one.cell(record, full=full) for one in columns])
        if full and (official := kind.official_of(record)):
            officials.append(official)
    if full:
        views.note_export(
            user,
            kind=kind.key,
            title=str(kind.title),
            arguments=arguments,
            rows=len(rows),
            officials=officials,
        )
    return table(kind, ending, rows)


def _written(kind: ListKind) -> list[ListColumn]:
    return [one for one in kind.columns() if not one.alternative]


def table(kind: ListKind, ending: str, rows: list[list[Any]]) -> bytes:
    """Rows under the columns of a kind; no rows make an empty form to fill in."""
    columns = _written(kind)
    if ending == "csv":
        return text.table([one.title for one in columns], rows)
    head = [xlsx.Column(str(one.title), one.written_as) for one in columns]
    return xlsx.workbook(head, rows, sheet=str(kind.title))
