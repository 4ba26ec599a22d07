"""Requests of people about their data, and lists of what is due to be erased."""

from __future__ import annotations

from peewee import CharField, DateField, DateTimeField, ForeignKeyField, IntegerField, TextField

from lms import clock
from lms.access.models import User
from lms.db import BaseModel, JSONText
from lms.people.models import Official

OPEN, PROPOSED, DONE, REFUSED = "open", "proposed", "done", "refused"
KINDS = ("access", "correction", "erasure")


class DataRequest(BaseModel):
    """What somebody asks about his or her own data, and what became of it."""

    official = ForeignKeyField(Official, backref="data_requests", on_delete="RESTRICT")
    #: access (a copy) | correction | erasure
    kind = CharField(12)
    #: In the person's words.
    words = TextField(default="")
    received_on = DateField()
    due_on = DateField(index=True)
    #: open → (erasure: proposed →) done | refused
    state = CharField(10, default=OPEN)
    answer = TextField(default="")
    #: Erased rows by table, and what is kept with its reason.
    result = JSONText(default=dict)
    recorded_by = ForeignKeyField(User, null=True, backref="+", on_delete="SET NULL")
    proposed_by = ForeignKeyField(User, null=True, backref="+", on_delete="SET NULL")
    decided_by = ForeignKeyField(User, null=True, backref="+", on_delete="SET NULL")
    decided_at = DateTimeField(null=True)
    recorded_at = DateTimeField(default=clock.now)

    class Meta:
        table_name = "lms_data_request"

    def __str__(self) -> str:
        return str(self.official)


class RetentionList(BaseModel):
    """What was due to be erased on a day, put before a person; nothing goes without an approval."""

    made_on = DateField()
    #: [{"name", "title", "before", "count"}]
    lines = JSONText(default=list)
    made_at = DateTimeField(default=clock.now)
    approved_by = ForeignKeyField(User, null=True, backref="+", on_delete="SET NULL")
    approved_at = DateTimeField(null=True)
    #: Name of the line → rows erased.
    result = JSONText(default=dict)

    class Meta:
        table_name = "lms_retention_list"

    def __str__(self) -> str:
        return self.made_on.strftime("%d/%m/%Y")


class ExportedId(BaseModel):
    """Whose whole citizen id was in an export. Plain numbers, as the audit row they belong to: nothing cascades here."""

    #: Id of the audit row of the export.
    audit = IntegerField(index=True)
    official = IntegerField(index=True)

    class Meta:
        table_name = "lms_exported_id"
