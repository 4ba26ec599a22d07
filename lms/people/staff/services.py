"""Writes on staff lists before the decision: put one before an approver, mark rows, withdraw it, let old ones go."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _

from lms import audit, clock, crypto
from lms.access import scope
from lms.access.models import User
from lms.db import atomic, lock
from lms.errors import Conflict
from lms.importing.columns import Entry
from lms.importing.drafts import KEEP_DAYS
from lms.importing.models import ImportDraft
from lms.importing.preview import Status
from lms.people.models import Official, Organisation
from lms.people.staff import difference
from lms.people.staff.difference import Differences, Row
from lms.people.staff.models import DECIDED, WAITING, WITHDRAWN, StaffList


class AlreadyDecided(Conflict):
    """The list was decided or withdrawn before."""

    code = "already_decided"


def serving_in(organisations: Iterable[int]) -> list[Official]:
    """Those who serve in these organisations, in the order of names."""
    query = Official.select(Official, Organisation).join(Organisation).where(
        Official.organisation.in_(sorted(organisations)), Official.merged_into.is_null(), Official.active
    )  # fmt: skip
    return list(query.order_by(Official.name_sort, Official.id))


@atomic
def send(
    organisation: Organisation, entries: Sequence[Entry], differences: Differences, *, by: User
) -> StaffList:
    """Put the difference of a judged list before an approver; nothing changes yet.

    An older list of the agency that still waits is withdrawn. Constant number of queries.
    """
    inside = scope.subtree(organisation.id)
    rows = difference.rows(organisation, inside, entries, differences, serving_in(inside))
    StaffList.update(state=WITHDRAWN, rows="").where(
        StaffList.organisation == organisation, StaffList.state == WAITING
    ).execute()
    same = sum(1 for entry in entries if entry.status == Status.SAME)
    left_out = sum(1 for entry in entries if entry.status in {Status.ERROR, Status.CONFLICT})
    counts = dict(Counter(row.status for row in rows)) | {"same": same, "error": left_out}
    made = StaffList.create(
        organisation=organisation,
        rows=_sealed(rows),
        counts={status: count for status, count in counts.items() if count},
        sent_by=by,
    )
    audit.record(by, "people.staff_list_sent", made, organisation=str(organisation), **made.counts)
    return made


@atomic
def came_from(list_id: int, draft: ImportDraft) -> None:
    """Remember the import a list came with: its name, and where the sender reads what became of it."""
    StaffList.update(draft=draft.key, filename=draft.filename).where(StaffList.id == list_id).execute()


def has_result(made: StaffList) -> bool:
    """Whether the sender can still read what became of each row: imports are kept a month."""
    return bool(made.draft) and ImportDraft.select().where(ImportDraft.key == made.draft).exists()


def rows_of(made: StaffList) -> list[Row]:
    """The rows with their differences; none once the list is withdrawn or its time is over."""
    return [Row(**row) for row in json.loads(crypto.unseal(made.rows))] if made.rows else []


def keep_rows(made: StaffList, rows: list[Row]) -> None:
    """Keep the rows as they are now."""
    made.rows = _sealed(rows)
    made.save(only=[StaffList.rows])


@atomic
def mark(made: StaffList, shown: Collection[str], accepted: Collection[str]) -> StaffList:
    """Remember which of the rows shown (by key) the approver accepts. Raises AlreadyDecided."""
    made = must_wait(made)
    rows = rows_of(made)
    for row in rows:
        if row.key in shown:
            row.accepted = row.key in accepted and row.status in difference.ACCEPTABLE
    keep_rows(made, rows)
    return made


@atomic
def withdraw(made: StaffList, *, by: User) -> None:
    """Take a list back that waits. Raises AlreadyDecided."""
    made = must_wait(made)
    made.state, made.rows = WITHDRAWN, ""
    made.save(only=[StaffList.state, StaffList.rows])
    audit.record(by, "people.staff_list_withdrawn", made, organisation=str(made.organisation))


def must_wait(made: StaffList) -> StaffList:
    """The list read again and locked. Raises AlreadyDecided."""
    made = lock(made)
    if made.state != WAITING:
        raise AlreadyDecided(_("This list was decided already."))
    return made


@atomic
def tidy() -> int:
    """Let go of the rows of decided lists after thirty days; what was decided stays on record."""
    before = clock.now() - timedelta(days=KEEP_DAYS)
    old = StaffList.update(rows="", changes="").where(
        StaffList.state == DECIDED, StaffList.decided_at < before, StaffList.rows != ""
    )
    return int(old.execute())


def _sealed(rows: list[Row]) -> Any:
    return crypto.seal(json.dumps([row.plain() for row in rows], ensure_ascii=False))
