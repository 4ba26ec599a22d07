"""The audit record."""

from __future__ import annotations

from peewee import CharField, DateTimeField, ForeignKeyField, IntegerField

from lms import clock
from lms.access.models import User
from lms.db import BaseModel, JSONText


class AuditRow(BaseModel):
    """One deed. `number` is gapless; `digest` covers the row and the digest before it."""

    number = IntegerField(unique=True)
    at = DateTimeField(default=clock.now, index=True)
    by = ForeignKeyField(User, null=True, on_delete="RESTRICT")
    by_name = CharField(120, default="")
    deed = CharField(80, index=True)
    object_kind = CharField(60, default="")
    object_id = CharField(40, default="")
    object_label = CharField(200, default="")
    details = JSONText(default=dict)
    digest = CharField(64)

    class Meta:
        table_name = "lms_audit"
        indexes = ((("object_kind", "object_id"), False),)


class AuditHead(BaseModel):
    """The end of the chain: one row, locked while a deed is added."""

    number = IntegerField(default=0)
    digest = CharField(64, default="")

    class Meta:
        table_name = "lms_audit_head"
