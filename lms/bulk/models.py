"""Deeds on many rows under way and done: what was chosen, what became of it."""

from __future__ import annotations

from peewee import CharField, DateTimeField, ForeignKeyField, IntegerField

from lms import clock
from lms.access.models import User
from lms.db import BaseModel, JSONText


class BulkRun(BaseModel):
    """One deed on the rows one person chose: a dry run until `applied_at`, then its result."""

    #: Unguessable name in addresses.
    key = CharField(32, unique=True)
    deed = CharField(60)
    target = IntegerField(null=True)
    by = ForeignKeyField(User, on_delete="CASCADE")
    #: Ids of the chosen rows; of those done; of those done that stayed when it was taken back.
    chosen = JSONText(default=list)
    done = JSONText(default=list)
    #: Row id → why it was not done.
    blocked = JSONText(default=dict)
    kept = JSONText(default=dict)
    reason = CharField(400, default="")
    job = IntegerField(null=True)
    created_at = DateTimeField(default=clock.now, index=True)
    applied_at = DateTimeField(null=True)
    undone_at = DateTimeField(null=True)

    class Meta:
        table_name = "lms_bulk_run"

    def __str__(self) -> str:
        return str(self.deed)
