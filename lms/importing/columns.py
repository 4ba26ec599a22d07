"""One column of a kind of list: how agencies label it, how its cells are read, what is on record for it."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from flask_babel import force_locale
from flask_babel import gettext as _

from lms.importing import headers, values
from lms.importing.preview import Problem
from lms.importing.rows import Row
from lms.importing.sheets import Cell
from lms.importing.values import BirthDate, Read
from lms.text import fold_words

Reader = Callable[[Cell], Read[Any]]

_READERS: dict[str, Reader] = {
    "name": values.name,
    "date": values.plain_date,
    "birth": values.birth_date,
    "cccd": values.cccd,
    "gender": values.gender,
    "time": values.time_of_day,
    "whole": values.whole_number,
    "number": values.number,
}
#: Types whose cells go into a spreadsheet as text, whatever they look like.
_CODES = frozenset({"code", "cccd"})


@dataclass(frozen=True)
class ListColumn:
    """A column as its kind of list declares it.

    `type` is one of text, name, code, cccd, birth, date, time, gender, whole, number, choice, or a reader
    (cell → `values.Read`). `value` gives what a record on file has, for export and for comparing; a column
    without it is only read. A blank cell says nothing: it never erases what is on record.
    """

    key: str
    title: Any
    aliases: tuple[str, ...] = ()
    type: str | Reader = "text"
    required: bool = False
    value: Callable[[Any], Any] | None = None
    #: For type "cccd": the whole number, for an export on record; `value` gives the masked one.
    full: Callable[[Any], Any] | None = None
    #: For type "choice": stored code → title.
    choices: Mapping[str, Any] = field(default_factory=dict)
    #: For type "code": full length, so that leading zeros lost in a spreadsheet come back; 0 = any.
    length: int = 0
    #: Longest text.
    most: int = 200
    #: Written on export only (counts, states): ignored when the file comes back.
    export_only: bool = False
    #: Another way to write what a column says (a birth date under "Nam" or "Nữ"): read, never printed or written.
    alternative: bool = False

    def read(self, cell: Cell) -> Read[Any]:
        """What the cell says."""
        if callable(self.type):
            return self.type(cell)
        if self.type == "choice":
            return self._choice(cell)
        if self.type == "code" and self.length:
            return values.staff_code(cell, length=self.length)
        if self.type in _READERS:
            return _READERS[self.type](cell)
        written = values.text(cell)
        if len(written) > self.most:
            return Read(problem=_("At most %(most)d characters fit here; this cell has %(count)d.",
                                  most=self.most, count=len(written)))  # fmt: skip
        return Read(written or None)

    def _choice(self, cell: Cell) -> Read[Any]:
        written = fold_words(values.text(cell))
        if not written:
            return Read()
        if written in self._choice_words:
            return Read(self._choice_words[written])
        known = ", ".join(str(title) for title in self.choices.values())
        return Read(
            problem=_("“%(text)s” is not one of: %(known)s.", text=values.text(cell)[:40], known=known)
        )

    @cached_property
    def _choice_words(self) -> dict[str, str]:
        """Every way to write a choice, in both languages → its code."""
        found = {fold_words(code): code for code in self.choices}
        for locale in ("vi", "en"):
            with force_locale(locale):
                found |= {fold_words(str(title)): code for code, title in self.choices.items()}
        return found

    def on_record(self, record: Any) -> Any:
        """The value on record, None when blank."""
        found = self.value(record) if self.value and record is not None else None
        return None if found == "" else found

    def cell(self, record: Any, *, full: bool = False) -> Any:
        """The value on record as it is written into an exported table; citizen ids masked unless `full`."""
        if full and self.full is not None:
            return self.full(record) or None
        found = self.on_record(record)
        if isinstance(found, BirthDate):
            return found.date or found.year
        if self.type == "choice" and found is not None:
            return str(self.choices.get(found, found))
        if self.type == "gender" and found is not None:
            return _("Male") if found == "M" else _("Female")
        return found

    @property
    def written_as(self) -> Literal["code", "auto"]:
        """How `lms.exporting` writes the column."""
        return "code" if self.type in _CODES else "auto"

    def same(self, read: Any, record: Any) -> bool:
        """Whether a value that was read says what is on record."""
        found = self.on_record(record)
        if self.type == "cccd":
            return self.full is not None and self.full(record) == read
        if isinstance(read, BirthDate) and isinstance(found, BirthDate):
            return read == found or (read.date is None and read.year == found.year)
        if isinstance(read, str) and isinstance(found, str):
            return values.text(read) == values.text(found)
        return bool(read == found)

    def as_header(self) -> headers.Column:
        """The column for `headers.find`: its title in both languages and its aliases."""
        titles = []
        for locale in ("vi", "en"):
            with force_locale(locale):
                titles.append(str(self.title))
        return headers.Column(self.key, str(self.title), (*titles, *self.aliases), required=self.required)


@dataclass
class Entry:
    """One data row as it was read. `values` has only what the row says: a blank cell has no key."""

    row: Row
    values: dict[str, Any] = field(default_factory=dict)
    shown: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    fixes: Mapping[str, str] = field(default_factory=dict)
    #: How the row was judged (`lms.importing.preview.Status`).
    status: str = ""
    #: What `match` found.
    record: Any = None
    #: What `judge` leaves for `apply`, as plain values; kept with the preview, never printed.
    facts: dict[str, Any] = field(default_factory=dict)
    #: What `about` found in the file as a whole.
    file: Mapping[str, Any] = field(default_factory=dict)

    @property
    def number(self) -> int:
        """The row's number as the spreadsheet counts."""
        return self.row.number

    def get(self, key: str, default: Any = None) -> Any:
        """The value of a column, or the default when the row says nothing."""
        return self.values.get(key, default)

    def wrong(self, column: str, sentence: str) -> None:
        """Say what is wrong with a cell (or with the row, for an empty column)."""
        self.problems.append(Problem(column, sentence))


def read_row(row: Row, columns: Sequence[ListColumn], fixes: Mapping[str, str]) -> Entry:
    """One data row with its corrections, cell by cell."""
    entry = Entry(row, fixes=fixes)
    for column in columns:
        if column.export_only:
            continue
        fixed = fixes.get(column.key)
        if not fixed and not column.required and row.cells.get(column.key) is None:
            continue  # says nothing
        cell = (None if fixed == "-" else fixed) if fixed else row.cells.get(column.key)
        if column.type == "cccd" and values.text(cell).startswith("•"):
            entry.shown[column.key] = values.text(cell)  # as we export it: says nothing new
            continue
        read = column.read(cell)
        entry.notes += read.notes
        if read.problem:
            entry.wrong(column.key, read.problem)
        elif read.value is not None:
            entry.values[column.key] = read.value
        elif column.required and not values.text(cell):
            entry.wrong(column.key, _("“%(column)s” is missing.", column=column.title))
        entry.shown[column.key] = shown(column, read.value, cell)
    return entry


def shown(column: ListColumn, value: Any, cell: Cell = None) -> str:
    """A value as the preview prints it: citizen ids masked, dates as people write them."""
    if value is None:
        return values.text(cell)[:200]
    if column.type == "cccd":
        return f"•••••••••{str(value)[-3:]}"
    if column.type == "choice":
        return str(column.choices.get(value, value))
    if column.type == "gender":
        return _("Male") if value == "M" else _("Female")
    if isinstance(value, datetime.date):
        return value.strftime("%d/%m/%Y")
    return str(value)[:200]
