"""Read an agency's list: what the cells of a row say together, and what the file says of itself."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from flask_babel import gettext as _

from courses.models import Klass
from lms.importing import values
from lms.importing.columns import Entry, read_row
from lms.importing.reading import About, Reading
from lms.importing.rows import Kind, Row
from lms.text import fold_words
from plugins.enrolment.columns import COLUMNS

_DECISION = re.compile(
    r"(?:quyết định|công văn|tờ trình|qđ)\s+số[:\s]*([\w\-/.]{2,40})\s*,?\s*ngày\s+(\d{1,2})\s*(?:/|tháng|-|\.)\s*(\d{1,2})\s*(?:/|năm|-|\.)\s*(\d{4})",
    re.IGNORECASE,
)
_COUNT = re.compile(r"danh sach (?:nay )?(?:gom|co)(?: co)? (\d+)")


def read(row: Row, fixes: Mapping[str, str]) -> Entry:
    """One data row with its corrections; a birth date in the column of men or women also says the gender."""
    for_men, for_women = row.cells.get("birth_male"), row.cells.get("birth_female")
    cells = {key: cell for key, cell in row.cells.items() if key not in {"birth_male", "birth_female"}}
    both = bool(values.text(for_men) and values.text(for_women))
    if both:
        cells["birth"] = None
    elif values.text(for_men):
        cells |= {"birth": for_men, "gender": "Nam"}
    elif values.text(for_women):
        cells |= {"birth": for_women, "gender": "Nữ"}
    entry = read_row(replace(row, cells=cells), COLUMNS, fixes)
    if both and "birth" not in entry.values:
        entry.wrong("birth", _("Both birth-date columns, men's and women's, are filled."))
    return entry


def remark_of(entry: Entry) -> str:
    """What the list remarks on a person, succession planning included."""
    return "; ".join(part for key in ("planning", "remark") if (part := entry.get(key)))[:400]


# --- about the file ----------------------------------------------------------------------------


def about(reading: Reading, klass: Klass) -> About:
    """The sending decision (quyết định cử đi học) and what does not fit, in sentences and facts."""
    number, on = _decision(reading.body)
    notes = []
    if number and on:
        notes.append(
            _("Sending decision: no. %(number)s of %(date)s.", number=number, date=on.strftime("%d/%m/%Y"))
        )
    facts = {"decision_number": number, "decision_date": on.isoformat() if on else ""}
    return About((*notes, *_doubts(reading.body, len(reading.entries), klass)), facts)


def _decision(body: Sequence[Row]) -> tuple[str, date | None]:
    """The sending decision named above or below the table."""
    for row in body:
        found = _DECISION.search(row.text) if row.kind in {Kind.TITLE, Kind.FOOTER} else None
        if found:
            read_date = values.plain_date(f"{found[2]}/{found[3]}/{found[4]}")
            return found[1].rstrip("."), read_date.value
    return "", None


def _doubts(body: Sequence[Row], count: int, klass: Klass) -> list[str]:
    """What the file says of itself and does not fit."""
    notes = []
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
