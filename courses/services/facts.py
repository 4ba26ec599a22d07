"""What may be written about a class, and the sentence for each field that cannot be."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import gettext as _
from peewee import fn

from courses.models import Klass, Lecturer, ProgrammeVersion
from lms import text
from lms.errors import Invalid
from lms.people.models import Organisation


def class_values(
    klass: Klass | None,
    code: str,
    title: str,
    version: ProgrammeVersion,
    organiser: Organisation,
    starts_on: date | None,
    ends_on: date | None,
    place: str,
    capacity: int | None,
    homeroom_lecturer: Lecturer | None,
) -> dict[str, Any]:
    """The row of a class as it is stored. Raises Invalid naming every field that cannot be used."""
    code, title = text.clean_line(code), text.clean_line(title)
    wrong = {
        "code": _code_problem(klass, code),
        "title": "" if 3 <= len(title) <= 200 else _("Please give a title of 3 to 200 characters."),
        "starts_on": _programme_problem(version, starts_on),
        "ends_on": _("The last day is before the first.")
        if starts_on and ends_on and ends_on < starts_on
        else "",
        "capacity": ""
        if capacity is None or 1 <= capacity <= 2000
        else _("Please give a number of seats from 1 to 2000."),
        "place": "" if len(place) <= 200 else _("Please keep this under 200 characters."),
    }
    if fields := {name: sentence for name, sentence in wrong.items() if sentence}:
        raise Invalid(fields=fields)
    return {
        "code": code,
        "title": title,
        "programme_version": version,
        "organiser": organiser,
        "starts_on": starts_on,
        "ends_on": ends_on,
        "place": text.clean_line(place),
        "capacity": capacity,
        "homeroom_lecturer": homeroom_lecturer,
        "search_folded": text.fold(f"{code} {title}")[:250],
    }


def _code_problem(klass: Klass | None, code: str) -> str:
    if not 2 <= len(code) <= 40:
        return str(_("Please give a class code of 2 to 40 characters."))
    taken = Klass.select().where(fn.LOWER(Klass.code) == code.lower())
    if klass is not None:
        taken = taken.where(Klass.id != klass.id)
    return str(_("The code “%(code)s” is taken by another class.", code=code)) if taken.exists() else ""


def _programme_problem(version: ProgrammeVersion, starts_on: date | None) -> str:
    """Why a class of this programme cannot begin that day; programmes and their versions have dates."""
    if starts_on is None:
        return ""
    for dated in (version.programme, version):
        if dated.valid_to and starts_on > dated.valid_to:
            return str(_("The programme ended on %(date)s.", date=dated.valid_to.strftime("%d/%m/%Y")))
        if dated.valid_from and starts_on < dated.valid_from:
            return str(_("The programme begins on %(date)s.", date=dated.valid_from.strftime("%d/%m/%Y")))
    return ""
