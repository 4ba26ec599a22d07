"""An old register that came as a list, and its rows as the two persons read them."""

from __future__ import annotations

from typing import Any

from peewee import BooleanField, CharField, DateTimeField, ForeignKeyField, IntegerField

from certificates.intake.models import Intake
from courses.models import Programme
from lms import clock
from lms.access.models import User
from lms.db import BaseModel, JSONText
from lms.people.models import Official, Organisation


class OldRegister(BaseModel):
    """keyed → recognised when a second person confirmed it; refused with a reason. The first person sent the list."""

    #: Name of the file, and key of the import it came by.
    source = CharField(200, default="")
    draft_key = CharField(40, default="")
    #: Whose desk took it in: who works for it, or above it, sees it. Empty when that sees everything.
    organisation = ForeignKeyField(Organisation, null=True, backref="+", on_delete="RESTRICT")
    state = CharField(12, default="keyed", index=True)
    first_by = ForeignKeyField(User, backref="+", on_delete="RESTRICT")
    first_at = DateTimeField(default=clock.now)
    second_by = ForeignKeyField(User, null=True, backref="+", on_delete="RESTRICT")
    ended_at = DateTimeField(null=True)
    reason = CharField(300, default="")

    class Meta:
        table_name = "certificates_old_register"

    def __str__(self) -> str:
        return str(self.source or self.id)


class OldEntry(BaseModel):
    """A row: waiting → alike or differs (a second reading) → recognised, or kept while its holder is not on record; refused."""

    register = ForeignKeyField(OldRegister, backref="entries", on_delete="CASCADE")
    #: Row of the file, as the spreadsheet counts.
    number = IntegerField()
    state = CharField(12, default="waiting", index=True)
    #: In the sample that the second person reads again.
    drawn = BooleanField(default=False)
    #: Read again whatever the sample, and why (`words.DOUBTS`).
    doubted = BooleanField(default=False)
    doubts = JSONText(default=list)
    #: Something the list said turned out wrong.
    corrected = BooleanField(default=False)
    official = ForeignKeyField(Official, null=True, backref="old_entries", on_delete="RESTRICT")
    programme = ForeignKeyField(Programme, null=True, backref="+", on_delete="RESTRICT")
    #: Serial number as printed, and the holder's name as it is searched.
    serial = CharField(60, index=True)
    name_folded = CharField(120, index=True)
    #: The programme's words in the list, written out (`programmes.written_out`): later lists learn from them.
    said_words = CharField(200, default="", index=True)
    #: What the list says: `services.COMPARED` of the intake desk, and register, unit, said (the programme's words), grade.
    first = JSONText(default=dict)
    second = JSONText(null=True)
    second_by = ForeignKeyField(User, null=True, backref="+", on_delete="RESTRICT")
    intake = ForeignKeyField(Intake, null=True, unique=True, backref="old_entries", on_delete="RESTRICT")
    reason = CharField(300, default="")

    class Meta:
        table_name = "certificates_old_entry"
        indexes = ((("register", "number"), True),)

    def __str__(self) -> str:
        return str(self.serial)

    def said(self, name: str) -> Any:
        """What the list says in one of its columns."""
        return self.first.get(name, "")
