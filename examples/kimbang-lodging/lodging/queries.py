"""Reads of lodging."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from flask_babel import gettext as _
from peewee import JOIN, fn

from courses.models import Klass, Membership
from lms import clock
from lms.errors import NotFound
from lms.people.models import Official
from lms.plugins import setting
from lodging.models import Room, Stay


@dataclass(frozen=True)
class RoomLine:
    """A room and how many of its beds are taken."""

    room: Room
    taken: int

    @property
    def free(self) -> int:
        return max(0, self.room.beds - self.taken)


def rooms() -> list[RoomLine]:
    """Every room with its taken beds, by name: one query."""
    query = (
        Room.select(Room, fn.COUNT(Stay.id).alias("taken"))
        .join(Stay, JOIN.LEFT_OUTER, on=((Stay.room == Room.id) & Stay.ended_at.is_null()))
        .group_by(Room.id)
        .order_by(Room.name)
    )
    return [RoomLine(room, room.taken) for room in query]


def room_or_404(room_id: int) -> Room:
    """One room. Raises NotFound."""
    found = Room.get_or_none(Room.id == room_id)
    if found is None:
        raise NotFound(_("There is no such room."))
    return found


def stays(klass: Klass) -> dict[int, Stay]:
    """The beds taken now by learners of a class: membership id → stay with its room."""
    query = (
        Stay.select(Stay, Room)
        .join(Room)
        .switch(Stay)
        .join(Membership)
        .where(Membership.klass == klass, Stay.ended_at.is_null())
    )
    return {stay.membership_id: stay for stay in query}


def unpaid(klass: Klass) -> dict[int, bool]:
    """Learners of a class who have or had a bed: membership id → whether something is still to be paid; one query."""
    query = Stay.select(Stay.membership, Stay.paid_at).join(Membership).where(Membership.klass == klass)
    found: dict[int, bool] = {}
    for membership_id, paid_at in query.tuples():
        found[membership_id] = found.get(membership_id, False) or paid_at is None
    return found


def of_official(official: Official) -> list[Stay]:
    """Where an official lodged, the latest first."""
    return list(
        Stay.select(Stay, Room, Membership, Klass)
        .join(Room)
        .switch(Stay)
        .join(Membership)
        .join(Klass)
        .where(Membership.official == official)
        .order_by(Stay.id.desc())
    )


def stay_or_404(klass: Klass, stay_id: int) -> Stay:
    """A bed taken now by a learner of the class. Raises NotFound."""
    found = next((stay for stay in stays(klass).values() if stay.id == stay_id), None)
    if found is None:
        raise NotFound(_("Nobody of this class has such a bed."))
    return found


def overdue() -> list[Stay]:
    """Beds of classes that ended longer ago than a bed stays taken."""
    last = clock.today() - timedelta(days=setting("lodging.days_after"))
    return list(
        Stay.select(Stay).join(Membership).join(Klass).where(Stay.ended_at.is_null(), Klass.ends_on < last)
    )
