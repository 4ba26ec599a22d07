"""Requests that wait for a second person."""

from __future__ import annotations

from peewee import CharField, DateTimeField, ForeignKeyField

from lms import clock
from lms.access.models import User
from lms.db import BaseModel, JSONText


class Approval(BaseModel):
    """A deed somebody asked for and somebody else must agree to. Never deleted: it is the proof of both."""

    kind = CharField(80)
    #: What both persons must be allowed to do.
    permission = CharField(80)
    details = JSONText(default=dict)
    object_kind = CharField(60, default="")
    object_id = CharField(40, default="")
    object_label = CharField(200, default="")
    reason = CharField(500, default="")
    state = CharField(10, default="waiting", index=True)  # waiting | approved | refused | withdrawn
    asked_by = ForeignKeyField(User, on_delete="RESTRICT")
    asked_at = DateTimeField(default=clock.now)
    expires_at = DateTimeField()
    decided_by = ForeignKeyField(User, null=True, on_delete="RESTRICT")
    decided_at = DateTimeField(null=True)
    answer = CharField(500, default="")

    class Meta:
        table_name = "lms_approval"

    def __str__(self) -> str:
        return str(self.object_label or self.kind)

    @property
    def standing(self) -> str:
        """The state as of now: a request nobody answered in time has lapsed."""
        lapsed = self.state == "waiting" and self.expires_at <= clock.now()
        return "lapsed" if lapsed else str(self.state)
