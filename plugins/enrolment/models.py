"""Nominations and the dated steps of each."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from peewee import CharField, DateField, DateTimeField, ForeignKeyField

from courses.models import Klass
from lms import clock
from lms.access.models import User
from lms.db import BaseModel
from lms.people.models import Official, Organisation

SUBMITTED, ACCEPTED, REJECTED, WITHDRAWN = "submitted", "accepted", "rejected", "withdrawn"
STATUSES = (SUBMITTED, ACCEPTED, REJECTED, WITHDRAWN)
STATUS_TITLES = {
    SUBMITTED: _l("Waiting for a decision"),
    ACCEPTED: _l("Accepted"),
    REJECTED: _l("Rejected"),
    WITHDRAWN: _l("Withdrawn"),
}
STATUS_TONES = {SUBMITTED: "info", ACCEPTED: "good", REJECTED: "bad", WITHDRAWN: "neutral"}


class Nomination(BaseModel):
    """An official put forward for a class by an agency. `status` is that of the last step."""

    klass = ForeignKeyField(Klass, backref="nominations", on_delete="RESTRICT")
    official = ForeignKeyField(Official, backref="nominations", on_delete="RESTRICT")
    #: The agency that nominates.
    organisation = ForeignKeyField(Organisation, backref="nominations", on_delete="RESTRICT")
    status = CharField(10, default=SUBMITTED)
    #: As the agency wrote them on the day.
    position = CharField(200, default="")
    unit_text = CharField(200, default="")
    remark = CharField(400, default="")
    #: The sending decision (quyết định cử đi học) named in the list.
    decision_number = CharField(60, default="")
    decision_date = DateField(null=True)
    nominated_by = ForeignKeyField(User, null=True, on_delete="SET NULL")
    nominated_at = DateTimeField(default=clock.now)
    decided_at = DateTimeField(null=True)
    #: Why it was rejected or withdrawn.
    reason = CharField(400, default="")

    class Meta:
        table_name = "enrolment_nomination"
        indexes = (
            (("klass", "official"), True),
            (("klass", "status"), False),
            (("organisation", "klass"), False),
        )

    def __str__(self) -> str:
        return str(self.official)


class NominationStep(BaseModel):
    """One dated fact in the life of a nomination; rows are only ever added."""

    nomination = ForeignKeyField(Nomination, backref="steps", on_delete="RESTRICT")
    status = CharField(10)
    at = DateTimeField(default=clock.now)
    by = ForeignKeyField(User, null=True, on_delete="SET NULL")
    reason = CharField(400, default="")

    class Meta:
        table_name = "enrolment_step"
