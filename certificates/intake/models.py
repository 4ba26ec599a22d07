"""A certificate that another institution issued, as two persons read it."""

from __future__ import annotations

from datetime import date
from typing import Any

from peewee import CharField, DateTimeField, ForeignKeyField, IntegerField

from courses.models import Programme
from lms import clock
from lms.access.models import User
from lms.db import BaseModel, JSONText
from lms.people.models import Official


class Intake(BaseModel):
    """keyed → recognised when a second person keyed the same, differs until then; refused or withdrawn with a reason."""

    official = ForeignKeyField(Official, backref="intakes", on_delete="RESTRICT")
    programme = ForeignKeyField(Programme, backref="+", on_delete="RESTRICT")
    state = CharField(12, default="keyed", index=True)
    #: original, certified or copy: what lay before the two.
    confidence = CharField(12)
    #: What each of the two read: number, name, birth, issuer, awarded_on, valid_until; days as in ISO 8601.
    first = JSONText(default=dict)
    second = JSONText(null=True)
    #: Picture of the paper's first page under the folder of files, and how many pages there are; empty for a row of an old register.
    scan_path = CharField(200)
    scan_pages = IntegerField(default=1)
    first_by = ForeignKeyField(User, backref="+", on_delete="RESTRICT")
    first_at = DateTimeField(default=clock.now)
    second_by = ForeignKeyField(User, null=True, backref="+", on_delete="RESTRICT")
    recognised_at = DateTimeField(null=True)
    ended_at = DateTimeField(null=True)
    ended_by = ForeignKeyField(User, null=True, backref="+", on_delete="RESTRICT")
    reason = CharField(300, default="")

    class Meta:
        table_name = "certificates_intake"

    def __str__(self) -> str:
        return str(self.first.get("number", ""))

    def day(self, name: str) -> date | None:
        """A day of what was read."""
        value: Any = self.first.get(name)
        return date.fromisoformat(value) if value else None
