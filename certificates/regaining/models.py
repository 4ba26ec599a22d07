"""A holder who asked for access, or was given it, at a desk."""

from __future__ import annotations

from peewee import CharField, DateTimeField, ForeignKeyField

from certificates.models import Certificate
from lms import clock
from lms.access.models import User
from lms.db import BaseModel
from lms.people.models import Official


class Regain(BaseModel):
    """asked (paper and citizen id fitted) → given | refused; given at once when somebody comes to the desk unasked."""

    official = ForeignKeyField(Official, backref="regains", on_delete="RESTRICT")
    #: The paper that was held when it was asked for.
    certificate = ForeignKeyField(Certificate, null=True, backref="+", on_delete="RESTRICT")
    #: Where the desk reaches the person; empty once it is decided.
    contact = CharField(120, default="")
    state = CharField(10, default="asked", index=True)
    asked_at = DateTimeField(default=clock.now)
    decided_at = DateTimeField(null=True)
    decided_by = ForeignKeyField(User, null=True, backref="+", on_delete="RESTRICT")
    reason = CharField(300, default="")

    class Meta:
        table_name = "certificates_regain"

    def __str__(self) -> str:
        return str(self.official)
