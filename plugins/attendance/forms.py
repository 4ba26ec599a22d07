"""What people may type on the pages of a roll."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, IntegerField, RadioField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from plugins.attendance.queries import RollRow
from plugins.attendance.services import Given
from plugins.attendance.services.marking import LONGEST_REASON, MOST_MINUTES
from plugins.attendance.statuses import CYCLE, FROM_LETTER, LABELS, LETTERS, PRESENT

NONCE = re.compile(r"[A-Za-z0-9_-]{8,64}")
UNSEEN = "-"


@dataclass(frozen=True)
class Line:
    """One row of the roll as the page prints it: what was typed, else what is known, else present."""

    row: RollRow
    status: str
    minutes: str
    reason: str
    error: str = ""

    @property
    def letter(self) -> str:
        return LETTERS[self.status]

    @property
    def noted(self) -> bool:
        """Whether the row prints its fields for minutes and note (a script adds them to the others)."""
        return bool(self.error or self.minutes or self.reason or self.row.status not in (None, PRESENT))


@dataclass(frozen=True)
class RollForm:
    """A roll as it was sent: ``m12=a`` status of membership 12, ``t12`` minutes late, ``r12`` note, `seen`, `nonce`."""

    nonce: str
    statuses: dict[int, str] = field(default_factory=dict)
    minutes: dict[int, str] = field(default_factory=dict)
    reasons: dict[int, str] = field(default_factory=dict)
    seen: dict[int, str] = field(default_factory=dict)
    errors: dict[int, str] = field(default_factory=dict)

    @property
    def given(self) -> list[Given]:
        return [
            Given(
                membership_id=number,
                status=status,
                minutes_late=int(self.minutes[number]) if self.minutes.get(number) else None,
                reason=self.reasons.get(number, ""),
                seen=self.seen.get(number),
            )
            for number, status in self.statuses.items()
        ]


def read_roll(sent: Mapping[str, str]) -> RollForm:
    """Read a sent roll. What cannot be used is named in `errors` by membership; everything typed is kept."""
    nonce = sent.get("nonce", "")
    form = RollForm(
        nonce=nonce if NONCE.fullmatch(nonce) else new_nonce(), seen=_read_seen(sent.get("seen", ""))
    )
    for name, value in sent.items():
        number = _number(name[1:])
        if number is None:
            continue
        if name[0] == "m" and value in FROM_LETTER:
            form.statuses[number] = FROM_LETTER[value]
        elif name[0] == "t":
            form.minutes[number] = value.strip()[:20]
        elif name[0] == "r":
            form.reasons[number] = " ".join(value.split())
    for number in form.statuses:
        if problem := _problem(form.minutes.get(number, ""), form.reasons.get(number, "")):
            form.errors[number] = problem
    return form


def lines(
    rows: Sequence[RollRow], form: RollForm | None = None, *, everybody: str | None = None
) -> list[Line]:
    """The rows to print. `everybody`: show all without a mark as this status (a choice, nothing is saved)."""
    default = everybody if everybody in CYCLE else PRESENT
    return [_line(row, form, default) for row in rows]


def seen(rows: Sequence[RollRow]) -> str:
    """What the page shows, in short, so that the service can tell a change from an untouched row."""
    return " ".join(f"{row.membership_id}{LETTERS[row.status] if row.status else UNSEEN}" for row in rows)


def new_nonce() -> str:
    return secrets.token_urlsafe(12)


def _line(row: RollRow, form: RollForm | None, default: str) -> Line:
    number = row.membership_id
    known = str(row.minutes_late) if row.minutes_late is not None else ""
    if form is None or number not in form.statuses:
        return Line(row, row.status or default, known, row.reason)
    return Line(
        row,
        form.statuses[number],
        form.minutes.get(number, known),
        form.reasons.get(number, row.reason),
        form.errors.get(number, ""),
    )


def _read_seen(text: str) -> dict[int, str]:
    found = re.findall(r"(\d{1,18})([pael-])", text[:20_000])
    return {int(number): FROM_LETTER.get(letter, "") for number, letter in found}


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None


def _problem(minutes: str, reason: str) -> str:
    if minutes and not (minutes.isascii() and minutes.isdigit() and int(minutes[:9]) <= MOST_MINUTES):
        return _("Write the minutes late as a whole number up to 600.")
    if len(reason) > LONGEST_REASON:
        return _("Keep the note under 200 characters.")
    return ""


class AmendForm(FlaskForm):
    """One mark on a locked roll, changed with a reason."""

    status = RadioField(
        _l("New mark"),
        choices=[SelectChoice(status, LABELS[status]) for status in CYCLE],
        validators=[InputRequired(_l("Choose the new mark."))],
    )
    minutes_late = IntegerField(
        _l("Minutes late"),
        validators=[Optional(), NumberRange(0, MOST_MINUTES, _l("Give minutes between 0 and 600."))],
        description=_l("Only for “late”."),
    )
    reason = StringField(
        _l("Reason"),
        validators=[InputRequired(_l("Say why the roll is changed.")), Length(max=400)],
        description=_l("It stays on record, for example: leave request no. 12 of 05/03/2025."),
    )


class MakeUpForm(FlaskForm):
    """A missed session that was made up."""

    held_on = DateField(
        _l("Made up on"), validators=[InputRequired(_l("Give the day of the make-up session."))]
    )
    note = StringField(
        _l("How it was made up"),
        validators=[InputRequired(_l("Say how the session was made up.")), Length(max=400)],
        description=_l("For example: attended the same topic with class K06."),
    )
