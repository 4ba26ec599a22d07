"""Writes on organisations and officials."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _

from lms import audit, clock, crypto, names, text
from lms.access.models import User
from lms.db import atomic, insert_many, lock
from lms.errors import Conflict, Invalid
from lms.people.merging import alike
from lms.people.models import OFFICIAL_KINDS, Employment, Official, OfficialChange, Organisation


@atomic
def add_organisation(
    code: str,
    name: str,
    kind: str,
    *,
    by: User | None,
    parent: Organisation | None = None,
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> Organisation:
    """Add an organisation below its parent. Raises Conflict when the code is taken."""
    code, name = text.squeeze(code).lower(), text.squeeze(name)
    if Organisation.select().where(Organisation.code == code).exists():
        raise Conflict(
            _("The code “%(code)s” is taken by another organisation.", code=code), code="code_taken"
        )
    organisation = Organisation.create(
        code=code,
        name=name,
        name_folded=text.fold(name),
        kind=kind,
        parent=parent,
        path=f"{parent.path if parent else '/'}{code}/",
        valid_from=valid_from,
        valid_to=valid_to,
    )
    audit.record(by, "people.organisation_added", organisation)
    return organisation


def official_values(
    full_name: str,
    organisation: Organisation,
    *,
    code: str | None = None,
    birth_date: date | None = None,
    birth_year: int | None = None,
    gender: str | None = None,
    ethnicity: str | None = None,
    kind: str = "cong_chuc",
    cccd: str | None = None,
    position: str = "",
    unit_text: str = "",
    email: str | None = None,
) -> dict[str, Any]:
    """The row of an official as it is stored: name cleaned, folded and sortable, citizen id sealed.

    Raises Invalid naming the field that cannot be used.
    """
    name = names.clean_name(full_name)
    if not name:
        raise Invalid(fields={"full_name": _("Please give the full name.")})
    if kind not in OFFICIAL_KINDS:
        raise Invalid(fields={"kind": _("Please choose cadre, civil servant or public employee.")})
    if cccd and not (cccd.isascii() and cccd.isdigit() and len(cccd) == 12):
        raise Invalid(fields={"cccd": _("A citizen id has 12 digits.")})
    if birth_date and not date(1920, 1, 1) <= birth_date <= clock.today():
        raise Invalid(fields={"birth_date": _("Please check the birth date.")})
    return {
        "code": text.squeeze(code or "") or None,
        "full_name": name,
        "name_folded": text.fold(name),
        "name_sort": names.sort_key(name),
        "birth_date": birth_date,
        "birth_year": birth_date.year if birth_date else birth_year,
        "gender": gender,
        "ethnicity": ethnicity,
        "kind": kind,
        "cccd_sealed": crypto.seal(cccd) if cccd else None,
        "cccd_hash": crypto.keyed_hash(cccd) if cccd else None,
        "cccd_tail": cccd[-3:] if cccd else None,
        "organisation": organisation,
        "position": text.squeeze(position),
        "unit_text": text.squeeze(unit_text),
        "email": email,
    }


@atomic
def add_official(full_name: str, organisation: Organisation, *, by: User | None, **details: Any) -> Official:
    """Add an official who serves in `organisation`; details as in `official_values`.

    Raises Invalid for a field that cannot be used, Conflict when the staff code or citizen id is already on record.
    """
    values = official_values(full_name, organisation, **details)
    if values["code"] and Official.select().where(Official.code == values["code"]).exists():
        raise Conflict(
            _("The staff code %(code)s is already on record.", code=values["code"]), code="code_taken"
        )
    if values["cccd_hash"] and Official.select().where(Official.cccd_hash == values["cccd_hash"]).exists():
        raise Conflict(_("This citizen id is already on record for another official."), code="cccd_taken")
    official = Official.create(**values)
    Employment.create(
        official=official, organisation=organisation, position=official.position, from_date=None
    )
    alike.look_at([official.id])
    audit.record(by, "people.official_added", official)
    return official


def _insert_officials(rows: Sequence[dict[str, Any]]) -> list[Official]:
    """Store officials in portions; the database numbers the rows of one statement in their order."""
    officials = [Official(**row) for row in rows]
    for start in range(0, len(officials), 500):
        part = officials[start : start + 500]
        stored = Official.insert_many([one.__data__ for one in part]).returning(Official.id).execute()
        for one, number in zip(part, sorted(row.id for row in stored), strict=True):
            one.id = number
    return officials


@atomic
def add_officials(people: Sequence[dict[str, Any]], *, by: User | None) -> list[Official]:
    """Add many officials in one deed, in the order given; each is `full_name`, `organisation` and details.

    Raises Invalid for a field that cannot be used, Conflict when a staff code or citizen id is already on record.
    """
    rows = [official_values(**person) for person in people]
    codes = [row["code"] for row in rows if row["code"]]
    hashes = [row["cccd_hash"] for row in rows if row["cccd_hash"]]
    for start in range(0, max(len(codes), len(hashes)), 5000):
        taken = (Official.code.in_(codes[start : start + 5000] or [""])) | (
            Official.cccd_hash.in_(hashes[start : start + 5000] or [""])
        )
        holder = Official.select(Official.full_name).where(taken).first()
        if holder is not None:
            raise Conflict(_("The staff code or citizen id is on record already for %(name)s.", name=holder.full_name), code="code_taken")  # fmt: skip
    officials = _insert_officials(rows)
    insert_many(
        Employment,
        [
            {"official": one.id, "organisation": one.organisation_id, "position": one.position}
            for one in officials
        ],
    )
    if officials:
        alike.look_at(one.id for one in officials)
        audit.record(
            by, "people.officials_added", None, count=len(officials), officials=[one.id for one in officials]
        )
    return officials


@atomic
def reveal_cccd(official: Official, *, by: User, reason: str) -> str:
    """The full citizen id, on record with a reason. Raises Invalid without a reason."""
    if len(text.squeeze(reason)) < 5:
        raise Invalid(fields={"reason": _("Please say why you need the full number.")})
    audit.record(by, "people.cccd_revealed", official, reason=text.squeeze(reason)[:200])
    return crypto.unseal(official.cccd_sealed) if official.cccd_sealed else ""


#: What may become different about an official, and on record with its day.
CHANGEABLE = ("full_name", "organisation", "position", "kind", "birth_date", "birth_year", "gender", "code", "email")  # fmt: skip


@atomic
def change_official(
    official: Official,
    values: Mapping[str, Any],
    *,
    by: User | None,
    holds_from: date | None = None,
    source: str = "",
) -> list[OfficialChange]:
    """Record what became different about an official: each value with the old one and the day from which it holds.

    A new organisation or position ends the period of service and opens the next. Returns what really changed.
    Raises Invalid for a value that cannot be used, Conflict for a staff code on record for somebody else.
    """
    official = lock(official)
    wanted = _checked(official, {name: values[name] for name in CHANGEABLE if name in values})
    changed = {name: value for name, value in wanted.items() if official.__data__.get(name) != value}
    if not changed:
        return []
    rows = [
        OfficialChange.create(
            official=official,
            field=name,
            old=_as_text(official.__data__.get(name)),
            new=_as_text(value),
            holds_from=holds_from,
            source=text.squeeze(source)[:300],
            by=by and by.id,
            by_name=str(by or ""),
        )
        for name, value in changed.items()
    ]
    if "full_name" in changed:
        name = changed["full_name"]
        changed |= {"name_folded": text.fold(name), "name_sort": names.sort_key(name)}
    Official.update(changed).where(Official.id == official.id).execute()
    if {"organisation", "position"} & changed.keys():
        _serve(official, changed, holds_from or clock.today())
    if alike.TELLING & changed.keys():
        alike.look_at([official.id])
    audit.record(by, "people.official_changed", official, fields=sorted(wanted.keys() & changed.keys()))
    return rows


@atomic
def leave(official: Official, *, by: User | None, on: date | None = None, source: str = "") -> None:
    """Record that an official no longer serves (from `on`, else today); the record stays, the period of service ends."""
    official = lock(official)
    if not official.active:
        return
    on = on or clock.today()
    OfficialChange.create(
        official=official,
        field="active",
        old="yes",
        new="no",
        holds_from=on,
        source=text.squeeze(source)[:300],
        by=by and by.id,
        by_name=str(by or ""),
    )
    Official.update(active=False).where(Official.id == official.id).execute()
    Employment.update(to_date=on).where(
        Employment.official == official.id, Employment.to_date.is_null()
    ).execute()
    audit.record(by, "people.official_left", official)


def _checked(official: Official, values: dict[str, Any]) -> dict[str, Any]:
    if "full_name" in values:
        values["full_name"] = names.clean_name(values["full_name"] or "")
        if not names.is_plausible(values["full_name"]):
            raise Invalid(fields={"full_name": _("Please give the full name.")})
    if "organisation" in values:
        values["organisation"] = getattr(values["organisation"], "id", values["organisation"])
    if "position" in values:
        values["position"] = text.squeeze(values["position"] or "")[:200]
    if values.get("birth_date"):
        if not date(1920, 1, 1) <= values["birth_date"] <= clock.today():
            raise Invalid(fields={"birth_date": _("Please check the birth date.")})
        values["birth_year"] = values["birth_date"].year
    if values.get("code"):
        taken = Official.select().where(Official.code == values["code"], Official.id != official.id)
        if taken.exists():
            raise Conflict(
                _("The staff code %(code)s is already on record.", code=values["code"]), code="code_taken"
            )
    return values


def _as_text(value: Any) -> str | None:
    return None if value is None else value.isoformat() if isinstance(value, date) else str(value)


def _serve(official: Official, changed: Mapping[str, Any], since: date) -> None:
    """End the open period the day before, and open the next."""
    Employment.update(to_date=since - timedelta(days=1)).where(
        Employment.official == official.id, Employment.to_date.is_null()
    ).execute()
    Employment.create(
        official=official.id,
        organisation=changed.get("organisation", official.organisation_id),
        position=changed.get("position", official.position),
        from_date=since,
    )
