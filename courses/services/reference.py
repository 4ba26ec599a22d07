"""Rooms and lecturers as a timetable names them."""

from __future__ import annotations

from flask_babel import gettext as _

from courses.models import Lecturer, Room
from lms import audit, names, text
from lms.access.models import User
from lms.db import atomic
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
