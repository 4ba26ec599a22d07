"""Writes on organisations and officials."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _

from lms import audit, clock, crypto, names, text
from lms.access.models import User
from lms.db import atomic, insert_many
from lms.errors import Conflict, Invalid
from lms.people.models import OFFICIAL_KINDS, Employment, Official, Organisation


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
    audit.record(by, "people.official_added", official)
    return official


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
    officials = [Official.create(**row) for row in rows]
    insert_many(
        Employment,
        [
            {"official": one.id, "organisation": one.organisation_id, "position": one.position}
            for one in officials
        ],
    )
    if officials:
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
