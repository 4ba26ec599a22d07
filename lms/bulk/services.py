"""A deed on many rows from the choice to the result, and back. The module's own services put what is done on record."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _

from lms import clock, jobs
from lms.access import can
from lms.access.models import User
from lms.bulk.deeds import BulkDeed, deed_or_404
from lms.bulk.models import BulkRun
from lms.db import atomic, lock
from lms.errors import Conflict, Invalid, NotAllowed, NotFound

JOB = "lms.bulk_deed"
#: More rows than this are done in the background, in portions of this size, each whole.
AT_ONCE = 100
UNDO_MINUTES = 10
#: Days a choice that was never applied, or a result, is kept.
KEPT_DAYS = 30


class CannotUndo(Conflict):
    """The deed cannot be taken back any more."""

    code = "cannot_undo"


@dataclass(frozen=True)
class Line:
    """A row as people know it, and what stands against it."""

    title: str
    detail: str
    reason: str = ""
    number: int = 0


@dataclass(frozen=True)
class Plan:
    """What the deed would do, or did: rows ready or done, and rows that cannot, with the reason."""

    ready: list[Line]
    blocked: list[Line]
    remark: str = ""


@atomic
def choose(deed: BulkDeed, ids: Sequence[int], *, target: int | None, by: User) -> BulkRun:
    """Keep a choice of rows for its dry run. Raises Invalid when none of them is there, NotAllowed."""
    _must_be_allowed(deed, by)
    found = deed.rows(ids, user=by, target=deed.target_or_404(target, by))
    if not found:
        raise Invalid(_("Choose at least one row."))
    return BulkRun.create(  # type: ignore[no-any-return]
        key=secrets.token_urlsafe(18), deed=deed.key, target=target, by=by, chosen=[row.id for row in found]
    )


def run_or_404(key: str, *, by: User) -> BulkRun:
    """One's own run whose deed one may still do. Raises NotFound, NotAllowed."""
    run = BulkRun.get_or_none(BulkRun.key == key, BulkRun.by == by.id)
    if run is None:
        raise NotFound(_("There is no such work of yours."))
    _must_be_allowed(deed_or_404(run.deed), by)
    return run  # type: ignore[no-any-return]


def plan(run: BulkRun) -> Plan:
    """The dry run as things stand now, or the result; writes nothing."""
    deed = deed_or_404(run.deed)
    target = deed.target_or_404(run.target, run.by)
    rows = deed.rows(run.chosen, user=run.by, target=target)
    remark = ""
    if run.applied_at:
        against = {int(number): reason for number, reason in {**run.blocked, **run.kept}.items()}
        reasons = [against.get(row.id, "") for row in rows]
    else:
        reasons = deed.judge(rows, user=run.by, target=target)
        ready = [row for row, reason in zip(rows, reasons, strict=True) if not reason]
        remark = deed.remark(ready, user=run.by, target=target) if ready else ""
    lines = [_line(deed, row, reason) for row, reason in zip(rows, reasons, strict=True)]
    return Plan([line for line in lines if not line.reason], [line for line in lines if line.reason], remark)


def fates(run: BulkRun, ids: Sequence[int]) -> list[Line]:
    """What became of a portion that was done, row by row, as people know them."""
    deed = deed_or_404(run.deed)
    rows = deed.rows(ids, user=run.by, target=deed.target_or_404(run.target, run.by))
    return [_line(deed, row, run.blocked.get(str(row.id), "")) for row in rows]


def _line(deed: BulkDeed, row: Any, reason: str) -> Line:
    return Line(*deed.describe(row), reason=reason, number=row.id)


@atomic
def start(run: BulkRun, *, reason: str = "") -> jobs.JobRun | None:
    """Do it: at once (None), or in the background for more than `AT_ONCE` rows. Raises Invalid without a needed reason."""
    run = _open(run)
    deed = deed_or_404(run.deed)
    if run.job:
        under_way = jobs.JobRun.get_or_none(jobs.JobRun.id == run.job)
        if under_way is not None and not under_way.finished:
            return under_way  # type: ignore[no-any-return]
    run.reason = deed.check_reason(reason) if deed.wants_reason else ""
    run.save(only=[BulkRun.reason])
    if len(run.chosen) <= AT_ONCE:
        portion(run, run.chosen)
        finish(run)
        return None
    work = jobs.start(JOB, title=deed.title, by=run.by, key=run.key)
    run.job = work.id
    run.save(only=[BulkRun.job])
    return work


@atomic
def portion(run: BulkRun, ids: Sequence[int]) -> dict[int, str]:
    """Do a portion of the chosen rows, whole, and note it; answers those that could not be done: id → why."""
    deed = deed_or_404(run.deed)
    target = deed.target_or_404(run.target, run.by)
    rows = deed.rows(ids, user=run.by, target=target)
    reasons = deed.judge(rows, user=run.by, target=target)
    blocked = {row.id: reason for row, reason in zip(rows, reasons, strict=True) if reason}
    ready = [row for row in rows if row.id not in blocked]
    if ready:
        blocked |= deed.apply(ready, by=run.by, target=target, reason=run.reason)
    run.done = [*run.done, *(row.id for row in rows if row.id not in blocked)]
    before = {number: reason for number, reason in run.blocked.items() if int(number) not in ids}
    run.blocked = before | {str(number): str(reason) for number, reason in blocked.items()}
    run.save(only=[BulkRun.done, BulkRun.blocked])
    return blocked


@atomic
def finish(run: BulkRun) -> None:
    """Every portion is done: from now on the minutes to take it back run."""
    run.applied_at = clock.now()
    run.save(only=[BulkRun.applied_at])


def may_undo(run: BulkRun) -> bool:
    """Whether the deed can be taken back now."""
    if not run.applied_at or run.undone_at or not run.done or not deed_or_404(run.deed).can_undo:
        return False
    return bool(clock.now() - run.applied_at < timedelta(minutes=UNDO_MINUTES))


@atomic
def undo(run: BulkRun) -> int:
    """Take back what was done; rows with later facts stay, with the reason. Returns how many. Raises CannotUndo."""
    run = lock(run)
    if not may_undo(run):
        raise CannotUndo(
            _("This can be taken back for %(minutes)s minutes only, and only once.", minutes=UNDO_MINUTES)
        )
    deed = deed_or_404(run.deed)
    target = deed.target_or_404(run.target, run.by)
    rows = deed.rows(run.done, user=run.by, target=target)
    kept = deed.undo(rows, by=run.by, target=target)
    run.kept = {str(number): str(reason) for number, reason in kept.items()}
    run.undone_at = clock.now()
    run.save(only=[BulkRun.kept, BulkRun.undone_at])
    return len(rows) - len(kept)


@atomic
def tidy() -> int:
    """Remove choices and results after their days; the audit record keeps the deeds. Returns how many."""
    old = clock.now() - timedelta(days=KEPT_DAYS)
    return int(BulkRun.delete().where(BulkRun.created_at < old).execute())


def _open(run: BulkRun) -> BulkRun:
    run = lock(run)
    if run.applied_at:
        raise Conflict(_("This was done already; below is the result."), code="already_applied")
    return run


def _must_be_allowed(deed: BulkDeed, by: Any) -> None:
    if not can(by, deed.permission):
        raise NotAllowed(permission=deed.permission, title=str(deed.title))
