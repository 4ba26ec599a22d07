"""Indexes that were given, and lists that were published. Rows of both are only ever added."""

from __future__ import annotations

from peewee import BigIntegerField, BlobField, CharField, DateTimeField, IntegerField, TextField

from lms.db import BaseModel


class StatusPlace(BaseModel):
    """An index of the status lists that was given to a certificate once; it is never given again, whatever becomes of that."""

    status_index = BigIntegerField(unique=True)

    class Meta:
        table_name = "certificates_status_place"


class StatusListVersion(BaseModel):
    """A status list as it was published, in all three forms."""

    number = IntegerField()
    sequence = IntegerField()
    #: Our form: text, key and signature.
    document = TextField()
    kid = CharField(8)
    signature = BlobField()
    #: The W3C lists, as VC-JWT.
    revocation = TextField()
    suspension = TextField()
    #: SHA-256 of the bits of our form, uncompressed.
    digest = CharField(64)
    issued_at = DateTimeField()
    next_update = DateTimeField()
    #: Number of the last change of a status that was considered.
    changed_to = IntegerField()

    class Meta:
        table_name = "certificates_status_list"
        indexes = ((("number", "sequence"), True),)

    def __str__(self) -> str:
        return f"{self.number}/{self.sequence}"
