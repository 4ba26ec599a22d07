"""The decision on a staff list: what the approver accepts is taken over at once, and can be taken back."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _

from lms import audit, clock, crypto, jobs
from lms.access.models import User
from lms.db import atomic, lock
from lms.errors import Conflict
from lms.importing import drafts
from lms.importing.kinds import Change
from lms.importing.models import ImportDraft
from lms.importing.preview import Outcome, Status
from lms.people import bulk, queries
from lms.people import services as people
from lms.people.lists import OfficialList
from lms.people.models import Official
from lms.people.staff import difference, services
from lms.people.staff.difference import FAILED, REFUSED, TAKEN, Row
from lms.people.staff.models import DECIDED, WAITING, WITHDRAWN, StaffList

#: Decisions on more rows are carried out by a worker.
AT_ONCE = 100
JOB = "lms.decide_staff_list"

Progress = Callable[[int], None]


class CannotUndo(Conflict):
    """Something later depends on what was taken over."""

    code = "cannot_undo"


@atomic
def start(made: StaffList, *, by: User) -> jobs.JobRun | None:
    """Take over the rows marked as accepted: at once (None), or in the background when they are many.

    Raises AlreadyDecided.
    """
    made = services.must_wait(made)
    under_way = jobs.JobRun.get_or_none(jobs.JobRun.id == made.job) if made.job else None
    if under_way is not None and not under_way.finished:
        return under_way  # type: ignore[no-any-return]
    accepted = [row.key for row in services.rows_of(made) if row.accepted]
    if len(accepted) <= AT_ONCE:
        decide(made, accepted, by=by)
        return None
    run = jobs.start(
        JOB, title=_("Staff list of %(name)s", name=made.organisation.name), by=by, number=made.id
    )
    made.job = run.id
    made.save(only=[StaffList.job])
    return run


@atomic
def decide(
    made: StaffList, accepted: Collection[str] | None = None, *, by: User, progress: Progress | None = None
) -> StaffList:
    """Take over the accepted rows (by key; None for those marked) and nothing else; the rest changes nothing.

    A row that cannot be taken over is named and holds nobody else up. Constant number of queries but for periods of
    service. Raises AlreadyDecided.
    """
    made = services.must_wait(made)
    rows = services.rows_of(made)
    wanted = {row.key for row in rows if row.accepted} if accepted is None else set(accepted)
    taken = [row for row in rows if row.key in wanted and row.status in difference.ACCEPTABLE]
    for row in rows:
        row.outcome = REFUSED
    against = _against(taken)
    good = [row for row in taken if row.key not in against]
    for row in taken:
        row.outcome, row.note = (FAILED, against[row.key]) if row.key in against else (TAKEN, row.note)
    made.changes = crypto.seal(json.dumps(_take_over(made, good, by, progress)))
    made.counts = made.counts | {TAKEN: len(good), FAILED: len(against)}
    made.problems = [f"{row.name}: {against[row.key]}" for row in taken if row.key in against]
    made.rows, made.state = services._sealed(rows), DECIDED
    made.decided_by, made.decided_at = by, clock.now()
    made.save()
    _tell_sender(made, rows)
    audit.record(by, "people.staff_list_decided", made, accepted=len(good), failed=len(against))
    return made


def _against(taken: Sequence[Row]) -> dict[str, str]:
    """What stands against accepted rows by now: key → sentence."""
    people_now = {one.id: one for one in queries.officials_by(Official.id, {row.official for row in taken})}
    codes = {row.values.get("code") for row in taken}
    hashes = {crypto.keyed_hash(row.values["cccd"]) for row in taken if row.values.get("cccd")}
    by_code = {one.code: one.id for one in queries.officials_by(Official.code, codes)}
    by_id = {one.cccd_hash: one.id for one in queries.officials_by(Official.cccd_hash, hashes)}
    found: dict[str, str] = {}
    seen: set[str] = set()
    for row in taken:
        code, cccd = row.values.get("code"), row.values.get("cccd")
        person = people_now.get(row.official) if row.official else None
        if row.official and person is None:
            found[row.key] = _("The record is no longer there.")
        elif row.status == difference.LEFT and person is not None and not person.active:
            found[row.key] = _("Has left already.")
        elif (code and by_code.get(code, row.official) != row.official) or code in seen:
            found[row.key] = _("The staff code %(code)s is already on record.", code=code)
        elif (cccd and by_id.get(crypto.keyed_hash(cccd), row.official) != row.official) or cccd in seen:
            found[row.key] = _("This citizen id is already on record for another official.")
        else:
            seen |= {value for value in (code, cccd) if value}
    return found


def _take_over(made: StaffList, rows: Sequence[Row], by: User, progress: Progress | None) -> dict[str, Any]:
    """Write the rows, all or nothing; returns what is needed to take them back."""
    source = _("Staff list %(file)s", file=made.filename)
    fresh = [row for row in rows if row.status == difference.NEW]
    details = [_details(row) | {"organisation": made.organisation} for row in fresh]
    added = people.add_officials(details, by=by)
    _report(progress, len(fresh))
    known = [row for row in rows if row.status in {difference.CHANGED, difference.CONFLICT}]
    officials = {one.id: one for one in queries.officials_by(Official.id, {row.official for row in known})}
    revisions: list[bulk.Revision] = []
    for part in _portions(known):
        wanted = [(officials[row.official], _details(row, made)) for row in part if row.official]
        revisions += bulk.change_officials(wanted, by=by, source=source)
        _report(progress, len(part))
    left = [row.official for row in rows if row.status == difference.LEFT and row.official]
    ended = bulk.leave(left, by=by, source=source)
    _report(progress, len(left))
    return {
        "added": [[row.number, one.id] for row, one in zip(fresh, added, strict=True)],
        "changed": [
            [one.official, dict(one.before), dict(one.after), dict(one.employments)]
            for one in revisions
            if one.after
        ],
        "left": [[official, periods] for official, periods in ended.items()],
    }


def _details(row: Row, made: StaffList | None = None) -> dict[str, Any]:
    values = dict(row.values)
    if isinstance(values.get("birth_date"), str):
        values["birth_date"] = date.fromisoformat(values["birth_date"])
    if made is not None and "organisation" in values:
        values["organisation"] = made.organisation
    return values


def obstacles(made: StaffList) -> list[str]:
    """What stands in the way of taking the decision back, a sentence each; none when it can be done."""
    if made.state != DECIDED or not made.changes:
        return [_("There is nothing to take back, or it is too long ago.")]
    kept = _kept(made)
    found = OfficialList().obstacles(kept["officials"])
    left = {one.id: one for one in queries.officials_by(Official.id, {one for one, _periods in kept["left"]})}
    for number, _periods in kept["left"]:
        person = left.get(number)
        if person is None or person.active:
            found.append(_("%(name)s was changed again later.", name=person or _("A record")))
    return found


@atomic
def undo(made: StaffList, *, by: User) -> StaffList:
    """Take a decision back, whole: every record is as before, and the list waits again (or is replaced by a later one).

    Raises CannotUndo naming what stands in the way.
    """
    made = lock(made)
    if found := obstacles(made):
        raise CannotUndo(_("The decision cannot be taken back. %(reasons)s", reasons=" ".join(found[:3])))
    kept = _kept(made)
    bulk.serve_again(dict(kept["left"]), by=by)
    OfficialList().undo(kept["officials"], by=by)
    rows = services.rows_of(made)
    for row in rows:
        row.outcome, row.note = "", "" if row.outcome == FAILED else row.note
    later = StaffList.select().where(
        StaffList.organisation == made.organisation_id, StaffList.state == WAITING
    )
    replaced = later.exists()
    made.state, made.rows = (WITHDRAWN, "") if replaced else (WAITING, services._sealed(rows))
    made.counts = {name: count for name, count in made.counts.items() if name not in {TAKEN, FAILED}}
    made.changes, made.problems, made.job, made.decided_by, made.decided_at = "", [], None, None, None
    made.save()
    _tell_sender(made, rows)
    audit.record(by, "people.staff_list_undone", made, organisation=str(made.organisation))
    return made


def _kept(made: StaffList) -> dict[str, Any]:
    kept = json.loads(crypto.unseal(made.changes))
    officials = [Change(number, official) for number, official in kept["added"]]
    officials += [
        Change(0, official, before, after | {"_served": served})
        for official, before, after, served in kept["changed"]
    ]
    return {"officials": officials, "left": kept["left"]}


def _tell_sender(made: StaffList, rows: Sequence[Row]) -> None:
    """What became of each row goes into the sender's result file."""
    draft = ImportDraft.get_or_none(ImportDraft.key == made.draft) if made.draft else None
    if draft is None:
        return
    words = {
        TAKEN: _("Taken over."),
        REFUSED: _("Not accepted by the approver."),
        "": _("Put before the approver."),
    }
    drafts.amend(
        draft,
        {
            row.number: Outcome(
                row.number,
                Status.NEW if row.status == difference.NEW else Status.CHANGED,
                words.get(row.outcome) or row.note,
                done=row.outcome in {TAKEN, ""},
            )
            for row in rows
            if row.number
        },
    )


def _portions(rows: Sequence[Row]) -> Iterable[Sequence[Row]]:
    return (rows[start : start + 500] for start in range(0, len(rows), 500))


def _report(progress: Progress | None, rows: int) -> None:
    if progress is not None and rows:
        progress(rows)
