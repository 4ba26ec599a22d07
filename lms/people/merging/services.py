"""Merge two records of one person, take a merge back, remember that two are not the same."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import gettext as _

from lms import audit, clock, text
from lms.access.models import User
from lms.db import atomic, lock
from lms.errors import Conflict, Invalid
from lms.people import history, owning
from lms.people.merging import alike, plan
from lms.people.merging.models import Alike, NotSame, OfficialMerge
from lms.people.models import Official
from lms.plugins import check


class CannotMerge(Conflict):
    """Something forbids the merge; the sentence names the first thing to do."""

    code = "cannot_merge"


class PlanChanged(Conflict):
    """Somebody changed one of the records since the preview was shown."""

    code = "plan_changed"


class CannotUndo(Conflict):
    """Later facts stand in the way of taking a merge back."""

    code = "cannot_undo"


@atomic
def merge(
    kept: Official, gone: Official, *, reason: str, by: User | None, fingerprint: str = ""
) -> OfficialMerge:
    """Put two records of one person together: what belongs to `gone` belongs to `kept` from now on.

    Printed values of certificates stay as printed. `fingerprint` is that of the preview the user agreed to.
    Raises Invalid without a reason, CannotMerge naming what forbids it, PlanChanged when the preview is stale.
    """
    reason = _reason(reason)
    kept, gone = lock(kept), lock(gone)
    planned = plan.of(kept, gone)
    if planned.conflicts:
        raise CannotMerge(planned.conflicts[0], conflicts=planned.conflicts)
    if fingerprint and fingerprint != planned.fingerprint:
        raise PlanChanged(_("The records changed since the preview. Look at it again, then merge."))
    moves = owning.move(planned.moving, gone, kept)
    _take_over(kept, gone, planned.taken_over)
    Official.update(merged_into=kept.id, active=False).where(Official.id == gone.id).execute()
    alike.look_at([kept.id, gone.id])
    done = OfficialMerge.create(
        kept=kept,
        gone=gone,
        reason=reason,
        moves=moves,
        counts=planned.counts,
        taken_over=planned.taken_over | {"active": {"gone": bool(gone.active)}},
        merged_by=by,
    )
    audit.record(by, "people.merged", kept, gone=gone.id, merge=done.id, rows=planned.total, reason=reason)
    return done


@atomic
def undo(merge: OfficialMerge, *, reason: str, by: User | None) -> OfficialMerge:
    """Take a merge back: every moved row and value goes to the record it came from.

    What came to the person since the merge stays with the record kept. Raises Invalid without a reason, CannotUndo
    when later facts stand in the way, with the sentence that says which.
    """
    reason = _reason(reason)
    merge = lock(merge)
    kept, gone = lock(merge.kept), lock(merge.gone)
    _must_be_undoable(merge, kept)
    check("before_merge_undone", merge=merge)
    owning.move_back(merge.moves, kept, gone)
    _give_back(kept, gone, merge.taken_over)
    alike.look_at([kept.id, gone.id])
    merge.undone_at, merge.undone_by, merge.undone_reason = clock.now(), by, reason
    merge.save(only=[OfficialMerge.undone_at, OfficialMerge.undone_by, OfficialMerge.undone_reason])
    rows = sum(len(one["ids"]) for one in merge.moves)
    audit.record(by, "people.merge_undone", kept, gone=gone.id, merge=merge.id, rows=rows, reason=reason)
    return merge


@atomic
def not_same(one: Official, other: Official, *, by: User | None) -> None:
    """Remember that two look alike and are two persons; they are not suggested again."""
    first, second = sorted((one.id, other.id))
    NotSame.insert(first=first, second=second, said_by=by, said_at=clock.now()).on_conflict_ignore().execute()
    Alike.delete().where(Alike.first == first, Alike.second == second).execute()
    audit.record(by, "people.not_same", one, other=other.id)


def _reason(reason: str) -> str:
    reason = text.squeeze(reason)[:300]
    if len(reason) < 5:
        raise Invalid(fields={"reason": _("Please say why.")})
    return reason


def _take_over(kept: Official, gone: Official, taken: dict[str, dict[str, Any]]) -> None:
    if not taken:
        return
    values = {name: getattr(gone, name) for name in taken}
    # Codes and citizen ids are unique: the other record lets go first.
    freed = {name: None for name in taken if name in {"code", *plan.CITIZEN_ID}}
    if freed:
        Official.update(freed).where(Official.id == gone.id).execute()
    Official.update(values).where(Official.id == kept.id).execute()


def _must_be_undoable(merge: OfficialMerge, kept: Official) -> None:
    if merge.undone_at:
        raise CannotUndo(_("This merge was undone already."))
    if kept.merged_into_id:
        raise CannotUndo(_("The record kept was merged into another one since. Undo that merge first."))
    for name, values in merge.taken_over.items():
        if name != "active" and plan.plain(getattr(kept, name)) != values["gone"]:
            raise CannotUndo(_("The value taken over from the other record was changed since: %(field)s.", field=history.field_title(name)))  # fmt: skip


def _give_back(kept: Official, gone: Official, taken: dict[str, dict[str, Any]]) -> None:
    values = {name: one["gone"] for name, one in taken.items()}
    if isinstance(values.get("birth_date"), str):
        values["birth_date"] = date.fromisoformat(values["birth_date"])
    emptied = {name: None for name in values if name != "active"}
    if emptied:
        Official.update(emptied).where(Official.id == kept.id).execute()
    Official.update(**values, merged_into=None).where(Official.id == gone.id).execute()
