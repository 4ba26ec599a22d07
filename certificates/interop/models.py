"""The signature of a certificate's credential; its text is written anew from the certificate, always the same."""

from __future__ import annotations

from peewee import BlobField, CharField, DateTimeField, ForeignKeyField, IntegerField

from certificates.models import Certificate
from lms import clock
from lms.db import BaseModel


class Credential(BaseModel):
    """What the worker signed for a certificate. Filled once."""

    certificate = ForeignKeyField(Certificate, unique=True, backref="credentials", on_delete="RESTRICT")
    #: Form of the text (certificates/interop/badge.py).
    form = IntegerField()
    #: Address of the site when it was signed; stands in the text.
    base = CharField(200)
    kid = CharField(8)
    signature = BlobField()
    made_at = DateTimeField(default=clock.now)

    class Meta:
        table_name = "certificates_credential"

    def __str__(self) -> str:
        return str(self.certificate_id)
