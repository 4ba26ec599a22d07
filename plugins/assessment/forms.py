"""What people may type on the pages of scores."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, IntegerField, RadioField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from lms.text import fold
from plugins.assessment import marks
from plugins.assessment.models import KINDS
from plugins.assessment.queries import Grid
from plugins.assessment.services import Cell

KIND_LABELS = {
    "test": _l("Test"),
    "paper": _l("End-of-course paper"),
    "essay": _l("Essay"),
    "project": _l("Project"),
}
LONGEST_PASTE = 40_000
_FIELD = re.compile(r"s-(\d{1,18})-(\d{1,18})-(\d{1,3})", re.ASCII)
_SEEN = re.compile(r"(?<!\S)(\d{1,18})-(\d{1,18})-(\d{1,3})=([0-9,]{1,8})(?!\S)", re.ASCII)
Key = tuple[int, int, int]


def read_cells(sent: Mapping[str, str]) -> list[Cell]:
    """The typed scores of a grid: fields ``s-<test>-<learner>-<attempt>``, with what the page had shown in `seen`."""
    shown = {
        (int(a), int(b), int(c)): text for a, b, c, text in _SEEN.findall(sent.get("seen", "")[:400_000])
    }
    # A page that said what it shows showed nothing in the other cells.
    nothing = "" if "seen" in sent else None
    cells = []
    for name, typed in sent.items():
        found = _FIELD.fullmatch(name)
        if found:
            key = (int(found[1]), int(found[2]), int(found[3]))
            cells.append(Cell(*key, typed=typed[:40], seen=shown.get(key, nothing)))
    return cells


def seen(grid: Grid) -> str:
    """What the page shows, in short."""
    return " ".join(
        f"{test_id}-{membership_id}-{attempt}={marks.write(points)}"
        for (test_id, membership_id), cell in grid.cells.items()
        for attempt, points in cell.points.items()
        if points is not None
    )


@dataclass(frozen=True)
class Pasted:
    """A pasted column, spread over the learners: typed text by cell, and lines that fit nobody, with the reason."""

    typed: dict[Key, str] = field(default_factory=dict)
    unmatched: list[tuple[str, str]] = field(default_factory=list)


def read_paste(text: str, grid: Grid, test_id: int) -> Pasted:
    """Spread pasted lines over a test's learners.

    One column: scores in the order of the list; a blank line skips one. Two columns: number or full name, then
    the score. Nothing is saved and nothing is dropped: a line that fits nobody comes back with its reason.
    """
    test = next((one for one in grid.tests if one.id == test_id), None)
    pasted = Pasted()
    if test is None:
        return pasted
    lines = text[:LONGEST_PASTE].replace("\r\n", "\n").replace("\r", "\n").rstrip("\n").split("\n")
    people = grid.memberships
    by_name: dict[str, list[int]] = {}
    for place, one in enumerate(people):
        by_name.setdefault(fold(one.official.full_name), []).append(place)
    for number, line in enumerate(lines):
        cells = [cell.strip() for cell in line.split("\t")]
        if not any(cells):
            continue
        if len(cells) > 1 and not cells[-1]:
            continue  # a name without a score: a blank keeps what is there
        filled = [cell for cell in cells if cell]
        place, problem = (number, "") if len(cells) == 1 else _place(filled, by_name, len(people))
        if not problem and place >= len(people):
            problem = _("There are more lines than learners.")
        if problem:
            pasted.unmatched.append((line.strip()[:120], problem))
            continue
        attempt = grid.open_attempts(test, people[place])[-1]
        key = (test.id, people[place].id, attempt)
        if key in pasted.typed:
            pasted.unmatched.append((line.strip()[:120], _("This learner has a line above already.")))
            continue
        pasted.typed[key] = filled[-1][:40]
    return pasted


def _place(filled: Sequence[str], by_name: Mapping[str, Sequence[int]], count: int) -> tuple[int, str]:
    """Whom a line of several columns is about: by full name, else by the number in the list."""
    for word in filled[:-1]:
        places = by_name.get(fold(word), ())
        if len(places) == 1:
            return places[0], ""
        if len(places) > 1:
            numbers = [cell for cell in filled[:-1] if cell.isascii() and cell.isdigit()]
            if numbers and int(numbers[0][:6]) - 1 in places:
                return int(numbers[0][:6]) - 1, ""
            return 0, _("Several learners have this name; put the number of the list before it.")
    for word in filled[:-1]:
        if word.isascii() and word.isdigit() and 1 <= int(word[:6]) <= count and len(filled) == 2:
            return int(word[:6]) - 1, ""
    return 0, _("Nobody of this name or number is in the class.")


class TestForm(FlaskForm):
    """One test of a class."""

    __test__ = False

    title = StringField(
        _l("Title"), validators=[InputRequired(_l("Give the test a title.")), Length(max=200)]
    )
    kind = RadioField(
        _l("Kind"), choices=[SelectChoice(kind, KIND_LABELS[kind]) for kind in KINDS], default="test"
    )
    scale_max = StringField(
        _l("Scale ends at"), default="10", description=_l("Scores run from 0 to this, usually 10.")
    )
    weight = IntegerField(
        _l("Weight"),
        default=1,
        validators=[InputRequired(), NumberRange(0, 100, _l("Give a weight from 0 to 100."))],
    )
    held_on = DateField(_l("Held on"), validators=[Optional()])
    required = BooleanField(_l("Required for the certificate"), default=True)

    def scale(self) -> Decimal | None:
        """The end of the scale as a number; None (with a message beside the field) when it cannot be read."""
        text = (self.scale_max.data or "").strip()
        if not re.fullmatch(r"[0-9]{1,4}(?:[.,][0-9]{1,2})?", text, re.ASCII):
            self.scale_max.errors = [*self.scale_max.errors, _("Write a number like 10 or 100.")]
            return None
        return Decimal(text.replace(",", "."))
