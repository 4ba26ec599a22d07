"""Links a holder gave out, and how often a certificate was checked."""

from __future__ import annotations

from peewee import CharField, DateField, DateTimeField, ForeignKeyField, IntegerField

from certificates.models import Certificate
from lms import clock
from lms.access.models import User
from lms.db import BaseModel


class Share(BaseModel):
    """A link to one certificate with its full lines, until a day or until it is taken back."""

    certificate = ForeignKeyField(Certificate, backref="shares", on_delete="RESTRICT")
    #: Keyed hash of the code; the code itself is sealed, so that the holder can copy it again.
    code_hash = CharField(64, unique=True)
    code_sealed = CharField(200)
    #: For whom, in the holder's words.
    label = CharField(120)
    created_at = DateTimeField(default=clock.now)
    created_by = ForeignKeyField(User, null=True, on_delete="SET NULL", backref="+")
    expires_at = DateTimeField()
    revoked_at = DateTimeField(null=True)

    class Meta:
        table_name = "certificates_share"

    def __str__(self) -> str:
        return str(self.label)

    @property
    def stands(self) -> bool:
        return self.revoked_at is None and bool(self.expires_at > clock.now())


class Check(BaseModel):
    """How often a certificate was checked on a day in one way. Nobody is named but agencies with a key or a desk."""

    certificate = ForeignKeyField(Certificate, backref="checks", on_delete="RESTRICT", index=False)
    day = DateField(index=True)
    #: scan, typed, link, api
    kind = CharField(8)
    #: Name of the agency at that time; empty for everybody else.
    who = CharField(200, default="")
    count = IntegerField(default=0)

    class Meta:
        table_name = "certificates_check"
        indexes = ((("certificate", "day", "kind", "who"), True),)
