"""A report about a paper."""

from __future__ import annotations

from peewee import CharField, DateTimeField, ForeignKeyField, TextField

from certificates.models import Certificate
from lms import clock
from lms.access.models import User
from lms.db import BaseModel


class Case(BaseModel):
    """Somebody saw a paper that does not fit the check. Open until the issuer has answered."""

    #: Unguessable; who reported follows the answer under it.
    code = CharField(16, unique=True)
    certificate = ForeignKeyField(Certificate, backref="cases", on_delete="RESTRICT")
    #: What the check said when the report came.
    verdict = CharField(12)
    reason = CharField(20)
    note = TextField(default="")
    #: How to reach who reported; goes with the photo.
    contact = CharField(120, default="")
    #: Under the folder of files; empty when there is none, or no longer.
    photo_path = CharField(200, default="")
    created_at = DateTimeField(default=clock.now, index=True)
    #: Set when the issuer has answered.
    closed_at = DateTimeField(null=True, index=True)
    closed_by = ForeignKeyField(User, null=True, on_delete="RESTRICT", backref="+")
    outcome = CharField(20, default="")
    #: Who reported reads it.
    answer = TextField(default="")
    #: When photo and contact were erased.
    erased_at = DateTimeField(null=True)

    class Meta:
        table_name = "certificates_case"

    def __str__(self) -> str:
        return str(self.certificate.serial)
