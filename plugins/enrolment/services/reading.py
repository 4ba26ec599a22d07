"""Read an agency's list: each data row as typed values with repairs and problems, and what the file says of itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask_babel import gettext as _

from courses.models import Klass
from lms.importing import values
from lms.importing.preview import Problem
from lms.importing.rows import Kind, Row
from lms.importing.sheets import Grid
from lms.importing.values import BirthDate
from lms.text import clean_line, fold_words

_DECISION = re.compile(
    r"(?:quyết định|công văn|tờ trình|qđ)\s+số[:\s]*([\w\-/.]{2,40})\s*,?\s*ngày\s+(\d{1,2})\s*(?:/|tháng|-|\.)\s*(\d{1,2})\s*(?:/|năm|-|\.)\s*(\d{4})",
    re.IGNORECASE,
)
_COUNT = re.compile(r"danh sach (?:nay )?(?:gom|co)(?: co)? (\d+)")


@dataclass
class Entry:
    """One data row as it was read: typed values, repairs, problems, and who it turned out to be."""

    row: Row
    name: str = ""
    birth: BirthDate | None = None
    gender: str | None = None
    cccd: str | None = None
    code: str | None = None
    position: str = ""
    unit: str = ""
    remark: str = ""
    notes: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    fixes: Mapping[str, str] = field(default_factory=dict)


def read_row(row: Row, fixes: Mapping[str, str]) -> Entry:
    """One data row with its corrections, cell by cell."""
    entry = Entry(row, fixes=fixes)
    cells = row.cells
    entry.name = _take(entry, "name", values.name(fixes.get("name") or cells.get("name"))) or ""
    entry.birth = _birth(entry)
    entry.cccd = _take(entry, "cccd", values.cccd(typed(entry, "cccd")))
    entry.code = _take(entry, "code", values.staff_code(typed(entry, "code")))
    entry.position = values.text(cells.get("position"))[:200]
    entry.unit = clean_line(fixes.get("unit") or values.text(cells.get("unit")))[:200]
    planning, remark = values.text(cells.get("planning")), values.text(cells.get("remark"))
    if planning:
        planning = _("in succession planning") if planning.lower() in {"x", "có"} else planning
    entry.remark = "; ".join(part for part in (planning, remark) if part)[:400]
    return entry


def typed(entry: Entry, key: str) -> Any:
    """The corrected text, else the cell; a single dash typed as correction empties the cell."""
    fixed = entry.fixes.get(key)
    if fixed:
        return None if fixed == "-" else fixed
    return entry.row.cells.get(key)


def _take(entry: Entry, column: str, read: values.Read[Any]) -> Any:
    entry.notes += read.notes
    if read.problem:
        entry.problems.append(Problem(column, read.problem))
    return read.value


def _birth(entry: Entry) -> BirthDate | None:
    """The birth date, and the gender when the list has a column for each."""
    cells, fixed = entry.row.cells, entry.fixes.get("birth")
    for_men, for_women = cells.get("birth_male"), cells.get("birth_female")
    if values.text(for_men) and values.text(for_women):
        entry.problems.append(Problem("birth", _("Both birth-date columns, men's and women's, are filled.")))
        return None
    entry.gender = "M" if values.text(for_men) else "F" if values.text(for_women) else None
    if entry.gender is None:
        entry.gender = _take(entry, "gender", values.gender(cells.get("gender")))
    written = fixed or (for_men if entry.gender == "M" else for_women) or cells.get("birth")
    read: BirthDate | None = _take(entry, "birth", values.birth_date(written))
    return read


# --- about the file ----------------------------------------------------------------------------


def decision(body: list[Row]) -> tuple[str, date | None]:
    """The sending decision named above or below the table (quyết định cử đi học)."""
    for row in body:
        found = _DECISION.search(row.text) if row.kind in {Kind.TITLE, Kind.FOOTER} else None
        if found:
            read = values.plain_date(f"{found[2]}/{found[3]}/{found[4]}")
            return found[1].rstrip("."), read.value
    return "", None


def about_the_file(
    grid: Grid, body: list[Row], klass: Klass, count: int, number: str, on: date | None
) -> list[str]:
    """Sentences about the file as a whole: its decision, what was not read, what does not fit."""
    notes = []
    if number and on:
        notes.append(
            _("Sending decision: no. %(number)s of %(date)s.", number=number, date=on.strftime("%d/%m/%Y"))
        )
    if grid.encoding not in {"", "UTF-8", "UTF-16"}:
        notes.append(
            _(
                "The file was read as %(encoding)s; check a few names with tones below.",
                encoding=grid.encoding,
            )
        )
    if grid.other_sheets:
        notes.append(_("Only the sheet “%(sheet)s” was read; not read: %(others)s.",
                       sheet=grid.name, others=", ".join(grid.other_sheets)))  # fmt: skip
    stated = next((int(m[1]) for row in body if (m := _COUNT.search(fold_words(row.text)))), None)
    if stated is not None and stated != count:
        notes.append(
            _("The list says it has %(stated)d people; %(read)d rows were read.", stated=stated, read=count)
        )
    title = next(
        (found for row in body if row.kind is Kind.TITLE and (found := _names_a_class(row.text))), ""
    )
    known = [fold_words(name) for name in (klass.title, klass.programme.title, klass.code)]
    if title and not any(name in title or title in name for name in known):
        notes.append(_("The title of the list names another class than “%(klass)s”. Check that you chose the right one.",
                       klass=klass.title))  # fmt: skip
    return notes


def _names_a_class(title: str) -> str:
    """What follows "lớp" in a title of the list, folded; empty when it names no class."""
    words = fold_words(title).split()
    return " ".join(words[words.index("lop") + 1 :]) if "lop" in words else ""
