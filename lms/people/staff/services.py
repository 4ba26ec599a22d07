"""Writes on staff lists: take one in, take over what is accepted, withdraw it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection
from datetime import date
from typing import Any

from flask_babel import gettext as _

from lms import audit, clock, crypto
from lms.access.models import User
from lms.db import atomic, lock
from lms.errors import Conflict, Invalid, LmsError
from lms.people import services as people
from lms.people.models import Official, Organisation
from lms.people.staff import difference
from lms.people.staff.difference import ACCEPTABLE, Row
from lms.people.staff.models import DECIDED, WAITING, WITHDRAWN, StaffList
from lms.text import clean_line, nfc


class AlreadyDecided(Conflict):
    """The list was decided or withdrawn before."""

    code = "already_decided"


@atomic
def take_in(organisation: Organisation, data: bytes, filename: str, *, by: User) -> StaffList:
    """Compare an agency's staff list with the record and put the difference before an approver; nothing changes yet.

    An older list of the agency that still waits is withdrawn. Raises Invalid for a file without a table.
    """
    rows = difference.compare(organisation, data, filename)
    if not any(row.number for row in rows):
        raise Invalid(fields={"file": _("The list has no rows.")})
    StaffList.update(state=WITHDRAWN, rows="").where(
        StaffList.organisation == organisation, StaffList.state == WAITING
    ).execute()
    made = StaffList.create(
        organisation=organisation,
        filename=clean_line(nfc(filename))[-120:] or "list",
        rows=_sealed(rows),
        counts=dict(Counter(row.status for row in rows)),
        sent_by=by,
    )
    audit.record(by, "people.staff_list_sent", made, organisation=str(organisation), **made.counts)
    return made


def rows_of(made: StaffList) -> list[Row]:
    """The rows with their differences; none once the list is decided."""
    return [Row(**row) for row in json.loads(crypto.unseal(made.rows))] if made.rows else []


@atomic
def decide(made: StaffList, accepted: Collection[str], *, by: User) -> StaffList:
    """Take over the accepted rows (by key) and nothing else; the rest of the list changes nothing.

    A row that cannot be taken over is named and holds nobody else up. Raises AlreadyDecided.
    """
    made = lock(made)
    if made.state != WAITING:
        raise AlreadyDecided(_("This list was decided already."))
    counts, problems = dict(made.counts), []
    taken = [row for row in rows_of(made) if row.key in accepted and row.status in ACCEPTABLE]
    done = 0
    for row in taken:
        try:
            _take_over(made, row, by)
            done += 1
        except LmsError as refused:
            problems.append(f"{row.name}: {refused}")
    made.counts = counts | {"accepted": done, "failed": len(problems)}
    made.problems, made.rows, made.state = problems, "", DECIDED
    made.decided_by, made.decided_at = by, clock.now()
    made.save()
    audit.record(by, "people.staff_list_decided", made, accepted=done, failed=len(problems))
    return made


@atomic
def _take_over(made: StaffList, row: Row, by: User) -> None:
    values = dict(row.values)
    if isinstance(values.get("birth_date"), str):
        values["birth_date"] = date.fromisoformat(values["birth_date"])
    if row.status == difference.NEW:
        people.add_official(values.pop("full_name"), made.organisation, by=by, **values)
        return
    official = Official.get_by_id(row.official)
    source = _("Staff list %(file)s", file=made.filename)
    if row.status == difference.LEFT:
        people.leave(official, by=by, source=source)
        return
    values = {name: value for name, value in values.items() if value is not None and name != "cccd"}
    people.change_official(official, values, by=by, source=source)


def _sealed(rows: list[Row]) -> Any:
    return crypto.seal(json.dumps([row.plain() for row in rows], ensure_ascii=False))
