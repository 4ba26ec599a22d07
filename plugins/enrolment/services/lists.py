"""Write the rows of an agency's list that stand, and take an applied list back; `lists.Nominating` declares the list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _

from courses.models import Klass
from lms import audit
from lms.access.models import User
from lms.db import insert_many
from lms.events import publish
from lms.importing.columns import Entry
from lms.importing.kinds import Change
from lms.importing.records import rows_of
from lms.people import services as people
from lms.people.models import Official, Organisation
from plugins.enrolment import queries
from plugins.enrolment.events import OfficialsNominated
from plugins.enrolment.models import ACCEPTED, REJECTED, SUBMITTED, Nomination, NominationStep
from plugins.enrolment.services.nominating import row_of, submit_again, withdraw
from plugins.enrolment.services.reading import remark_of

#: What a list may change on a nomination made before.
_KEEP = ("position", "unit_text", "remark", "decision_number", "decision_date")


def nominate_entries(klass: Klass, entries: Sequence[Entry], *, by: User) -> list[Change]:
    """Nominate everybody a judged list names, inside the caller's transaction; people not on record are put there.

    Publishes OfficialsNominated for each agency.
    """
    added = _put_on_record([entry for entry in entries if entry.record is None], by)
    ids = [entry.record.id for entry in entries]
    officials = {one.id: one for one in _officials(ids)}
    roots = queries.agencies(by)
    standing = queries.standing(klass, ids)
    before: dict[int, dict[str, Any]] = {}
    counted: Counter[int] = Counter()
    fresh: list[dict[str, Any]] = []
    for entry in entries:
        official = officials[entry.record.id]
        agency = queries.agency_of(official, roots) or official.organisation
        values = row_of(klass, official, agency, by, decision=_decision_of(entry), **_written(entry))
        nomination = standing.get(official.id)
        if nomination is not None and nomination.status == SUBMITTED:
            before[official.id] = _kept(nomination)
            _update(nomination, values)
            continue
        counted[agency.id] += 1
        if nomination is not None:
            submit_again(nomination, values)
        else:
            fresh.append(values)
    insert_many(Nomination, fresh)
    standing = queries.standing(klass, ids)
    _note_steps([one for official_id, one in standing.items() if official_id not in before], by)
    audit.record(by, "enrolment.nominated_from_list", klass, nominated=counted.total(), added=added, changed=len(before))  # fmt: skip
    for organisation_id, count in counted.items():
        publish(OfficialsNominated(class_id=klass.id, organisation_id=organisation_id, count=count))
    return [
        Change(entry.number, standing[entry.record.id].id, before.get(entry.record.id)) for entry in entries
    ]


def _note_steps(nominations: Sequence[Nomination], by: User) -> None:
    steps = [
        {"nomination": one.id, "status": SUBMITTED, "at": one.nominated_at, "by": by.id, "reason": ""}
        for one in nominations
    ]
    insert_many(NominationStep, steps)


def _officials(ids: Sequence[int]) -> list[Official]:
    found: list[Official] = []
    for start in range(0, len(ids), 5000):
        query = Official.select(Official, Organisation).join(Organisation)
        found.extend(query.where(Official.id.in_(ids[start : start + 5000])))
    return found


def _put_on_record(entries: Sequence[Entry], by: User) -> int:
    """Make officials of people not on record, each at the home judged for him or her; returns how many."""
    wanted = [entry.facts["home"] for entry in entries]
    homes = {one.id: one for one in Organisation.select().where(Organisation.id.in_(wanted or [-1]))}
    details = []
    for entry in entries:
        birth = entry.get("birth")
        details.append(
            {
                "full_name": entry.get("name"),
                "organisation": homes[entry.facts["home"]],
                "code": entry.get("code"),
                "birth_date": birth.date,
                "birth_year": birth.year,
                "gender": entry.get("gender"),
                "cccd": entry.get("cccd"),
                "position": entry.get("position", ""),
                "unit_text": entry.get("unit", ""),
            }
        )
    for entry, official in zip(entries, people.add_officials(details, by=by), strict=True):
        entry.record = official
    return len(details)


def _written(entry: Entry) -> dict[str, str]:
    return {
        "position": entry.get("position", ""),
        "unit": entry.get("unit", ""),
        "remark": remark_of(entry),
    }


def _decision_of(entry: Entry) -> tuple[str, date | None]:
    on = entry.file["decision_date"]
    return entry.file["decision_number"], date.fromisoformat(on) if on else None


def _update(nomination: Nomination, values: Mapping[str, Any]) -> None:
    Nomination.update(**{key: values[key] for key in _KEEP}).where(
        (Nomination.id == nomination.id) & (Nomination.status == SUBMITTED)
    ).execute()


def _kept(nomination: Nomination) -> dict[str, Any]:
    """What a list may change, as plain values."""
    values = {key: nomination.__data__[key] for key in _KEEP}
    return {**values, "decision_date": str(values["decision_date"]) if values["decision_date"] else None}


# --- taking a list back ------------------------------------------------------------------------


def decided(changes: Sequence[Change]) -> list[str]:
    """Why a list cannot be taken back: those on whom the school has decided; empty when it can."""
    ids = [change.id for change in changes]
    names = [
        one.official.full_name
        for part in [ids[start : start + 5000] for start in range(0, len(ids), 5000)]
        for one in Nomination.select(Nomination, Official)
        .join(Official)
        .where(Nomination.id.in_(part), Nomination.status.in_((ACCEPTED, REJECTED)))
    ]
    return [_("The school has decided on %(name)s.", name=name) for name in names]


def take_back(changes: Sequence[Change], *, by: User) -> None:
    """Withdraw every nomination a list made, and put back what it changed, inside the caller's transaction.

    Officials it put on record stay.
    """
    nominations = {one.id: one for one in rows_of(Nomination, [change.id for change in changes])}
    for change in changes:
        nomination = nominations[change.id]
        if change.before:
            Nomination.update(**_typed(change.before)).where(Nomination.id == change.id).execute()
        elif nomination.status == SUBMITTED:
            withdraw(nomination, by=by, reason=_("The list was taken back."))


def _typed(before: Mapping[str, Any]) -> dict[str, Any]:
    on = before["decision_date"]
    return {**before, "decision_date": date.fromisoformat(on) if on else None}
