"""Many officials changed in one deed, and taken back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from lms import audit, clock, crypto
from lms.access.models import User
from lms.db import atomic, insert_many
from lms.people.merging import alike
from lms.people.models import Employment, Official, OfficialChange
from lms.people.services import CHANGEABLE, official_values


@dataclass(frozen=True)
class Revision:
    """What changed on one official: field → value before and after, as plain values."""

    official: int
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    #: Periods of service: closed ones and the one opened, so that a move can be taken back.
    employments: Mapping[str, Any] = field(default_factory=dict)


@atomic
def change_officials(
    wanted: Sequence[tuple[Official, Mapping[str, Any]]], *, by: User | None, source: str = ""
) -> list[Revision]:
    """Change many officials: (official, details as in `official_values`). Fields that are not named stay.

    `source` is where it was read. Another organisation is a move: the period of service there begins today.
    Raises Invalid for a value that cannot be used.
    """
    revisions = [_change(official, details) for official, details in wanted]
    changed = [revision for revision in revisions if revision.after]
    _on_record([(one.official, one.before, one.after) for one in changed], by, source)
    if changed:
        alike.look_at(one.official for one in changed if alike.TELLING & one.after.keys())
        audit.record(
            by,
            "people.officials_changed",
            None,
            count=len(changed),
            officials=[one.official for one in changed],
            fields=sorted({name for one in changed for name in one.after if not name.startswith("cccd")}),
        )
    return changed


def _change(official: Official, details: Mapping[str, Any]) -> Revision:
    values = official_values(**{**_details(official), **details})
    values["organisation"] = values["organisation"].id
    if (
        values["cccd_hash"] == official.cccd_hash or "cccd" not in details
    ):  # sealing again would look like a change
        values = {name: value for name, value in values.items() if not name.startswith("cccd")}
    before = {name: official.__data__[name] for name in values}
    after = {name: value for name, value in values.items() if value != before[name]}
    if not after:
        return Revision(official.id, {}, {})
    Official.update(**after).where(Official.id == official.id).execute()
    served = _serve(official, after)
    return Revision(
        official.id,
        {name: _plain(before[name]) for name in after},
        {name: _plain(after[name]) for name in after},
        served,
    )


def _on_record(
    changes: Sequence[tuple[int, Mapping[str, Any], Mapping[str, Any]]], by: User | None, source: str = ""
) -> None:
    """Note what became different about each official (id, before, after), in one go; citizen ids are never noted."""
    moment = clock.now()
    insert_many(
        OfficialChange,
        [
            {
                "official": official,
                "field": name,
                "old": _as_text(before.get(name)),
                "new": _as_text(value),
                "source": source,
                "at": moment,
                "by": by and by.id,
                "by_name": str(by or ""),
            }
            for official, before, after in changes
            for name, value in after.items()
            if name in CHANGEABLE and value != before.get(name)
        ],
    )


def _as_text(value: Any) -> str | None:
    return None if value is None else str(_plain(value))


def _details(official: Official) -> dict[str, Any]:
    names = (
        "full_name",
        "code",
        "birth_date",
        "birth_year",
        "gender",
        "ethnicity",
        "kind",
        "position",
        "unit_text",
        "email",
    )
    return {"organisation": official.organisation, **{name: getattr(official, name) for name in names}}


def _serve(official: Official, after: Mapping[str, Any]) -> dict[str, Any]:
    """Keep the periods of service in step with a move or another position."""
    if not {"organisation", "position"} & set(after):
        return {}
    current = Employment.select().where(Employment.official == official, Employment.to_date.is_null()).first()
    position = after.get("position", official.position)
    if current is not None and "organisation" not in after:
        Employment.update(position=position).where(Employment.id == current.id).execute()
        return {"position": [current.id, current.position]}
    if current is not None:
        Employment.update(to_date=clock.today()).where(Employment.id == current.id).execute()
    opened = Employment.create(
        official=official,
        organisation=after.get("organisation", official.organisation_id),
        position=position,
        from_date=clock.today(),
    )
    return {"closed": current.id if current else None, "opened": opened.id}


@atomic
def take_back(revisions: Sequence[Revision], *, by: User | None) -> None:
    """Put officials back as they were before `change_officials`."""
    for revision in revisions:
        Official.update(**_typed(revision.before)).where(Official.id == revision.official).execute()
        served = revision.employments
        if served.get("opened"):
            Employment.delete().where(Employment.id == served["opened"]).execute()
        if served.get("closed"):
            Employment.update(to_date=None).where(Employment.id == served["closed"]).execute()
        if served.get("position"):
            number, position = served["position"]
            Employment.update(position=position).where(Employment.id == number).execute()
    _on_record([(one.official, one.after, one.before) for one in revisions], by)
    if revisions:
        alike.look_at(one.official for one in revisions)
        audit.record(
            by,
            "people.officials_changed_back",
            None,
            count=len(revisions),
            officials=[one.official for one in revisions],
        )


@atomic
def remove_officials(ids: Sequence[int], *, by: User | None) -> None:
    """Remove officials who were put on record by mistake and on whom nothing depends; the database refuses others."""
    for start in range(0, len(ids), 5000):
        part = list(ids[start : start + 5000])
        Employment.delete().where(Employment.official.in_(part)).execute()
        Official.delete().where(Official.id.in_(part)).execute()
    if ids:
        audit.record(by, "people.officials_removed", None, count=len(ids), officials=list(ids))


@atomic
def leave(ids: Sequence[int], *, by: User | None, source: str = "") -> dict[int, list[int]]:
    """Record that officials no longer serve from today on; returns the periods of service that ended, by official."""
    ended: dict[int, list[int]] = {one: [] for one in ids}
    for start in range(0, len(ids), 5000):
        part = list(ids[start : start + 5000])
        open_ = Employment.select(Employment.official, Employment.id).where(
            Employment.official.in_(part), Employment.to_date.is_null()
        )
        for official, period in open_.tuples():
            ended[official].append(period)
        Employment.update(to_date=clock.today()).where(
            Employment.official.in_(part), Employment.to_date.is_null()
        ).execute()
        Official.update(active=False).where(Official.id.in_(part)).execute()
    _serving(ids, "yes", "no", by, source)
    if ids:
        audit.record(by, "people.officials_left", None, count=len(ids), officials=list(ids))
    return ended


@atomic
def serve_again(ended: Mapping[int, Sequence[int]], *, by: User | None) -> None:
    """Take `leave` back: the officials serve as before."""
    ids, periods = list(ended), [period for part in ended.values() for period in part]
    for start in range(0, len(ids), 5000):
        Official.update(active=True).where(Official.id.in_(ids[start : start + 5000])).execute()
    for start in range(0, len(periods), 5000):
        part = periods[start : start + 5000]
        Employment.update(to_date=None).where(Employment.id.in_(part)).execute()
    _serving(ids, "no", "yes", by, "")
    if ids:
        audit.record(by, "people.officials_serve_again", None, count=len(ids), officials=ids)


def _serving(ids: Sequence[int], old: str, new: str, by: User | None, source: str) -> None:
    common = {"field": "active", "old": old, "new": new, "source": source, "holds_from": clock.today()}
    who = {"at": clock.now(), "by": by and by.id, "by_name": str(by or "")}
    insert_many(OfficialChange, [{"official": one, **common, **who} for one in ids])


def is_as(official: Official, values: Mapping[str, Any]) -> bool:
    """Whether an official still has these (plain) values."""
    return all(_plain(official.__data__[name]) == value for name, value in values.items())


def full_cccd(official: Official) -> str:
    """The whole citizen id; who calls this records why."""
    return crypto.unseal(official.cccd_sealed) if official.cccd_sealed else ""


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _typed(values: Mapping[str, Any]) -> dict[str, Any]:
    birth = values.get("birth_date")
    return {**values, "birth_date": date.fromisoformat(birth)} if birth else dict(values)
