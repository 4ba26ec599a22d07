"""Look a nomination list over, row by row, before anything is written.

Officials are recognised by citizen id, then staff code; name and birth date only *suggest* somebody
(two people may share both). A row that would nominate another agency's official, somebody already in,
or the same person twice says so in a sentence that names what to do.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask_babel import gettext as _

from courses.models import Klass
from lms import names
from lms.access.models import User
from lms.errors import Refused
from lms.importing import headers, rows, values
from lms.importing.preview import Choice, Preview, Problem, RowJudgement, Status, skipped
from lms.importing.rows import Kind, Row
from lms.importing.sheets import Grid
from lms.importing.values import BirthDate
from lms.people.models import Official, Organisation
from lms.plugins import check, setting
from lms.text import clean_line, fold, fold_words
from plugins.enrolment import columns as listed
from plugins.enrolment.models import ACCEPTED, REJECTED, SUBMITTED
from plugins.enrolment.services.records import Records, gather

Fixes = Mapping[int, Mapping[str, str]]

#: Chosen in the preview instead of somebody on record.
NEW_PERSON = "new"
_DECISION = re.compile(
    r"(?:quyết định|công văn|tờ trình|qđ)\s+số[:\s]*([\w\-/.]{2,40})\s*,?\s*ngày\s+(\d{1,2})\s*(?:/|tháng|-|\.)\s*(\d{1,2})\s*(?:/|năm|-|\.)\s*(\d{4})",
    re.IGNORECASE,
)
_COUNT = re.compile(r"danh sach (?:nay )?(?:gom|co)(?: co)? (\d+)")


@dataclass
class Entry:
    """One data row as it was read: typed values, repairs, problems, and who it turned out to be."""

    row: Row
    name: str = ""
    birth: BirthDate | None = None
    gender: str | None = None
    cccd: str | None = None
    code: str | None = None
    position: str = ""
    unit: str = ""
    remark: str = ""
    notes: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    fixes: Mapping[str, str] = field(default_factory=dict)


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
    entries = [_read(row, (fixes or {}).get(row.number, {})) for row in rows.data(body)]
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
    number, on = _decision(body)
    return Preview(
        columns=tuple((c.key, str(c.title)) for c in columns if c.key in _SHOWN),
        rows=everything,
        notes=tuple(_about_the_file(grid, body, klass, len(entries), number, on)),
        facts={
            "header_row": header.last + 1,
            "decision_number": number,
            "decision_date": on.isoformat() if on else "",
            "agency": records.agency.id if records.agency else None,
        },
    )


_SHOWN = frozenset({"name", "birth", "cccd", "code", "position", "unit"})


# --- reading -----------------------------------------------------------------------------------


def _read(row: Row, fixes: Mapping[str, str]) -> Entry:
    entry = Entry(row, fixes=fixes)
    cells = row.cells
    entry.name = _take(entry, "name", values.name(fixes.get("name") or cells.get("name"))) or ""
    entry.birth = _birth(entry)
    entry.cccd = _take(entry, "cccd", values.cccd(_typed(entry, "cccd")))
    entry.code = _take(entry, "code", values.staff_code(_typed(entry, "code")))
    entry.position = values.text(cells.get("position"))[:200]
    entry.unit = clean_line(fixes.get("unit") or values.text(cells.get("unit")))[:200]
    planning, remark = values.text(cells.get("planning")), values.text(cells.get("remark"))
    if planning:
        planning = _("in succession planning") if planning.lower() in {"x", "có"} else planning
    entry.remark = "; ".join(part for part in (planning, remark) if part)[:400]
    return entry


def _typed(entry: Entry, key: str) -> Any:
    """The corrected text, else the cell; a single dash typed as correction empties the cell."""
    fixed = entry.fixes.get(key)
    if fixed:
        return None if fixed == "-" else fixed
    return entry.row.cells.get(key)


def _take(entry: Entry, column: str, read: values.Read[Any]) -> Any:
    entry.notes += read.notes
    if read.problem:
        entry.problems.append(Problem(column, read.problem))
    return read.value


def _birth(entry: Entry) -> BirthDate | None:
    """The birth date, and the gender when the list has a column for each."""
    cells, fixed = entry.row.cells, entry.fixes.get("birth")
    for_men, for_women = cells.get("birth_male"), cells.get("birth_female")
    if values.text(for_men) and values.text(for_women):
        entry.problems.append(Problem("birth", _("Both birth-date columns, men's and women's, are filled.")))
        return None
    entry.gender = "M" if values.text(for_men) else "F" if values.text(for_women) else None
    if entry.gender is None:
        entry.gender = _take(entry, "gender", values.gender(cells.get("gender")))
    written = fixed or (for_men if entry.gender == "M" else for_women) or cells.get("birth")
    read: BirthDate | None = _take(entry, "birth", values.birth_date(written))
    return read


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
        "cccd": f"•••••••••{entry.cccd[-3:]}" if entry.cccd else values.text(_typed(entry, "cccd"))[:20],
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


def _decision(body: list[Row]) -> tuple[str, date | None]:
    """The sending decision named above or below the table (quyết định cử đi học)."""
    for row in body:
        found = _DECISION.search(row.text) if row.kind in {Kind.TITLE, Kind.FOOTER} else None
        if found:
            read = values.plain_date(f"{found[2]}/{found[3]}/{found[4]}")
            return found[1].rstrip("."), read.value
    return "", None


def _about_the_file(
    grid: Grid, body: list[Row], klass: Klass, count: int, number: str, on: date | None
) -> list[str]:
    notes = []
    if number and on:
        notes.append(
            _("Sending decision: no. %(number)s of %(date)s.", number=number, date=on.strftime("%d/%m/%Y"))
        )
    if grid.encoding == "Windows-1258":
        notes.append(_("The file was in the Windows-1258 encoding; check a few names with tones below."))
    if grid.other_sheets:
        notes.append(_("Only the sheet “%(sheet)s” was read; not read: %(others)s.",
                       sheet=grid.name, others=", ".join(grid.other_sheets)))  # fmt: skip
    stated = next((int(m[1]) for row in body if (m := _COUNT.search(fold_words(row.text)))), None)
    if stated is not None and stated != count:
        notes.append(
            _("The list says it has %(stated)d people; %(read)d rows were read.", stated=stated, read=count)
        )
    title = next(
        (found for row in body if row.kind is Kind.TITLE and (found := _names_a_class(row.text))), ""
    )
    known = [fold_words(name) for name in (klass.title, klass.programme.title, klass.code)]
    if title and not any(name in title or title in name for name in known):
        notes.append(_("The title of the list names another class than “%(klass)s”. Check that you chose the right one.",
                       klass=klass.title))  # fmt: skip
    return notes


def _names_a_class(title: str) -> str:
    """What follows "lớp" in a title of the list, folded; empty when it names no class."""
    words = fold_words(title).split()
    return " ".join(words[words.index("lop") + 1 :]) if "lop" in words else ""
