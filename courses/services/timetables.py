"""Take a timetable into a class: everything the preview promised, in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from peewee import fn

from courses import queries
from courses.events import SessionsChanged
from courses.models import SCHEDULABLE_STATES, ClassSession, Klass, Lecturer, Room
from courses.services.classes import must_be
from courses.services.reference import add_lecturer, add_room, find_lecturer, find_room
from courses.services.sessions import locked, renumber
from courses.timetable.judging import judge
from courses.timetable.teachers import Teacher
from lms import audit, clock
from lms.access.models import User
from lms.db import atomic, lock
from lms.errors import Conflict
from lms.events import publish
from lms.importing import drafts
from lms.importing.models import ImportDraft
from lms.importing.preview import Outcome, Preview, Result, RowJudgement, Status
from lms.people.models import Organisation

KIND = "courses.timetable"


class PreviewOutdated(Conflict):
    """The class changed after the preview was made; it has to be looked at again."""

    code = "preview_outdated"


def import_sessions(
    draft: ImportDraft,
    klass: Klass,
    *,
    by: User,
    digest: str = "",
    take_conflicts: bool = False,
    cancel_missing: bool = False,
) -> Result:
    """Apply an uploaded timetable; returns what became of every row, with counts.

    `digest` is that of the preview the officer saw. `take_conflicts` also takes lines whose lecturer or room
    is busy elsewhere; `cancel_missing` cancels sessions the file does not mention, except locked ones.
    Raises WrongState, AlreadyApplied, PreviewOutdated, Invalid. Publishes SessionsChanged.
    """
    with atomic():
        draft = drafts.must_be_open(draft)
        klass = lock(klass)
        must_be(klass, *SCHEDULABLE_STATES)
        preview = judge(drafts.grid(draft), queries.class_or_404(klass.id))
        if digest and digest != preview.facts["digest"]:
            raise PreviewOutdated(
                _("The class changed in the meantime. Please look at the list again, then apply it.")
            )
        result = _write(klass, preview, by, take_conflicts, cancel_missing)
        drafts.finish(draft, preview, result)
        audit.record(by, "courses.timetable_imported", klass, filename=draft.filename, **result.counts)
        if result.counts["new"] or result.counts["changed"] or result.counts["cancelled"]:
            publish(SessionsChanged(class_id=klass.id, by_id=getattr(by, "id", None)))
    return result


def _write(klass: Klass, preview: Preview, by: User, take_conflicts: bool, cancel_missing: bool) -> Result:
    counts = dict.fromkeys(
        ("new", "changed", "same", "conflict", "error", "skipped", "rooms", "lecturers", "cancelled"), 0
    )
    cancelled = _cancel(klass, preview.facts["untouched"]) if cancel_missing else 0
    outcomes = []
    for row in preview.rows:
        take = row.applicable or (take_conflicts and row.facts.get("may_take"))
        status = (Status.CHANGED if row.facts.get("session_id") else Status.NEW) if take else row.status
        if take:
            _write_row(klass, row, by, counts)
        counts[status.value] += 1
        outcomes.append(Outcome(row.number, status, row.reason, done=bool(take)))
    renumber(klass)
    _fill_dates(klass)
    counts["cancelled"] = cancelled
    return Result(counts, tuple(outcomes))


def _write_row(klass: Klass, row: RowJudgement, by: User, counts: dict[str, int]) -> None:
    facts = row.facts
    values = {
        "starts_at": datetime.fromisoformat(facts["starts_at"]),
        "ends_at": datetime.fromisoformat(facts["ends_at"]),
        "topic": facts["topic"],
        "periods": facts["periods"],
        "lecturer": _lecturer(facts, by, counts),
        "room": _room(facts, by, counts),
    }
    if facts.get("session_id"):
        stays = {"periods", "lecturer", "room"} - set(facts["given"])
        values = {name: value for name, value in values.items() if name not in stays}
        ClassSession.update(**values).where(ClassSession.id == facts["session_id"]).execute()
    else:
        ClassSession.create(klass=klass, number=0, **values)


def _room(facts: Mapping[str, Any], by: User, counts: dict[str, int]) -> int | Room | None:
    if not facts.get("room_is_new"):
        return facts["room_id"]  # type: ignore[no-any-return]
    if known := find_room(facts["room"]):
        return known
    counts["rooms"] += 1
    return add_room(facts["room"], by=by)


def _lecturer(facts: Mapping[str, Any], by: User, counts: dict[str, int]) -> int | Lecturer | None:
    if not facts.get("lecturer_is_new"):
        return facts["lecturer_id"]  # type: ignore[no-any-return]
    teacher = Teacher(**facts["teacher"])
    if known := find_lecturer(teacher.name):
        return known
    counts["lecturers"] += 1
    agency = Organisation.get_by_id(facts["agency_id"]) if facts.get("agency_id") else None
    return add_lecturer(
        teacher.name,
        by=by,
        academic_title=teacher.title,
        visiting=teacher.visiting,
        unnamed=teacher.unnamed,
        organisation=agency,
    )


def _cancel(klass: Klass, session_ids: list[int]) -> int:
    held = locked(klass)
    free = [session_id for session_id in session_ids if session_id not in held]
    if not free:
        return 0
    return int(ClassSession.update(cancelled_at=clock.now()).where(ClassSession.id.in_(free)).execute())


def _fill_dates(klass: Klass) -> None:
    """A class without dates takes those of its timetable."""
    if klass.starts_on or klass.ends_on:
        return
    first, last = ClassSession.select(fn.MIN(ClassSession.starts_at), fn.MAX(ClassSession.ends_at)).where(queries.live(klass)).scalar(as_tuple=True)  # fmt: skip
    if first:
        values = {"starts_on": clock.local(first).date(), "ends_on": clock.local(last).date()}
        Klass.update(**values).where(Klass.id == klass.id).execute()
