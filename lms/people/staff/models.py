"""Staff lists that were sent, with their differences."""

from __future__ import annotations

from peewee import CharField, DateTimeField, ForeignKeyField, IntegerField, TextField

from lms import clock
from lms.access.models import User
from lms.db import BaseModel, JSONText
from lms.people.models import Organisation

WAITING, DECIDED, WITHDRAWN = "waiting", "decided", "withdrawn"


class StaffList(BaseModel):
    """One staff list of an agency. Its rows are sealed: they carry citizen ids."""

    organisation = ForeignKeyField(Organisation, backref="staff_lists", on_delete="RESTRICT")
    filename = CharField(200, default="")
    state = CharField(10, default=WAITING, index=True)
    #: Sealed JSON of the rows with their differences; emptied a month after the decision.
    rows = TextField(default="")
    #: Status → how many rows; after the decision also "accepted", "failed".
    counts = JSONText(default=dict)
    #: Sentences on accepted rows that could not be taken over.
    problems = JSONText(default=list)
    sent_by = ForeignKeyField(User, null=True, backref="+", on_delete="SET NULL")
    sent_at = DateTimeField(default=clock.now)
    decided_by = ForeignKeyField(User, null=True, backref="+", on_delete="SET NULL")
    decided_at = DateTimeField(null=True)

    #: Key of the import it came with.
    draft = CharField(32, default="")
    #: The job that carries the decision out.
    job = IntegerField(null=True)
    #: Sealed JSON of what the decision changed, kept to take it back.
    changes = TextField(default="")

    class Meta:
        table_name = "lms_staff_list"

    def __str__(self) -> str:
        return str(self.filename)
