"""Rooms, and who lodges in them."""

from peewee import CharField, DateTimeField, ForeignKeyField, IntegerField

from courses.models import Membership
from lms import clock
from lms.access.models import User
from lms.db import BaseModel


class Room(BaseModel):
    """A room of the dormitory."""

    name = CharField(60, unique=True)
    beds = IntegerField()

    class Meta:
        table_name = "lodging_room"

    def __str__(self) -> str:
        return self.name


class Stay(BaseModel):
    """A learner's bed, taken until `ended_at`; the row stays afterwards."""

    membership = ForeignKeyField(Membership, backref="stays", on_delete="RESTRICT")
    room = ForeignKeyField(Room, backref="stays", on_delete="RESTRICT")
    began_at = DateTimeField(default=clock.now)
    ended_at = DateTimeField(null=True)
    paid_at = DateTimeField(null=True)
    given_by = ForeignKeyField(User, null=True, on_delete="SET NULL")

    class Meta:
        table_name = "lodging_stay"
        indexes = ((("room", "ended_at"), False),)
