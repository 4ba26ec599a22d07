"""Key sets as they were published."""

from __future__ import annotations

from peewee import BlobField, CharField, DateTimeField, IntegerField, TextField

from lms.db import BaseModel


class KeySetVersion(BaseModel):
    """A key set as it was published, with the root's signature. Never changed, never removed."""

    version = IntegerField(unique=True)
    #: Key id of the root.
    root = CharField(8)
    #: The signed text, byte for byte.
    document = TextField()
    signature = BlobField()
    issued_at = DateTimeField()
    next_update = DateTimeField()

    class Meta:
        table_name = "certificates_keyset"

    def __str__(self) -> str:
        return str(self.version)
