"""Programmes; rooms and lecturers as a timetable names them."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import gettext as _
from peewee import fn

from courses.models import Lecturer, Programme, Room
from lms import audit, names, text
from lms.access.models import User
from lms.db import atomic, lock
from lms.errors import Conflict, Invalid
from lms.people.models import Organisation


def find_room(name: str) -> Room | None:
    """The room of that name, accents and capitals aside."""
    return Room.get_or_none(Room.name_folded == text.fold(name))  # type: ignore[no-any-return]


def find_lecturer(name: str) -> Lecturer | None:
    """The active lecturer of that name, accents and capitals aside; the one with an account first."""
    query = Lecturer.select().where(Lecturer.name_folded == text.fold(name), Lecturer.active)
    return query.order_by(Lecturer.user.is_null(), Lecturer.id).first()  # type: ignore[no-any-return]


@atomic
def add_room(name: str, *, by: User | None, capacity: int | None = None) -> Room:
    """Add a room. Raises Invalid without a name, Conflict when the name is taken."""
    name = text.clean_line(name)[:80]
    if not name:
        raise Invalid(fields={"name": _("Please give the room a name.")})
    if find_room(name):
        raise Conflict(_("There is already a room “%(name)s”.", name=name), code="name_taken")
    room = Room.create(name=name, name_folded=text.fold(name)[:80], capacity=capacity)
    audit.record(by, "courses.room_added", room)
    return room  # type: ignore[no-any-return]


@atomic
def add_lecturer(
    name: str,
    *,
    by: User | None,
    academic_title: str = "",
    visiting: bool = False,
    unnamed: bool = False,
    organisation: Organisation | None = None,
    user: User | None = None,
) -> Lecturer:
    """Add a lecturer; a visiting one needs no account, and an `unnamed` one is a seat an agency will fill.

    Raises Invalid without a name.
    """
    name = text.clean_line(name)[:120] if unnamed else names.clean_name(name)[:120]
    if not name:
        raise Invalid(fields={"name": _("Please give the lecturer's name.")})
    lecturer = Lecturer.create(
        name=name,
        name_folded=text.fold(name)[:120],
        academic_title=text.clean_line(academic_title)[:20],
        visiting=visiting or unnamed,
        unnamed=unnamed,
        organisation=organisation,
        user=getattr(user, "id", None),
    )
    audit.record(by, "courses.lecturer_added", lecturer)
    return lecturer  # type: ignore[no-any-return]


@atomic
def add_programme(
    code: str, title: str, *, by: User | None, number: int | None = None, **facts: Any
) -> Programme:
    """Add a programme; without a number (it stands for it in signed certificates) the next free one is taken.

    Raises Invalid without a code or title, Conflict when the code or number is taken.
    """
    code, title = text.clean_line(code)[:20], text.clean_line(title)[:200]
    if not code or not title:
        raise Invalid(_("A programme needs a code and a name."))
    if Programme.select().where(fn.LOWER(Programme.code) == code.lower()).exists():
        raise Conflict(
            _("There is already a programme with the code %(code)s.", code=code), code="code_taken"
        )
    if number is None:
        number = (Programme.select(fn.MAX(Programme.number)).scalar() or 0) + 1
    elif Programme.select().where(Programme.number == number).exists():
        raise Conflict(
            _("The number %(number)s stands for another programme.", number=number), code="number_taken"
        )
    must_end_after_it_begins(facts.get("valid_from"), facts.get("valid_to"))
    programme = Programme.create(code=code, title=title, number=number, **facts)
    audit.record(by, "courses.programme_added", programme)
    return programme  # type: ignore[no-any-return]


@atomic
def change_programme(programme: Programme, *, by: User | None, **facts: Any) -> Programme:
    """Change what is said of a programme; its code and number stay, certificates carry them. Raises Invalid."""
    row = lock(programme)
    after = {**row.__data__, **facts}
    must_end_after_it_begins(after["valid_from"], after["valid_to"])
    changed = {name: value for name, value in facts.items() if row.__data__[name] != value}
    if changed:
        Programme.update(**changed).where(Programme.id == row.id).execute()
        audit.record(by, "courses.programme_changed", row, fields=sorted(changed))
    return Programme.get_by_id(row.id)  # type: ignore[no-any-return]


def must_end_after_it_begins(begins: date | None, ends: date | None) -> None:
    """Raise Invalid when the last day lies before the first."""
    if begins and ends and ends < begins:
        raise Invalid(fields={"valid_to": _("The last day lies before the first.")})
