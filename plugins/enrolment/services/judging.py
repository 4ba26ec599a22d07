"""Look a nomination list over, row by row, before anything is written.

Officials are recognised by citizen id, then staff code; name and birth date only *suggest* somebody
(two people may share both). A row that would nominate another agency's official, somebody already in,
or the same person twice says so in a sentence that names what to do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from courses.models import Klass
from lms import names
from lms.access.models import User
from lms.errors import Refused
from lms.importing import headers, rows, values
from lms.importing.preview import Choice, Preview, Problem, RowJudgement, Status, skipped
from lms.importing.sheets import Grid
from lms.importing.values import BirthDate
from lms.people.models import Official, Organisation
from lms.plugins import check, setting
from lms.text import fold
from plugins.enrolment import columns as listed
from plugins.enrolment.models import ACCEPTED, REJECTED, SUBMITTED
from plugins.enrolment.services.reading import Entry, about_the_file, decision, read_row, typed
from plugins.enrolment.services.records import Records, gather

Fixes = Mapping[int, Mapping[str, str]]

#: Chosen in the preview instead of somebody on record.
NEW_PERSON = "new"


@dataclass(frozen=True)
class Verdict:
    """Who a row means, or why that cannot be said."""

    official: Official | None = None
    status: Status = Status.NEW
    reason: str = ""
    choices: tuple[Choice, ...] = ()
    #: Where a new official will be put on record.
    home: Organisation | None = None


def judge_list(grid: Grid, klass: Klass, *, by: User, fixes: Fixes | None = None) -> Preview:
    """Judge every physical row of a list. Raises Invalid when no header is found."""
    columns = listed.columns()
    header = headers.find(grid, columns, any_of=[listed.BIRTH])
    body = rows.body(grid, header, primary=listed.PRIMARY, number=listed.NUMBER)
    entries = [read_row(row, (fixes or {}).get(row.number, {})) for row in rows.data(body)]
    records = gather(
        klass,
        by=by,
        cccds=[entry.cccd for entry in entries if entry.cccd],
        codes=[entry.code for entry in entries if entry.code],
        names=[entry.name for entry in entries if entry.name],
    )
    seen: dict[str, int] = {}
    judged = [_judge(entry, records, seen) for entry in entries]
    everything = sorted([*judged, *skipped(body)], key=lambda row: row.number)
    number, on = decision(body)
    return Preview(
        columns=tuple((c.key, str(c.title)) for c in columns if c.key in _SHOWN),
        rows=everything,
        notes=tuple(about_the_file(grid, body, klass, len(entries), number, on)),
        facts={
            "header_row": header.last + 1,
            "decision_number": number,
            "decision_date": on.isoformat() if on else "",
            "agency": records.agency.id if records.agency else None,
        },
    )


_SHOWN = frozenset({"name", "birth", "cccd", "code", "position", "unit"})


# --- judging -----------------------------------------------------------------------------------


def _judge(entry: Entry, records: Records, seen: dict[str, int]) -> RowJudgement:
    verdict = _left_out(entry) or _unreadable(entry) or _identify(entry, records)
    verdict = _twice(entry, verdict, seen)
    if verdict.official is not None and verdict.status is Status.NEW:
        verdict = _standing(entry, verdict, records)
    return RowJudgement(
        number=entry.row.number,
        status=verdict.status,
        reason=verdict.reason,
        values=_shown(entry),
        notes=tuple(entry.notes),
        problems=tuple(entry.problems),
        section=entry.row.section,
        choices=verdict.choices,
        chosen=entry.fixes.get("official", ""),
        fixed=tuple(key for key in entry.fixes),
        facts=_facts(entry, verdict, records),
    )


def _left_out(entry: Entry) -> Verdict | None:
    if not entry.fixes.get("skip"):
        return None
    return Verdict(status=Status.SKIPPED, reason=_("Skipped: you left this row out."))


def _unreadable(entry: Entry) -> Verdict | None:
    if not entry.problems:
        return None
    return Verdict(status=Status.ERROR, reason=entry.problems[0].sentence)


def _identify(entry: Entry, records: Records) -> Verdict:
    chosen = entry.fixes.get("official", "")
    candidates = _candidates(entry, records)
    picked = next((official for official in candidates if str(official.id) == chosen), None)
    if picked is not None:
        return _as_chosen(entry, picked)
    by_cccd, by_code = records.citizen(entry.cccd), records.by_code.get(entry.code or "")
    known = by_cccd or by_code
    if known is None:
        return _unknown(entry, records, candidates, chosen)
    if not records.mine(known):
        return Verdict(status=Status.CONFLICT, reason=_out_of_scope())
    if by_cccd and by_code and by_cccd != by_code:
        reason = _(
            "The citizen id and the staff code belong to two different people. Choose the right one or correct the row."
        )
        return Verdict(status=Status.CONFLICT, reason=reason, choices=_choices(candidates))
    if reason := _differs(entry, known, by_id=by_cccd is not None):
        return Verdict(status=Status.CONFLICT, reason=reason, choices=_choices([known]))
    if not known.active:
        return Verdict(status=Status.CONFLICT, reason=_("On record as no longer serving. Ask the Department to correct the record first."))  # fmt: skip
    return _recognised(entry, known, by_id=by_cccd is not None)


def _candidates(entry: Entry, records: Records) -> list[Official]:
    """Own officials the row may mean; only these can be chosen."""
    found = [records.citizen(entry.cccd), records.by_code.get(entry.code or "")]
    found += [
        official
        for official in records.by_name.get(fold(entry.name), [])
        if entry.birth and (birth := _birth_of(official)) and entry.birth.agrees_with(birth)
    ]
    unique = {official.id: official for official in found if official is not None and records.mine(official)}
    return list(unique.values())


def _as_chosen(entry: Entry, official: Official) -> Verdict:
    entry.notes.append(
        _("You chose the official on record; the record's name, birth date and codes are used.")
    )
    return Verdict(official, reason=_("Will be nominated: %(who)s.", who=_who(official)))


def _recognised(entry: Entry, official: Official, *, by_id: bool) -> Verdict:
    if entry.unit and fold(entry.unit) not in {fold(official.organisation.name), fold(official.unit_text)}:
        entry.notes.append(_("On record in another unit: %(unit)s.", unit=official.organisation.name))
    if entry.position and official.position and fold(entry.position) != fold(official.position):
        entry.notes.append(_("On record in another position: %(position)s.", position=official.position))
    if by_id:
        return Verdict(official, reason=_("Will be nominated; recognised by citizen id."))
    return Verdict(official, reason=_("Will be nominated; recognised by staff code."))


def _differs(entry: Entry, official: Official, *, by_id: bool) -> str:
    """Why a row recognised by a code may still mean somebody else; empty when it does not."""
    if names.sort_key(entry.name) != names.sort_key(official.full_name):
        if by_id:
            return str(_("The citizen id is on record for “%(name)s”. Correct the name or the number, or confirm the person.", name=official.full_name))  # fmt: skip
        return str(_("The staff code is on record for “%(name)s”. Correct the name or the code, or confirm the person.", name=official.full_name))  # fmt: skip
    birth = _birth_of(official)
    if entry.birth and birth and not entry.birth.agrees_with(birth):
        return str(
            _("The birth date on record is %(birth)s. Correct the row, or confirm the person.", birth=birth)
        )
    if not by_id and entry.cccd and official.cccd_hash:
        return str(_("The staff code fits, but the citizen id on record is another one. Correct the row, or confirm the person."))  # fmt: skip
    return ""


def _unknown(entry: Entry, records: Records, candidates: list[Official], chosen: str) -> Verdict:
    if candidates and chosen != NEW_PERSON:
        reason = _(
            "Somebody of the same name and birth is on record. Choose the right person, or say it is a new one."
        )
        choices = (*_choices(candidates), Choice(NEW_PERSON, _("A new person, not on record yet")))
        return Verdict(status=Status.CONFLICT, reason=reason, choices=choices)
    if entry.cccd:
        year = entry.birth.year if entry.birth else None
        entry.notes += values.cccd_doubts(entry.cccd, gender=entry.gender, birth_year=year)
    home, reason = _home(entry, records)
    if home is None:
        return Verdict(status=Status.CONFLICT, reason=reason)
    if entry.birth is None:
        entry.problems.append(Problem("birth", _("The birth date is missing; a new official needs one.")))
        return Verdict(status=Status.ERROR, reason=entry.problems[-1].sentence)
    reason = _(
        "Not on record: a record will be made at %(unit)s, and the official nominated.", unit=home.name
    )
    return Verdict(home=home, reason=reason)


def _home(entry: Entry, records: Records) -> tuple[Organisation | None, str]:
    """Where a new official goes: the unit named when it is ours, the agency when it is unknown, else nowhere."""
    if not setting("enrolment.new_officials"):
        return None, str(_("Not on record. Ask the Department to add this official first."))
    named = records.units(entry.unit)
    ours = [unit for unit in named if unit.id in records.in_scope]
    if ours:
        return max(ours, key=lambda unit: (unit.valid_to is None, unit.id)), ""
    if named:
        return None, str(_("Out of your scope: “%(unit)s” is another agency and nominates its own officials. Correct the unit, or leave the row out.", unit=entry.unit))  # fmt: skip
    if records.agency is None:
        return None, str(_("Your account has no agency for which new officials could be added."))
    return records.agency, ""


def _twice(entry: Entry, verdict: Verdict, seen: dict[str, int]) -> Verdict:
    if verdict.status is not Status.NEW:
        return verdict
    keys = [f"o{verdict.official.id}"] if verdict.official else []
    keys += [f"c{entry.cccd}"] if entry.cccd and not verdict.official else []
    keys += [f"s{entry.code}"] if entry.code and not verdict.official else []
    if not keys or (not verdict.official and not entry.cccd):
        keys.append(f"n{fold(entry.name)}|{entry.birth}")
    before = next((seen[key] for key in keys if key in seen), None)
    if before is not None:
        reason = _("The same person as in row %(row)d. Leave one of the two out.", row=before)
        return Verdict(verdict.official, Status.CONFLICT, reason)
    seen.update(dict.fromkeys(keys, entry.row.number))
    return verdict


def _standing(entry: Entry, verdict: Verdict, records: Records) -> Verdict:
    """How a recognised official stands to the class."""
    official = verdict.official
    assert official is not None
    if official.id in records.learners:
        return Verdict(official, Status.SAME, _("Is a learner of this class already."))
    nomination = records.nominations.get(official.id)
    if nomination and nomination.status in {SUBMITTED, ACCEPTED}:
        if nomination.organisation_id not in records.in_scope:
            return Verdict(
                official, Status.CONFLICT, _("Another agency has nominated this official for the class.")
            )
        if nomination.status == SUBMITTED and _changes(entry, nomination):
            return Verdict(
                official, Status.CHANGED, _("Nominated already; position, unit or remark will be updated.")
            )
        return Verdict(official, Status.SAME, _("Nominated already."))
    if nomination and nomination.status == REJECTED:
        entry.notes.append(_("Was rejected before: %(reason)s", reason=nomination.reason))
    try:
        check("before_enrol", klass=records.klass, official=official)
    except Refused as veto:
        return Verdict(official, Status.CONFLICT, str(veto))
    return verdict


def _changes(entry: Entry, nomination: Any) -> bool:
    return (entry.position, entry.unit, entry.remark) != (
        nomination.position,
        nomination.unit_text,
        nomination.remark,
    )


# --- words and facts ---------------------------------------------------------------------------


def _birth_of(official: Official) -> BirthDate | None:
    if official.birth_date:
        return BirthDate(official.birth_date.year, official.birth_date)
    return BirthDate(official.birth_year) if official.birth_year else None


def _who(official: Official) -> str:
    parts = (official.full_name, _birth_of(official), official.code, official.organisation.name)
    return ", ".join(str(part) for part in parts if part)


def _choices(officials: list[Official]) -> tuple[Choice, ...]:
    return tuple(Choice(str(official.id), _who(official)) for official in officials)


def _out_of_scope() -> str:
    return str(_("Out of your scope: the official is on record in another agency. That agency nominates, or the Department moves the record."))  # fmt: skip


def _shown(entry: Entry) -> dict[str, str]:
    raw = entry.row.cells
    birth = entry.fixes.get("birth") or next((t for key in ("birth_male", "birth_female", "birth") if (t := values.text(raw.get(key)))), "")  # fmt: skip
    return {
        "name": entry.name or entry.fixes.get("name") or values.text(raw.get("name"))[:100],
        "birth": str(entry.birth) if entry.birth else birth[:40],
        "gender": entry.gender or "",
        "cccd": f"•••••••••{entry.cccd[-3:]}" if entry.cccd else values.text(typed(entry, "cccd"))[:20],
        "code": entry.code or values.text(raw.get("code"))[:20],
        "position": entry.position,
        "unit": entry.unit,
    }


def _facts(entry: Entry, verdict: Verdict, records: Records) -> dict[str, Any]:
    official = verdict.official
    nomination = records.nominations.get(official.id) if official else None
    return {
        "official": official.id if official else None,
        "nomination": nomination.id if nomination else None,
        "home": verdict.home.id if verdict.home else None,
        "name": entry.name,
        "birth_date": entry.birth.date.isoformat() if entry.birth and entry.birth.date else "",
        "birth_year": entry.birth.year if entry.birth else None,
        "gender": entry.gender,
        "cccd": entry.cccd,
        "code": entry.code,
        "position": entry.position,
        "unit": entry.unit,
        "remark": entry.remark,
    }
