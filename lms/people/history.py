"""An official through time: a timeline of dated facts, and the record as it was known on a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from flask_babel import gettext as _

from lms import clock
from lms.people import labels
from lms.people.models import Employment, Official, OfficialChange, Organisation


@dataclass(frozen=True)
class Entry:
    """One line of the timeline: the day (None when nobody said), what happened, where it was read, by whom."""

    day: date | None
    title: str
    text: str
    source: str = ""
    by: str = ""
    at: datetime | None = None


def field_title(name: str) -> str:
    """What people call a column of an official."""
    titles = {
        "full_name": _("Full name"),
        "organisation": _("Organisation"),
        "position": _("Position"),
        "kind": _("Kind"),
        "birth_date": _("Birth date"),
        "birth_year": _("Year of birth"),
        "gender": _("Gender"),
        "ethnicity": _("Ethnic group"),
        "code": _("Staff code"),
        "email": _("E-mail address"),
        "active": _("Service"),
    }
    return titles.get(name, _("Citizen id"))


def timeline(official: Official) -> list[Entry]:
    """Everything dated about an official, the latest first: changes on record and periods of service. Two queries and
    one for the names of organisations."""
    changes = list(OfficialChange.select().where(OfficialChange.official == official.id))
    places = _places(changes)
    entries = [
        Entry(
            one.holds_from or clock.local(one.at).date(),
            field_title(one.field),
            _(
                "%(old)s → %(new)s",
                old=shown(one.field, one.old, places),
                new=shown(one.field, one.new, places),
            ),
            one.source,
            one.by_name,
            one.at,
        )
        for one in changes
    ]
    served = Employment.select(Employment, Organisation).join(Organisation)
    entries += [
        Entry(
            period.from_date,
            _("Takes up service"),
            " · ".join(filter(None, (period.position, period.organisation.name))),
        )
        for period in served.where(Employment.official == official.id)
    ]
    return sorted(entries, key=lambda one: (one.day or date.min, one.at or datetime.min), reverse=True)


def known_on(official: Official, day: date) -> dict[str, Any]:
    """The record as it was known at the end of `day`: today's values with every later entry taken back.

    Values are texts as people read them, by column; `day` is a local date.
    """
    end = clock.from_local(datetime.combine(day, time.max))
    later = list(
        OfficialChange.select()
        .where(OfficialChange.official == official.id, OfficialChange.at > end)
        .order_by(OfficialChange.at.desc(), OfficialChange.id.desc())
    )
    names = (
        "full_name",
        "birth_date",
        "birth_year",
        "gender",
        "kind",
        "code",
        "organisation",
        "position",
        "email",
    )
    values = {name: _text(official.__data__.get(name)) for name in names}
    for one in later:
        values[one.field] = one.old
    places = {str(official.organisation_id): str(official.organisation.name), **_places(later)}
    return {name: shown(name, value, places) for name, value in values.items() if name in names}


def shown(field: str, value: str | None, places: dict[str, str]) -> str:
    """A kept value as people read it."""
    if value in (None, ""):
        return "–"
    if field == "organisation":
        return places.get(str(value), str(value))
    if field == "birth_date":
        return date.fromisoformat(str(value)).strftime("%d/%m/%Y")
    known = {"active": labels.SERVING, "gender": labels.GENDERS, "kind": labels.OFFICIAL_KINDS}.get(field, {})
    return str(known.get(str(value), value))


def _text(value: Any) -> str | None:
    return None if value is None else value.isoformat() if isinstance(value, date) else str(value)


def _places(changes: list[OfficialChange]) -> dict[str, str]:
    ids = {
        int(value) for one in changes if one.field == "organisation" for value in (one.old, one.new) if value
    }
    if not ids:
        return {}
    rows = Organisation.select(Organisation.id, Organisation.name).where(Organisation.id.in_(sorted(ids)))
    return {str(one): name for one, name in rows.tuples()}
