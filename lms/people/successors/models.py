"""Reorganisations and their pairs old → new."""

from __future__ import annotations

from peewee import BooleanField, CharField, DateField, DateTimeField, ForeignKeyField, IntegerField

from lms import clock
from lms.access.models import User
from lms.db import BaseModel, JSONText
from lms.people.models import Organisation

DRAFT, WAITING, APPLIED, UNDONE = "draft", "waiting", "applied", "undone"
STATES = (DRAFT, WAITING, APPLIED, UNDONE)


class Reorganisation(BaseModel):
    """One decision that puts organisations in the place of others, from one day on."""

    title = CharField(200)
    #: The resolution or decision.
    source = CharField(300, default="")
    on_date = DateField()
    #: draft → waiting (agreed, the day is still to come) → applied → undone
    state = CharField(10, default=DRAFT, index=True)
    #: What moved, and what organisations and periods of service were like before: all that undoing needs.
    record = JSONText(default=dict)
    counts = JSONText(default=list)
    #: Why it could not be applied on its day.
    problem = CharField(400, default="")
    made_at = DateTimeField(default=clock.now)
    made_by = ForeignKeyField(User, null=True, backref="+", on_delete="SET NULL")
    applied_at = DateTimeField(null=True)
    applied_by = ForeignKeyField(User, null=True, backref="+", on_delete="SET NULL")
    undone_at = DateTimeField(null=True)

    class Meta:
        table_name = "lms_reorganisation"

    def __str__(self) -> str:
        return str(self.title)


class Succession(BaseModel):
    """One pair: `new` takes the place of `old`, as a whole or for a share."""

    reorganisation = ForeignKeyField(Reorganisation, backref="pairs", on_delete="CASCADE")
    old = ForeignKeyField(Organisation, backref="+", on_delete="RESTRICT")
    new = ForeignKeyField(Organisation, backref="+", on_delete="RESTRICT")
    #: The old organisation went over entirely: its people, accounts and open nominations follow.
    whole = BooleanField(default=True)
    #: Per cent that went over, when it was divided and the share is known.
    share = IntegerField(null=True)

    class Meta:
        table_name = "lms_succession"
        indexes = ((("reorganisation", "old", "new"), True),)
