"""Pairs old → new from a list: codes or names of organisations, one pair a row."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _

from lms.access.models import User
from lms.db import atomic
from lms.errors import Invalid
from lms.importing import headers, rows, sheets, values
from lms.people.models import Organisation
from lms.people.successors import services
from lms.people.successors.models import Reorganisation
from lms.text import fold


@dataclass(frozen=True)
class ReadPair:
    """One row of the list, understood."""

    old: Organisation
    new: Organisation
    share: int | None


def columns() -> tuple[headers.Column, ...]:
    """What such a list may contain; titles in the reader's language."""
    return (
        headers.Column("old", _("Old organisation"), ("Đơn vị cũ", "Tên cũ", "Mã cũ", "Cơ quan cũ", "Old"), required=True),
        headers.Column("new", _("New organisation"), ("Đơn vị mới", "Tên mới", "Mã mới", "Cơ quan mới", "New"), required=True),
        headers.Column("share", _("Share (%)"), ("Tỷ lệ", "Tỷ lệ %", "Phần", "Share")),
    )  # fmt: skip


@atomic
def add_list(made: Reorganisation, data: bytes, filename: str, *, by: User | None) -> int:
    """Add every pair of an uploaded list, all or none; returns how many.

    Raises Invalid naming each row that cannot be used.
    """
    pairs, problems = read(data, filename)
    if problems:
        raise Invalid(fields={"file": " ".join(problems[:8])}, rows=len(problems))
    for pair in pairs:
        services.add_pair(made, pair.old, pair.new, share=pair.share, by=by)
    return len(pairs)


def read(data: bytes, filename: str) -> tuple[list[ReadPair], list[str]]:
    """The pairs of a list, and a sentence for each row that cannot be used. Raises Invalid for a file without a table."""
    grid = sheets.read(data, filename)
    header = headers.find(grid, columns())
    known = _known()
    pairs, problems = [], []
    for row in rows.data(rows.body(grid, header, primary=("old",))):
        words = {side: values.text(row.cells.get(side)) for side in ("old", "new")}
        found = {side: known.get(fold(written)) for side, written in words.items()}
        missing = next((words[side] for side in words if found[side] is None), None)
        share = values.whole_number(row.cells.get("share"), least=1, most=100)
        old, new = found["old"], found["new"]
        if old is None or new is None:
            problems.append(
                _("Row %(row)d: there is no organisation “%(name)s”.", row=row.number, name=missing)
            )
        elif share.problem:
            problems.append(_("Row %(row)d: %(problem)s", row=row.number, problem=share.problem))
        else:
            pairs.append(ReadPair(old, new, None if share.value in (None, 100) else share.value))
    return pairs, problems


def _known() -> dict[str, Organisation | None]:
    """Organisations by folded code and name; a name that two carry stands for none."""
    known: dict[str, Organisation | None] = {}
    for one in Organisation.select():
        name = str(one.name_folded)
        known[name] = None if name in known else one
    for one in Organisation.select():
        known[fold(str(one.code))] = one
    return known
