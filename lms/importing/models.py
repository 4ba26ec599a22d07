"""Imports under way: the file as it was sent, corrections, and the preview last shown."""

from __future__ import annotations

from peewee import CharField, DateTimeField, ForeignKeyField, IntegerField, TextField

from lms import clock
from lms.access.models import User
from lms.db import BaseModel, JSONText


class ImportDraft(BaseModel):
    """One uploaded list of one person. Everything read from it is sealed: lists carry citizen ids."""

    #: Unguessable name in addresses.
    key = CharField(32, unique=True)
    #: Which importer judges and applies it, for example "enrolment.nominate".
    kind = CharField(40)
    #: Row the import is for (a class), as its importer understands it.
    target = IntegerField(null=True)
    owner = ForeignKeyField(User, backref="import_drafts", on_delete="CASCADE")
    filename = CharField(200, default="")
    #: The file's bytes, packed and sealed; empty once they are no longer needed.
    content = TextField(default="")
    #: Sealed JSON: {row number: {column: corrected text}}.
    fixes = TextField(default="")
    #: Sealed JSON of the preview last judged.
    preview = TextField(default="")
    #: Sealed JSON of the result, once applied.
    result = TextField(default="")
    created_at = DateTimeField(default=clock.now)
    changed_at = DateTimeField(default=clock.now, index=True)
    applied_at = DateTimeField(null=True)

    #: Encoding and columns as chosen by a person: {"encoding": name, "mapping": {column: place}}.
    options = JSONText(default=dict)
    #: The job that applies it in the background.
    job = IntegerField(null=True)
    #: Sealed JSON of what applying changed, kept to take it back.
    changes = TextField(default="")
    undone_at = DateTimeField(null=True)

    class Meta:
        table_name = "lms_import_draft"

    def __str__(self) -> str:
        return str(self.filename)


class ImportMapping(BaseModel):
    """How the columns of one sender's lists were understood last time; found again by the labels of the header."""

    kind = CharField(40)
    #: "o<id>" for an organisation, "u<id>" for a person without one.
    sender = CharField(20)
    fingerprint = CharField(32)
    #: Column key → place in the header, null for "not in this file".
    mapping = JSONText()
    by = ForeignKeyField(User, null=True, on_delete="SET NULL")
    used_at = DateTimeField(default=clock.now)

    class Meta:
        table_name = "lms_import_mapping"
        indexes = ((("kind", "sender", "fingerprint"), True),)
