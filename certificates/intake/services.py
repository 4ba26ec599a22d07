"""Key a paper, key it again blind, refuse or withdraw it."""

from __future__ import annotations

import unicodedata
from datetime import date
from typing import Any

from flask_babel import gettext as _

from certificates.errors import SamePerson
from certificates.intake.models import Intake
from certificates.intake.scans import Scan
from certificates.intake.words import CONFIDENCE
from courses.models import Programme
from lms import audit, clock
from lms.access.models import User
from lms.db import atomic, lock
from lms.errors import Conflict, Invalid
from lms.people.models import Official

#: What both must have read alike.
COMPARED = ("number", "name", "birth", "programme", "issuer", "awarded_on", "valid_until")


class Decided(Conflict):
    """The paper was recognised, refused or withdrawn already."""

    code = "intake_decided"


@atomic
def take_in(official: Official, values: dict[str, Any], *, confidence: str, scan: Scan, by: User) -> Intake:
    """The first person keys a paper that another institution issued, with its scan. Raises Invalid naming the field."""
    if confidence not in CONFIDENCE:
        raise Invalid(fields={"confidence": _("Please choose what lay before you.")})
    values = _written(values)
    row: Intake = Intake.create(
        official=official,
        programme=int(values["programme"]),
        confidence=confidence,
        first=values,
        scan_path=scan.path,
        scan_pages=scan.pages,
        first_by=by,
    )
    audit.record(by, "certificates.intake_keyed", row, confidence=confidence)
    return row


@atomic
def key_again(row: Intake, values: dict[str, Any], *, by: User) -> Intake:
    """The second person keys the same paper without seeing the first one's words: alike is recognised, otherwise it differs.

    Who keyed first may key anew after a difference; two different persons stay behind the two readings.
    Raises SamePerson, Decided, Invalid naming the field.
    """
    row = lock(row)
    if row.state not in {"keyed", "differs"}:
        raise Decided(_("This paper is decided already."))
    first = row.first_by_id == by.id
    if first and row.second is None:
        raise SamePerson(_("You keyed this paper first: somebody else keys it the second time."))
    if first:
        row.first = _written(values)
    else:
        row.second, row.second_by = _written(values), by
    alike = not differing(row)
    row.state = "recognised" if alike else "differs"
    if alike:
        row.programme = Programme.get_by_id(int(row.first["programme"]))
        row.recognised_at = clock.now()
    row.save()
    audit.record(by, "certificates.intake_recognised" if alike else "certificates.intake_differs", row)
    return row


@atomic
def end(row: Intake, *, reason: str, by: User) -> Intake:
    """Refuse a paper that waits, or withdraw a recognised one from today on. Raises Invalid, Decided."""
    if not reason.strip():
        raise Invalid(fields={"reason": _("Please give the reason.")})
    row = lock(row)
    if row.state in {"refused", "withdrawn"}:
        raise Decided(_("This paper is decided already."))
    row.state = "withdrawn" if row.state == "recognised" else "refused"
    row.reason, row.ended_at, row.ended_by = reason.strip(), clock.now(), by
    row.save()
    audit.record(by, f"certificates.intake_{row.state}", row, reason=row.reason)
    return row


def differing(row: Intake) -> list[str]:
    """Which values the two read differently."""
    second = row.second or {}
    return [name for name in COMPARED if row.first.get(name, "") != second.get(name, "")]


def checked(values: dict[str, Any]) -> None:
    """Raise Invalid for a day to come, or a programme that is none."""
    if values.get("awarded_on") and values["awarded_on"] > clock.today():
        raise Invalid(fields={"awarded_on": _("The day on the paper lies in the future.")})
    if not Programme.select().where(Programme.id == int(values["programme"])).exists():
        raise Invalid(fields={"programme": _("Please choose the programme.")})


def _written(values: dict[str, Any]) -> dict[str, str]:
    """What was typed in one form of writing: composed letters, single spaces, days as in ISO 8601."""
    checked(values)
    return {name: _text(values.get(name)) for name in COMPARED}


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, date):
        return value.isoformat()
    return " ".join(unicodedata.normalize("NFC", str(value)).split())
