"""Templates of papers, by version. Version 1 is part of the program; later ones stand here and are never changed once used."""

from __future__ import annotations

from peewee import CharField, DateTimeField, ForeignKeyField, IntegerField

from lms import clock
from lms.access.models import User
from lms.db import BaseModel, JSONText

#: draft → in_force → retired; a draft is put in force by two persons, through `lms.approvals`.
STATES = ("draft", "in_force", "retired")


class PaperTemplate(BaseModel):
    """One version of the layout of a kind of paper. Issued certificates name its number."""

    #: The version; 1 is the program's own.
    number = IntegerField(unique=True)
    title = CharField(120)
    #: certificate or completion.
    kind = CharField(20)
    design = JSONText()
    state = CharField(10, default="draft", index=True)
    made_by = ForeignKeyField(User, null=True, on_delete="RESTRICT", backref="+")
    made_at = DateTimeField(default=clock.now)
    changed_by = ForeignKeyField(User, null=True, on_delete="RESTRICT", backref="+")
    changed_at = DateTimeField(default=clock.now)
    proposed_by = ForeignKeyField(User, null=True, on_delete="RESTRICT", backref="+")
    decided_by = ForeignKeyField(User, null=True, on_delete="RESTRICT", backref="+")
    in_force_from = DateTimeField(null=True)
    in_force_until = DateTimeField(null=True)

    class Meta:
        table_name = "certificates_template"

    def __str__(self) -> str:
        return f"{self.title} (v{self.number})"
