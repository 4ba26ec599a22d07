"""Deeds of lodging: one function, one transaction."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import gettext as _

from courses.models import Membership
from lms import audit, clock
from lms.access.models import User
from lms.db import atomic, lock
from lms.errors import Conflict, Invalid
from lms.people.models import Official
from lms.text import clean_line
from lodging import queries
from lodging.models import Room, Stay

MOST_BEDS = 20


class RoomFull(Conflict):
    """Every bed of the room is taken."""

    code = "lodging_room_full"


class HasBed(Conflict):
    """The learner has a bed already."""

    code = "lodging_has_bed"


@atomic
def add_room(name: str, beds: int | None, *, by: User | None) -> Room:
    """Add a room. Raises Invalid (fields: name, beds)."""
    name = clean_line(name)[:60]
    fields = {}
    if not name:
        fields["name"] = _("Please give the room a name.")
    elif Room.select().where(Room.name == name).exists():
        fields["name"] = _("There is a room of this name already.")
    if beds is None or not 1 <= beds <= MOST_BEDS:
        fields["beds"] = _("A room has 1 to %(most)s beds.", most=MOST_BEDS)
    if fields:
        raise Invalid(fields=fields)
    room = Room.create(name=name, beds=beds)
    audit.record(by, "lodging.room_added", room, beds=beds)
    return room


@atomic
def give_bed(membership: Membership, room: Room, *, by: User | None) -> Stay:
    """Give a learner a bed. Raises HasBed, RoomFull."""
    room = lock(room)
    open_stays = Stay.select().where(Stay.ended_at.is_null())
    if open_stays.where(Stay.membership == membership).exists():
        raise HasBed(_("%(name)s has a bed already.", name=membership.official.full_name))
    if open_stays.where(Stay.room == room).count() >= room.beds:
        raise RoomFull(_("Every bed of %(room)s is taken. Please choose another room.", room=room.name))
    stay = Stay.create(membership=membership, room=room, given_by=by)
    audit.record(by, "lodging.bed_given", membership.klass, room=room.name)
    return stay


@atomic
def end(stays: Iterable[Stay], *, by: User | None) -> int:
    """Take keys back; beds are free again. Returns how many; one that ended before is left as it is."""
    ids = [stay.id for stay in stays]
    ended = Stay.update(ended_at=clock.now()).where(Stay.id.in_(ids), Stay.ended_at.is_null()).execute()
    if ended:
        audit.record(by, "lodging.keys_returned", None, count=ended)
    return ended


@atomic
def pay(stay: Stay, *, by: User | None) -> bool:
    """Note that a bed is paid for; returns whether it was not before."""
    paid = Stay.update(paid_at=clock.now()).where(Stay.id == stay.id, Stay.paid_at.is_null()).execute()
    if paid:
        audit.record(by, "lodging.paid", stay.membership.klass, room=stay.room.name)
    return bool(paid)


@atomic
def erase(official: Official) -> int:
    """Remove past stays of an official; returns how many. A bed taken now stays known until its key is back."""
    ids = [stay.id for stay in queries.of_official(official) if stay.ended_at]
    return Stay.delete().where(Stay.id.in_(ids)).execute()
