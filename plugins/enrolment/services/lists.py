"""An agency's list from upload to result: taken in, corrected, applied once and whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _

from courses import queries as courses
from courses.models import Klass
from lms import audit
from lms.access.models import User
from lms.db import atomic, insert_many, lock
from lms.errors import Invalid, NotFound
from lms.events import publish
from lms.importing import drafts
from lms.importing.kinds import Change
from lms.importing.models import ImportDraft
from lms.importing.preview import Outcome, Preview, Result, RowJudgement, Status
from lms.importing.services import CannotUndo
from lms.people import services as people
from lms.people.models import Official, Organisation
from plugins.enrolment import queries
from plugins.enrolment.columns import FIXABLE
from plugins.enrolment.events import OfficialsNominated
from plugins.enrolment.models import ACCEPTED, REJECTED, SUBMITTED, Nomination, NominationStep
from plugins.enrolment.services.judging import judge_list
from plugins.enrolment.services.nominating import must_enrol, row_of, submit_again, withdraw

KIND = "enrolment.nominate"
#: What may be corrected in a preview: values, the person meant, and whether the row is left out.
CORRECTABLE = frozenset({*FIXABLE, "official", "skip"})


@atomic
def take_in(klass: Klass, data: bytes, filename: str, *, by: User) -> ImportDraft:
    """Take in an agency's list and judge it; nothing is nominated yet.

    Raises NotEnrolling, and Invalid when the file cannot be read or has no header; then nothing is kept.
    """
    must_enrol(klass)
    draft = drafts.keep(KIND, data, filename, by=by, target=klass.id)
    judge(draft, by=by)
    return draft


def class_of(draft: ImportDraft) -> Klass:
    """The class a list is for. Raises NotFound."""
    return courses.class_or_404(draft.target or 0)


def judge(draft: ImportDraft, *, by: User) -> Preview:
    """Judge an uploaded list again and remember the preview. Raises Invalid when no header is found."""
    klass = class_of(draft)
    preview = judge_list(drafts.grid(draft), klass, by=by, fixes=drafts.fixes(draft))
    drafts.keep_preview(draft, preview)
    return preview


@atomic
def correct(draft: ImportDraft, number: int, typed: Mapping[str, str], *, by: User) -> Preview:
    """Correct one row of a preview and judge the list again; what was typed is kept even when it is still wrong.

    Values equal to those shown are no corrections. Raises AlreadyApplied, NotFound for a row that is no data.
    """
    row = drafts.preview(draft).row(number)
    if row is None or row.facts.get("kind"):
        raise NotFound(_("The list has no such row."))
    changed = {
        key: value for key, value in typed.items() if key in CORRECTABLE and value != row.values.get(key)
    }
    return judge(drafts.fix(draft, number, changed), by=by)


@atomic
def nominate_from_import(draft: ImportDraft, *, by: User) -> Result:
    """Apply an uploaded list: judge it once more, then nominate every row that stands, all or nothing.

    Rows in conflict or error are left and answered in the result. Raises AlreadyApplied, NotEnrolling,
    Invalid when no row can be nominated.
    """
    draft = drafts.must_be_open(draft)
    klass = must_enrol(class_of(draft))
    preview = judge_list(drafts.grid(draft), klass, by=by, fixes=drafts.fixes(draft))
    if not preview.applicable:
        raise Invalid(_("No row can be nominated. Correct the rows below or upload a corrected list."))
    applied = _apply(klass, preview, by)
    result = Result(_counts(preview, applied), tuple(_outcome(row) for row in preview.rows))
    drafts.finish(draft, preview, result)
    drafts.keep_changes(draft, _changes(klass, preview))
    audit.record(by, "enrolment.nominated_from_list", klass, file=draft.filename, **result.counts)
    for organisation_id, count in applied.items():
        publish(OfficialsNominated(class_id=klass.id, organisation_id=organisation_id, count=count))
    return result


# --- taking a list back ------------------------------------------------------------------------


def decided(draft: ImportDraft) -> list[str]:
    """Why a list cannot be taken back: those on whom the school has decided; empty when it can."""
    ids = [change.id for change in drafts.changes(draft)]
    names = [
        one.official.full_name
        for part in [ids[start : start + 5000] for start in range(0, len(ids), 5000)]
        for one in Nomination.select(Nomination, Official)
        .join(Official)
        .where(Nomination.id.in_(part), Nomination.status.in_((ACCEPTED, REJECTED)))
    ]
    return [str(_("The school has decided on %(name)s.", name=name)) for name in names]


@atomic
def take_back(draft: ImportDraft, *, by: User) -> int:
    """Withdraw every nomination a list made, and put back what it changed; returns how many.

    Officials it put on record stay. Raises CannotUndo once the school has decided on one of them, or when done before.
    """
    draft = lock(draft)
    if draft.undone_at or not draft.changes:
        raise CannotUndo(_("There is nothing of this list to take back."))
    if reasons := decided(draft):
        raise CannotUndo(_("The list cannot be taken back. %(reasons)s", reasons=" ".join(reasons[:3])))
    changes = drafts.changes(draft)
    for change in changes:
        nomination = Nomination.get_by_id(change.id)
        if change.before:
            Nomination.update(**_typed(change.before)).where(Nomination.id == change.id).execute()
        elif nomination.status == SUBMITTED:
            withdraw(nomination, by=by, reason=_("The list was taken back."))
    drafts.mark_undone(draft)
    audit.record(by, "import.undone", draft, kind=KIND, count=len(changes))
    return len(changes)


# --- applying a list ---------------------------------------------------------------------------


def _apply(klass: Klass, preview: Preview, by: User) -> dict[int, int]:
    """Write every applicable row; returns how many nominations each agency submitted."""
    fresh = [row for row in preview.applicable if row.facts["official"] is None]
    for row, official in zip(fresh, _add_officials(fresh, by), strict=True):
        row.facts["official"] = official.id
        row.facts["added"] = True
    ids = {row.facts["official"] for row in preview.applicable}
    officials = {one.id: one for part in [sorted(ids)] for one in _officials(part)}
    roots = queries.agencies(by)
    counted: dict[int, int] = {}
    new_rows: list[dict[str, Any]] = []
    for row in preview.applicable:
        official = officials[row.facts["official"]]
        agency = queries.agency_of(official, roots) or official.organisation
        values = row_of(klass, official, agency, by, decision=_decision_of(preview), **_written(row))
        if row.status is Status.CHANGED:
            row.facts["before"] = _kept(Nomination.get_by_id(row.facts["nomination"]))
            _update(row.facts["nomination"], values)
        elif row.facts["nomination"]:
            submit_again(Nomination.get_by_id(row.facts["nomination"]), values)
        else:
            new_rows.append(values)
        if row.status is Status.NEW:
            counted[agency.id] = counted.get(agency.id, 0) + 1
    insert_many(Nomination, new_rows)
    standing = queries.standing(
        klass, [row.facts["official"] for row in preview.applicable if row.status is Status.NEW]
    )
    insert_many(
        NominationStep,
        [
            {
                "nomination": nomination.id,
                "status": SUBMITTED,
                "at": nomination.nominated_at,
                "by": by.id,
                "reason": "",
            }
            for nomination in standing.values()
        ],
    )
    return counted


def _officials(ids: Sequence[int]) -> list[Official]:
    found: list[Official] = []
    for start in range(0, len(ids), 5000):
        query = Official.select(Official, Organisation).join(Organisation)
        found.extend(query.where(Official.id.in_(ids[start : start + 5000])))
    return found


def _add_officials(rows: Sequence[RowJudgement], by: User) -> list[Official]:
    homes = {
        one.id: one
        for one in Organisation.select().where(Organisation.id.in_([r.facts["home"] for r in rows] or [-1]))
    }
    details = []
    for row in rows:
        facts = row.facts
        details.append(
            {
                "full_name": facts["name"],
                "organisation": homes[facts["home"]],
                "code": facts["code"],
                "birth_date": date.fromisoformat(facts["birth_date"]) if facts["birth_date"] else None,
                "birth_year": facts["birth_year"],
                "gender": facts["gender"],
                "cccd": facts["cccd"],
                "position": facts["position"],
                "unit_text": facts["unit"],
            }
        )
    return people.add_officials(details, by=by)


def _written(row: RowJudgement) -> dict[str, str]:
    return {key: row.facts[key] for key in ("position", "unit", "remark")}


def _decision_of(preview: Preview) -> tuple[str, date | None]:
    on = preview.facts["decision_date"]
    return preview.facts["decision_number"], date.fromisoformat(on) if on else None


#: What a list may change on a nomination made before.
_KEEP = ("position", "unit_text", "remark", "decision_number", "decision_date")


def _kept(nomination: Nomination) -> dict[str, Any]:
    """What a list may change, as plain values."""
    values = {key: nomination.__data__[key] for key in _KEEP}
    return {**values, "decision_date": str(values["decision_date"]) if values["decision_date"] else None}


def _typed(before: Mapping[str, Any]) -> dict[str, Any]:
    on = before["decision_date"]
    return {**before, "decision_date": date.fromisoformat(on) if on else None}


def _changes(klass: Klass, preview: Preview) -> list[Change]:
    """The nominations a list made or changed, to take them back."""
    standing = queries.standing(klass, [row.facts["official"] for row in preview.applicable])
    return [
        Change(row.number, standing[row.facts["official"]].id, row.facts.get("before"))
        for row in preview.applicable
    ]


def _update(nomination_id: int, values: dict[str, Any]) -> None:
    Nomination.update(**{key: values[key] for key in _KEEP}).where(
        (Nomination.id == nomination_id) & (Nomination.status == SUBMITTED)
    ).execute()


def _counts(preview: Preview, applied: dict[int, int]) -> dict[str, int]:
    counted = preview.counts()
    return {
        "nominated": sum(applied.values()),
        "added": sum(1 for row in preview.rows if row.facts.get("added")),
        "changed": counted[Status.CHANGED],
        "same": counted[Status.SAME],
        "conflict": counted[Status.CONFLICT],
        "error": counted[Status.ERROR],
        "skipped": counted[Status.SKIPPED],
    }


def _outcome(row: RowJudgement) -> Outcome:
    if row.status is Status.CHANGED:
        return Outcome(row.number, row.status, _("Updated."), done=True)
    if row.applicable and row.facts.get("added"):
        return Outcome(row.number, row.status, _("Put on record and nominated."), done=True)
    if row.applicable:
        return Outcome(row.number, row.status, _("Nominated."), done=True)
    return Outcome(row.number, row.status, row.reason)
