"""Find the header of a list under its title rows, and which column means what.

Agencies' lists begin with the state's motto, a title and a decision number; their header may take two
rows with merged cells ("Ngày, tháng, năm sinh" over "Nam" and "Nữ"). Columns are recognised by
synonyms compared without accents and signs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from flask_babel import gettext as _

from lms.errors import Invalid
from lms.importing.sheets import Cell, Grid
from lms.text import clean_line, fold_words

#: The header is looked for in the first rows only.
LOOK_AT = 40
#: A cell longer than this is a title or a remark, not a label.
LONGEST_LABEL = 90


@dataclass(frozen=True)
class Column:
    """A column the importer understands.

    `synonyms` are labels as people write them; "A / B" names B standing under A in a two-row header.
    """

    key: str
    title: str
    synonyms: tuple[str, ...]
    required: bool = False


@dataclass(frozen=True)
class Header:
    """Where the header is and what its columns mean. Rows and columns count from 0."""

    first: int
    last: int
    #: Column key → index in the grid.
    columns: Mapping[str, int]
    #: Index → label as the file writes it, for every labelled column, also those not understood.
    labels: Mapping[int, str]

    def value(self, row: Sequence[Cell], key: str) -> Cell:
        """The cell of a column in a row, None when the file has no such column."""
        place = self.columns.get(key)
        return row[place] if place is not None and place < len(row) else None

    @property
    def unknown(self) -> dict[int, str]:
        """Columns that were not understood: index → label. They are kept and shown, never used."""
        return {place: label for place, label in self.labels.items() if place not in self.columns.values()}


def find(grid: Grid, columns: Sequence[Column], *, any_of: Sequence[Sequence[str]] = ()) -> Header:
    """Find the header row or rows.

    Every `required` column must be there, and of each group in `any_of` at least one.
    Raises Invalid naming the columns that were not found.
    """
    header, missing = guess(grid, columns, any_of=any_of)
    if missing:
        raise Invalid(_("The header is in row %(row)d, but these columns are missing: %(names)s.",
                        row=header.first + 1, names=", ".join(missing)))  # fmt: skip
    return header


def guess(
    grid: Grid, columns: Sequence[Column], *, any_of: Sequence[Sequence[str]] = ()
) -> tuple[Header, list[str]]:
    """The likeliest header, and the titles of needed columns that it does not have.

    Raises Invalid when no row looks like a header.
    """
    best: tuple[tuple[int, int], Header] | None = None
    for first in range(min(len(grid.rows), LOOK_AT)):
        for header in _candidates(grid, columns, first):
            missing = missing_in(header, columns, any_of)
            # Fewest missing, then most recognised, then the shorter header, then the earlier one.
            rank = (-len(missing), len(header.columns) * 2 - (header.last - header.first))
            if header.columns and (best is None or rank > best[0]):
                best = (rank, header)
    if best is None or len(best[1].columns) < min(2, len(columns)):
        raise Invalid(_("No header row was found. The list needs a row with the names of its columns, for example: %(names)s.",
                        names=", ".join(_named(columns, any_of))))  # fmt: skip
    return best[1], missing_in(best[1], columns, any_of)


def fingerprint(header: Header) -> str:
    """The same for two files with the same column labels in the same order, whatever their accents and signs."""
    labels = "|".join(f"{place}:{fold_words(label)}" for place, label in sorted(header.labels.items()))
    return hashlib.sha256(labels.encode()).hexdigest()[:32]


def remap(header: Header, chosen: Mapping[str, int | None]) -> Header:
    """The header with columns chosen by a person: key → place; None says that the file has no such column."""
    columns = {key: place for key, place in header.columns.items() if key not in chosen}
    taken = {place for place in chosen.values() if place is not None}
    columns = {key: place for key, place in columns.items() if place not in taken}
    columns |= {key: place for key, place in chosen.items() if place is not None and place in header.labels}
    return replace(header, columns=columns)


def _named(columns: Sequence[Column], any_of: Sequence[Sequence[str]]) -> list[str]:
    titles = {column.key: column.title for column in columns}
    return [c.title for c in columns if c.required] + [titles[group[0]] for group in any_of] or list(
        titles.values()
    )


def missing_in(header: Header, columns: Sequence[Column], any_of: Sequence[Sequence[str]]) -> list[str]:
    """Titles of needed columns that a header does not have."""
    titles = {column.key: column.title for column in columns}
    missing = [column.title for column in columns if column.required and column.key not in header.columns]
    missing += [titles[group[0]] for group in any_of if not any(key in header.columns for key in group)]
    return missing


def _candidates(grid: Grid, columns: Sequence[Column], first: int) -> list[Header]:
    top = _labels(grid, first)
    if sum(1 for label in top if label) < min(2, len(columns)):
        return []
    found = [Header(first, first, *_match(top, [""] * len(top), columns))]
    if first + 1 < len(grid.rows) and _is_second_row(grid, first):
        under = _labels(grid, first + 1)
        found.append(Header(first, first + 1, *_match(_spread(grid, first, top, under), under, columns)))
    return found


def _labels(grid: Grid, row: int) -> list[str]:
    """The labels of a row, as many as the grid is wide."""
    return [_label(grid.cell(row, place)) for place in range(grid.width)]


def _label(cell: Cell) -> str:
    text = clean_line(cell) if isinstance(cell, str) else ""
    return text if len(text) <= LONGEST_LABEL else ""


def _is_second_row(grid: Grid, first: int) -> bool:
    """Whether the next row belongs to the header: only labels, and something above leaves room for them."""
    below = grid.rows[first + 1]
    if any(cell is not None and not (isinstance(cell, str) and _label(cell)) for cell in below):
        return False
    labelled = [place for place, cell in enumerate(below) if _label(cell)]
    if not labelled:
        return any(top <= first < bottom and bottom == first + 1 for top, _l, bottom, _r in grid.merged)
    if any(top == first and bottom > first for top, _left, bottom, _right in grid.merged):
        return True
    # Without merge marks (CSV, pasted): the second row fills few columns, and some have nothing above.
    above = [place for place, cell in enumerate(grid.rows[first]) if _label(cell)]
    return len(labelled) < len(above) and any(place not in above for place in labelled)


def _spread(grid: Grid, first: int, top: list[str], under: list[str]) -> list[str]:
    """The upper labels carried over the columns they cover."""
    spread = list(top)
    for area_top, left, _bottom, right in grid.merged:
        if area_top == first:
            for place in range(left, min(right, len(spread) - 1) + 1):
                spread[place] = top[left]
    for place in range(1, len(spread)):
        if not spread[place] and under[place]:
            spread[place] = spread[place - 1]
    return spread


def _match(
    top: list[str], under: list[str], columns: Sequence[Column]
) -> tuple[dict[str, int], dict[int, str]]:
    labels = {
        place: f"{over} / {sub}" if over and sub and over != sub else over or sub
        for place, (over, sub) in enumerate(zip(top, under, strict=True))
        if over or sub
    }
    scored = sorted(
        (
            (-score, place, order, column.key)
            for place, label in labels.items()
            for order, column in enumerate(columns)
            if (score := max((_score(label, synonym) for synonym in column.synonyms), default=0))
        )
    )
    found: dict[str, int] = {}
    for _negative, place, _order, key in scored:
        if key not in found and place not in found.values():
            found[key] = place
    return found, labels


def _score(label: str, synonym: str) -> int:
    """How well a label answers to a synonym: 0 not at all, exact matches above contained ones."""
    whole, over, sub = _folded(label)
    _wanted, wanted_over, wanted_sub = _folded(synonym)
    if wanted_sub:
        if sub != wanted_sub:
            return 0
        return 3000 if over == wanted_over else 2000 if _contains(over, wanted_over) else 0
    if wanted_over in (whole, sub):
        return 1000 + len(wanted_over)
    if len(wanted_over) >= 4 and _contains(whole, wanted_over):
        return len(wanted_over)
    return 0


@lru_cache(maxsize=8192)
def _folded(label: str) -> tuple[str, str, str]:
    """A label folded: whole, its upper part, its lower part."""
    over, _sign, sub = label.partition(" / ")
    return fold_words(label), fold_words(over), fold_words(sub)


def _contains(label: str, wanted: str) -> bool:
    return f" {wanted} " in f" {label} "
