"""Rolls, marks and what was changed after the lock."""

from __future__ import annotations

from datetime import datetime, timedelta

from peewee import CharField, DateField, DateTimeField, ForeignKeyField, IntegerField

from courses.models import ClassSession, Membership
from lms import clock
from lms.access.models import User
from lms.db import BaseModel, JSONText


class Roll(BaseModel):
    """The roll of one session: opened, confirmed, locked, each with time and person."""

    session = ForeignKeyField(ClassSession, unique=True, backref="rolls", on_delete="RESTRICT")
    opened_at = DateTimeField(default=clock.now)
    opened_by = ForeignKeyField(User, null=True, backref="+", on_delete="SET NULL")
    confirmed_at = DateTimeField(null=True)
    confirmed_by = ForeignKeyField(User, null=True, backref="+", on_delete="SET NULL")
    #: How somebody without an account came in, "link:12"; empty for a signed-in person.
    confirmed_through = CharField(40, default="")
    locked_at = DateTimeField(null=True)
    locked_by = ForeignKeyField(User, null=True, backref="+", on_delete="SET NULL")

    class Meta:
        table_name = "attendance_roll"

    @property
    def state(self) -> str:
        """``open``, ``confirmed`` or ``locked``."""
        if self.locked_at:
            return "locked"
        return "confirmed" if self.confirmed_at else "open"

    def undo_until(self, minutes: int) -> datetime | None:
        """The last moment (naive UTC) at which the confirmation can be taken back."""
        if self.confirmed_at is None or self.locked_at is not None:
            return None
        return self.confirmed_at + timedelta(minutes=minutes)


class Mark(BaseModel):
    """Where one learner stood in one session: present, late, excused or absent."""

    session = ForeignKeyField(ClassSession, backref="marks", on_delete="RESTRICT")
    membership = ForeignKeyField(Membership, backref="marks", on_delete="RESTRICT")
    status = CharField(8)
    minutes_late = IntegerField(null=True)
    reason = CharField(200, default="")
    #: What made the mark: "roll" today; a badge scan or a leave request may be others.
    source = CharField(12, default="roll")
    marked_at = DateTimeField(default=clock.now)
    marked_by = ForeignKeyField(User, null=True, backref="+", on_delete="SET NULL")

    class Meta:
        table_name = "attendance_mark"
        indexes = ((("session", "membership"), True),)


class Submission(BaseModel):
    """One sending of a roll from one device. The nonce makes a second arrival harmless."""

    session = ForeignKeyField(ClassSession, backref="roll_submissions", on_delete="RESTRICT")
    nonce = CharField(64)
    at = DateTimeField(default=clock.now)
    by = ForeignKeyField(User, null=True, backref="+", on_delete="SET NULL")
    through = CharField(40, default="")
    #: What the sender was told, to tell it again.
    result = JSONText(null=True)

    class Meta:
        table_name = "attendance_submission"
        indexes = ((("session", "nonce"), True),)


class Amendment(BaseModel):
    """A change on a locked roll: old, new, who, why. Rows are only added."""

    session = ForeignKeyField(ClassSession, backref="amendments", on_delete="RESTRICT")
    membership = ForeignKeyField(Membership, backref="amendments", on_delete="RESTRICT")
    old_status = CharField(8, null=True)
    old_minutes = IntegerField(null=True)
    new_status = CharField(8)
    new_minutes = IntegerField(null=True)
    reason = CharField(400)
    at = DateTimeField(default=clock.now)
    by = ForeignKeyField(User, null=True, backref="+", on_delete="SET NULL")

    class Meta:
        table_name = "attendance_amendment"
        indexes = ((("session", "membership"), False),)


class MakeUp(BaseModel):
    """A missed session that was made up (học bù), recorded by a person with a note."""

    session = ForeignKeyField(ClassSession, backref="make_ups", on_delete="RESTRICT")
    membership = ForeignKeyField(Membership, backref="make_ups", on_delete="RESTRICT")
    held_on = DateField()
    note = CharField(400)
    at = DateTimeField(default=clock.now)
    by = ForeignKeyField(User, null=True, backref="+", on_delete="SET NULL")
    withdrawn_at = DateTimeField(null=True)
    withdrawn_by = ForeignKeyField(User, null=True, backref="+", on_delete="SET NULL")

    class Meta:
        table_name = "attendance_makeup"
        indexes = ((("session", "membership"), True),)
