"""Look a nomination list over, row by row, before anything is written.

Officials are recognised by citizen id, then staff code; name and birth date only *suggest* somebody
(two people may share both). A row that would nominate another agency's official, somebody already in,
or the same person twice says so in a sentence that names what to do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from lms import names
from lms.errors import Refused
from lms.importing import values
from lms.importing.columns import Entry
from lms.importing.kinds import Verdict
from lms.importing.preview import Choice, Status
from lms.importing.values import BirthDate
from lms.people.models import Official, Organisation
from lms.plugins import check, setting
from lms.text import fold
from plugins.enrolment.models import ACCEPTED, REJECTED, SUBMITTED
from plugins.enrolment.services.reading import remark_of
from plugins.enrolment.services.records import Records

#: Chosen in the preview instead of somebody on record.
NEW_PERSON = "new"


@dataclass(frozen=True)
class Meant:
    """Who a row means, or why that cannot be said."""

    official: Official | None = None
    status: Status = Status.NEW
    reason: str = ""
    choices: tuple[Choice, ...] = ()
    #: Where a new official will be put on record.
    home: Organisation | None = None


def judge(entry: Entry, records: Records) -> Verdict:
    """Who a row without problems means and how that person stands to the class; leaves ids for applying."""
    meant = _identify(entry, records)
    if meant.official is not None and meant.status is Status.NEW:
        meant = _standing(entry, meant, records)
    entry.record = meant.official
    entry.facts |= {
        "official": meant.official.id if meant.official else None,
        "home": meant.home.id if meant.home else None,
    }
    return Verdict(meant.status, meant.reason, meant.choices, done=_done(meant))


def keys(entry: Entry) -> list[str]:
    """Every name under which two rows of one list mean the same person."""
    if entry.record is not None:
        return [f"o{entry.record.id}"]
    found = [f"{key}{written}" for key in ("cccd", "code") if (written := entry.get(key))]
    if not entry.get("cccd"):
        found.append(f"n{fold(entry.get('name', ''))}|{entry.get('birth')}")
    return found


def _done(meant: Meant) -> str:
    if meant.status is Status.CHANGED:
        return _("Updated.")
    return _("Put on record and nominated.") if meant.home else _("Nominated.")


# --- who is meant ------------------------------------------------------------------------------


def _identify(entry: Entry, records: Records) -> Meant:
    chosen = entry.fixes.get("record_chosen", "")
    candidates = _candidates(entry, records)
    picked = next((official for official in candidates if str(official.id) == chosen), None)
    if picked is not None:
        return _as_chosen(entry, picked)
    by_cccd, by_code = records.citizen(entry.get("cccd")), records.by_code.get(entry.get("code", ""))
    known = by_cccd or by_code
    if known is None:
        return _unknown(entry, records, candidates, chosen)
    if not records.mine(known):
        return Meant(status=Status.CONFLICT, reason=_out_of_scope())
    if by_cccd and by_code and by_cccd != by_code:
        reason = _(
            "The citizen id and the staff code belong to two different people. Choose the right one or correct the row."
        )
        return Meant(status=Status.CONFLICT, reason=reason, choices=_choices(candidates))
    if reason := _differs(entry, known, by_id=by_cccd is not None):
        return Meant(status=Status.CONFLICT, reason=reason, choices=_choices([known]))
    if not known.active:
        return Meant(status=Status.CONFLICT, reason=_("On record as no longer serving. Ask the Department to correct the record first."))  # fmt: skip
    return _recognised(entry, known, by_id=by_cccd is not None)


def _candidates(entry: Entry, records: Records) -> list[Official]:
    """Own officials the row may mean; only these can be chosen."""
    written: BirthDate | None = entry.get("birth")
    found = [records.citizen(entry.get("cccd")), records.by_code.get(entry.get("code", ""))]
    found += [
        official
        for official in records.by_name.get(fold(entry.get("name")), [])
        if written and (birth := _birth_of(official)) and written.agrees_with(birth)
    ]
    unique = {official.id: official for official in found if official is not None and records.mine(official)}
    return list(unique.values())


def _as_chosen(entry: Entry, official: Official) -> Meant:
    entry.notes.append(
        _("You chose the official on record; the record's name, birth date and codes are used.")
    )
    return Meant(official, reason=_("Will be nominated: %(who)s.", who=_who(official)))


def _recognised(entry: Entry, official: Official, *, by_id: bool) -> Meant:
    unit, position = entry.get("unit", ""), entry.get("position", "")
    if unit and fold(unit) not in {fold(official.organisation.name), fold(official.unit_text)}:
        entry.notes.append(_("On record in another unit: %(unit)s.", unit=official.organisation.name))
    if position and official.position and fold(position) != fold(official.position):
        entry.notes.append(_("On record in another position: %(position)s.", position=official.position))
    if by_id:
        return Meant(official, reason=_("Will be nominated; recognised by citizen id."))
    return Meant(official, reason=_("Will be nominated; recognised by staff code."))


def _differs(entry: Entry, official: Official, *, by_id: bool) -> str:
    """Why a row recognised by a code may still mean somebody else; empty when it does not."""
    if names.sort_key(entry.get("name")) != names.sort_key(official.full_name):
        if by_id:
            return str(_("The citizen id is on record for “%(name)s”. Correct the name or the number, or confirm the person.", name=official.full_name))  # fmt: skip
        return str(_("The staff code is on record for “%(name)s”. Correct the name or the code, or confirm the person.", name=official.full_name))  # fmt: skip
    written, birth = entry.get("birth"), _birth_of(official)
    if written and birth and not written.agrees_with(birth):
        return str(
            _("The birth date on record is %(birth)s. Correct the row, or confirm the person.", birth=birth)
        )
    if not by_id and entry.get("cccd") and official.cccd_hash:
        return str(_("The staff code fits, but the citizen id on record is another one. Correct the row, or confirm the person."))  # fmt: skip
    return ""


def _unknown(entry: Entry, records: Records, candidates: list[Official], chosen: str) -> Meant:
    if candidates and chosen != NEW_PERSON:
        reason = _(
            "Somebody of the same name and birth is on record. Choose the right person, or say it is a new one."
        )
        choices = (*_choices(candidates), Choice(NEW_PERSON, _("A new person, not on record yet")))
        return Meant(status=Status.CONFLICT, reason=reason, choices=choices)
    birth = entry.get("birth")
    if cccd := entry.get("cccd"):
        entry.notes += values.cccd_doubts(
            cccd, gender=entry.get("gender"), birth_year=birth.year if birth else None
        )
    home, reason = _home(entry, records)
    if home is None:
        return Meant(status=Status.CONFLICT, reason=reason)
    if birth is None:
        entry.wrong("birth", _("The birth date is missing; a new official needs one."))
        return Meant(status=Status.ERROR, reason=entry.problems[-1].sentence)
    reason = _(
        "Not on record: a record will be made at %(unit)s, and the official nominated.", unit=home.name
    )
    return Meant(home=home, reason=reason)


def _home(entry: Entry, records: Records) -> tuple[Organisation | None, str]:
    """Where a new official goes: the unit named when it is ours, the agency when it is unknown, else nowhere."""
    if not setting("enrolment.new_officials"):
        return None, str(_("Not on record. Ask the Department to add this official first."))
    named = records.units(entry.get("unit", ""))
    ours = [unit for unit in named if unit.id in records.in_scope]
    if ours:
        return max(ours, key=lambda unit: (unit.valid_to is None, unit.id)), ""
    if named:
        return None, str(_("Out of your scope: “%(unit)s” is another agency and nominates its own officials. Correct the unit, or leave the row out.", unit=entry.get("unit")))  # fmt: skip
    if records.agency is None:
        return None, str(_("Your account has no agency for which new officials could be added."))
    return records.agency, ""


def _standing(entry: Entry, verdict: Meant, records: Records) -> Meant:
    """How a recognised official stands to the class."""
    official = verdict.official
    assert official is not None
    if official.id in records.learners:
        return Meant(official, Status.SAME, _("Is a learner of this class already."))
    nomination = records.nominations.get(official.id)
    if nomination and nomination.status in {SUBMITTED, ACCEPTED}:
        if nomination.organisation_id not in records.in_scope:
            return Meant(
                official, Status.CONFLICT, _("Another agency has nominated this official for the class.")
            )
        if nomination.status == SUBMITTED and _changes(entry, nomination):
            return Meant(
                official, Status.CHANGED, _("Nominated already; position, unit or remark will be updated.")
            )
        return Meant(official, Status.SAME, _("Nominated already."))
    if nomination and nomination.status == REJECTED:
        entry.notes.append(_("Was rejected before: %(reason)s", reason=nomination.reason))
    try:
        check("before_enrol", klass=records.klass, official=official)
    except Refused as veto:
        return Meant(official, Status.CONFLICT, str(veto))
    return verdict


def _changes(entry: Entry, nomination: Any) -> bool:
    said = (entry.get("position", ""), entry.get("unit", ""), remark_of(entry))
    return said != (nomination.position, nomination.unit_text, nomination.remark)


# --- words ---------------------------------------------------------------------------


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
