"""How a list is sorted: columns a page declares, the choice in the address (``?sort=-name``), kept with filters and pages.

    ORDER = Sorting(
        Sort("name", _l("Full name"), Official.name_sort),
        Sort("born", _l("Birth date"), Official.birth_year, Official.birth_date, down=True),
        usual="name",
        last=(Official.id,),
    )
    order = ORDER.asked()
    page = paginate(order.over(query), …)

The template prints headers with ``ui.sort_head(order, "name")`` and the choice of phones with ``ui.sort_choice(order)``.
A query keeps its own order until somebody asks for another one; `usual` names the column that order goes by.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import request
from flask_babel import gettext as _
from peewee import Field, Ordering

from lms.web.addresses import here, kept_arguments

T = TypeVar("T")


class Sort:
    """A column to sort by: its name in the address, its title, and what orders it.

    `by` are fields of the query; for rows that are in memory already, `key` gives the value of one. People are
    sorted by `name_sort`, the Vietnamese order. `down` is for columns whose greatest value is asked for first.
    """

    def __init__(
        self, name: str, title: Any, *by: Any, key: Callable[[Any], Any] | None = None, down: bool = False
    ) -> None:
        self.name, self.title, self.by, self.key, self.down = name, title, by, key, down


class Sorting:
    """The columns a list may be sorted by. `usual` ("-issued") is the order the query has by itself.

    `last` settles ties; a plain field there follows the direction asked for, so that an index serves both ways.
    """

    def __init__(self, *columns: Sort, usual: str = "", last: Sequence[Any] = ()) -> None:
        self.columns = {column.name: column for column in columns}
        self.usual, self.last = usual, tuple(last)

    def asked(self) -> Order:
        """The order the address asks for; the usual one when it asks for nothing we know."""
        wanted = request.args.get("sort", "")
        known = wanted.removeprefix("-") in self.columns and wanted != self.usual
        return Order(self, wanted if known else "")


@dataclass(frozen=True)
class Order:
    """The order of a list on this page. `chosen` is empty for the usual one, else "name" or "-name"."""

    sorting: Sorting
    chosen: str = ""

    @property
    def shown(self) -> str:
        """The order the rows stand in, also when it is the usual one."""
        return self.chosen or self.sorting.usual

    @property
    def by(self) -> list[Any]:
        """What to order a query by; nothing for the usual order."""
        if not self.chosen:
            return []
        column, down = self._column(self.chosen)
        return [_one(field, down) for field in (*column.by, *self.sorting.last)]

    def over(self, query: Any) -> Any:
        """The query in this order."""
        return query.order_by(*self.by) if self.chosen else query

    def rows(self, rows: Iterable[T]) -> list[T]:
        """Rows in memory in this order; what is not known counts as the least."""
        listed = list(rows)
        if not self.chosen:
            return listed
        column, down = self._column(self.chosen)
        assert column.key is not None, f"{column.name} sorts queries only"
        key = column.key
        unknown = [row for row in listed if key(row) is None]
        known = sorted((row for row in listed if key(row) is not None), key=key, reverse=down)
        return known + unknown if down else unknown + known

    # for the macros --------------------------------------------------------------------------------------

    def title(self, name: str) -> str:
        """The title of a column."""
        return str(self.sorting.columns[name].title)

    def direction(self, name: str) -> str:
        """How the list stands by this column: "ascending", "descending", or empty."""
        if self.shown.removeprefix("-") != name:
            return ""
        return "descending" if self.shown.startswith("-") else "ascending"

    def link(self, name: str) -> str:
        """The address of this list by this column, turned round when it stands so already; from the first page."""
        first = f"-{name}" if self.sorting.columns[name].down else name
        other = name if first.startswith("-") else f"-{name}"
        wanted = other if self.shown == first else first
        return here(sort=None if wanted == self.sorting.usual else wanted, page=None)

    def choices(self) -> list[tuple[str, str, bool]]:
        """Every order: its name in the address, in words, and whether it is this one."""
        found = [] if self.sorting.usual else [("", str(_("Usual order")), not self.chosen)]
        for name in self.sorting.columns:
            up = _("%(column)s, ascending", column=self.title(name))
            down = _("%(column)s, descending", column=self.title(name))
            found += [(name, up, self.shown == name), (f"-{name}", down, self.shown == f"-{name}")]
        return found

    def kept(self) -> list[tuple[str, str]]:
        """The other arguments of the address, for a form that changes the order."""
        return kept_arguments("sort", "page")

    def _column(self, wanted: str) -> tuple[Sort, bool]:
        return self.sorting.columns[wanted.removeprefix("-")], wanted.startswith("-")


def _one(field: Any, down: bool) -> Any:
    """A field in one direction; what is not known counts as the least, on both databases (as in SQLite's indexes)."""
    if isinstance(field, Ordering):
        return field
    unknown = isinstance(field, Field) and field.null
    if down:
        return field.desc(nulls="last" if unknown else None)
    return field.asc(nulls="first" if unknown else None)
