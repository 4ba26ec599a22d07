"""Tokens of programs, and answers kept so that a repeated request gets the same one."""

from __future__ import annotations

from peewee import CharField, DateTimeField, ForeignKeyField, IntegerField, TextField

from lms import clock
from lms.access.models import User
from lms.db import BaseModel, JSONText
from lms.people.models import Organisation


class ApiToken(BaseModel):
    """A key of a program. It never may more than its owner may now; only a keyed hash of it is kept."""

    user = ForeignKeyField(User, backref="api_tokens", on_delete="CASCADE")
    name = CharField(80)
    token_hash = CharField(64, unique=True)
    #: How it begins, to tell one from another.
    hint = CharField(12)
    #: Names of permissions.
    scopes = JSONText()
    #: Only what the owner's roles for this organisation allow; null = all of the owner's roles.
    organisation = ForeignKeyField(Organisation, null=True, backref="+", on_delete="RESTRICT")
    created_at = DateTimeField(default=clock.now)
    expires_at = DateTimeField()
    last_used_at = DateTimeField(null=True)
    revoked_at = DateTimeField(null=True)

    class Meta:
        table_name = "lms_api_token"

    def __str__(self) -> str:
        return str(self.name)

    @property
    def state(self) -> str:
        """``revoked``, ``expired`` or ``good``."""
        if self.revoked_at is not None:
            return "revoked"
        return "expired" if self.expires_at <= clock.now() else "good"


class ApiAnswer(BaseModel):
    """The first answer to a request with an Idempotency-Key, kept for a day. It may hold personal data: sealed."""

    #: Who asked: "token:7" or "user:3".
    holder = CharField(30)
    key_hash = CharField(64)
    #: What was asked: method, address and body.
    asked_hash = CharField(64)
    status = IntegerField(default=0)
    body_sealed = TextField(default="")
    at = DateTimeField(default=clock.now, index=True)

    class Meta:
        table_name = "lms_api_answer"
        indexes = ((("holder", "key_hash"), True),)
