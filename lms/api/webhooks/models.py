"""Who wants to hear."""

from __future__ import annotations

from peewee import CharField, DateTimeField, ForeignKeyField, TextField

from lms import clock
from lms.access.models import User
from lms.db import BaseModel, JSONText


class Webhook(BaseModel):
    """An address that is told of facts. What is owed to it stands among the deliveries (`lms.events`)."""

    title = CharField(80)
    address = CharField(400)
    #: Names of facts: "courses.ClassClosed".
    events = JSONText()
    #: The key of its signatures, shown once.
    secret_sealed = TextField()
    created_by = ForeignKeyField(User, null=True, backref="+", on_delete="SET NULL")
    created_at = DateTimeField(default=clock.now)
    #: Nothing is sent since then.
    paused_at = DateTimeField(null=True)

    class Meta:
        table_name = "lms_webhook"

    def __str__(self) -> str:
        return str(self.title)

    @property
    def handler(self) -> str:
        """Its name among those who hear of facts."""
        return f"{PREFIX}{self.id}"


#: Before the number of a webhook in a delivery.
PREFIX = "webhook:"
