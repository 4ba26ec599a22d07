"""The public log: its entries, kept subtrees, signed states, and who watches it."""

from __future__ import annotations

from peewee import (
    BigIntegerField,
    BlobField,
    BooleanField,
    CharField,
    DateTimeField,
    ForeignKeyField,
    IntegerField,
    TextField,
)

from certificates.models import Certificate
from lms import clock
from lms.db import BaseModel


class LogEntry(BaseModel):
    """One leaf. `entry` is public to the letter; the other columns find it again and are not."""

    #: 0, 1, 2 … without gap.
    seq = BigIntegerField(unique=True)
    kind = CharField(12)
    certificate = ForeignKeyField(Certificate, null=True, backref="+", on_delete="RESTRICT", index=False)
    #: Of a status of the certificate: its number there.
    number = IntegerField(null=True)
    #: What stands for the certificate in the entry.
    ref = CharField(64, default="", index=True)
    entry = TextField()
    leaf = BlobField()
    #: Salt of the entry's commitment, never published.
    salt = BlobField(null=True)

    class Meta:
        table_name = "certificates_log"
        indexes = ((("certificate", "kind"), False),)


class LogNode(BaseModel):
    """The root of a perfect subtree of 256, 65,536 … leaves (level 8, 16 …), so that proofs need not read all leaves."""

    level = IntegerField()
    place = BigIntegerField()
    hash = BlobField()

    class Meta:
        table_name = "certificates_log_node"
        indexes = ((("level", "place"), True),)


class LogHead(BaseModel):
    """The end of the log: one row, locked while entries are added."""

    size = BigIntegerField(default=0)
    #: Roots of the perfect subtrees, the largest first, 32 bytes each.
    peaks = BlobField(default=b"")

    class Meta:
        table_name = "certificates_log_head"


class LogKey(BaseModel):
    """The public half of a key that signs checkpoints. The newest signs, for a time together with the one before."""

    kid = CharField(8, unique=True)
    #: Name in the signed note: host and path of the log.
    origin = CharField(200)
    public_key = BlobField()
    created_at = DateTimeField(default=clock.now)

    class Meta:
        table_name = "certificates_log_key"


class KeyChange(BaseModel):
    """The announcement of a further key: signed by the key before and by the new one, with its entry in the log."""

    key = ForeignKeyField(LogKey, unique=True, backref="+", on_delete="RESTRICT")
    note = TextField()
    #: From then on the new key signs alone.
    alone_from = DateTimeField()
    seq = BigIntegerField()
    created_at = DateTimeField(default=clock.now)

    class Meta:
        table_name = "certificates_log_key_change"


class Checkpoint(BaseModel):
    """A signed state of the log, as it was published."""

    size = BigIntegerField(unique=True)
    root = BlobField()
    #: The signed note (C2SP tlog-checkpoint).
    note = TextField()
    at = DateTimeField(default=clock.now)

    class Meta:
        table_name = "certificates_log_checkpoint"


class Witness(BaseModel):
    """Somebody outside who is sent every checkpoint and can prove later what the log was."""

    title = CharField(120)
    #: An https address, or an e-mail address.
    address = CharField(400, unique=True)
    by_mail = BooleanField(default=False)
    secret_sealed = TextField(default="")
    #: The key it countersigns states with (C2SP cosignature/v1); empty: its countersignatures are not taken.
    vkey = CharField(400, default="")
    #: The last size that was sent and taken.
    size = BigIntegerField(default=0)
    taken_at = DateTimeField(null=True)
    error = CharField(500, default="")
    attempts = IntegerField(default=0)
    due_at = DateTimeField(default=clock.now)
    created_at = DateTimeField(default=clock.now)

    class Meta:
        table_name = "certificates_log_witness"

    def __str__(self) -> str:
        return str(self.title)


class Cosignature(BaseModel):
    """A witness's signature over a state, as it came (one line of the signed note)."""

    size = BigIntegerField()
    name = CharField(200)
    line = TextField()
    witness = ForeignKeyField(Witness, null=True, backref="+", on_delete="SET NULL")
    #: The moment the witness names.
    signed_at = DateTimeField()
    received_at = DateTimeField(default=clock.now)

    class Meta:
        table_name = "certificates_log_cosignature"
        indexes = ((("size", "name"), True),)
