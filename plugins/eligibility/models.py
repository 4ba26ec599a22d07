"""Rules as dated, versioned rows, and facts recorded about people. A verdict is never stored."""

from __future__ import annotations

from peewee import CharField, DateField, DateTimeField, ForeignKeyField, IntegerField, TextField

from lms import clock
from lms.access.models import User
from lms.db import BaseModel, JSONText
from lms.people.models import Official


class RuleSet(BaseModel):
    """One loading of rules that changed something: its name, and the digest of all rows known from then on."""

    version = CharField(40)
    title = CharField(200, default="")
    digest = CharField(64)
    added = IntegerField(default=0)
    loaded_at = DateTimeField(default=clock.now)
    loaded_by = ForeignKeyField(User, null=True, on_delete="SET NULL", backref="+")

    class Meta:
        table_name = "eligibility_ruleset"

    def __str__(self) -> str:
        return f"{self.version} · {str(self.digest)[:8]}"


class RuleRow(BaseModel):
    """What every rule has: id and version, dates (both inclusive), source, how sure it is, what is still to be confirmed.

    A row never changes: a correction is a higher version of the same id, so that an old answer can be repeated.
    """

    rule_id = CharField(60)
    version = IntegerField(default=1)
    title = CharField(300, default="")
    valid_from = DateField(null=True)
    valid_to = DateField(null=True)
    source = TextField(default="")
    #: S V V2 R+ R R- I UNKNOWN, see the README.
    confidence = CharField(10, default="")
    confirm = TextField(default="")
    #: Everything else the row says, as in its file.
    body = JSONText(default=dict)
    digest = CharField(64)
    #: Day from which it is known; "as known then" leaves younger versions out.
    entered_on = DateField(default=clock.today)


class Post(RuleRow):
    """A leadership post (chức vụ); `rule_id` is its code, `number` stands for it in signed certificates."""

    number = IntegerField(index=True)
    level = CharField(20)

    class Meta:
        table_name = "eligibility_post"
        indexes = ((("rule_id", "version"), True),)


class Standard(RuleRow):
    """What posts ask for in a period: a tree of requirements."""

    class Meta:
        table_name = "eligibility_standard"
        indexes = ((("rule_id", "version"), True),)


class Rule(RuleRow):
    """Everything else: programmes, covers edges, modes, exemptions, kinds of fact."""

    kind = CharField(20)

    class Meta:
        table_name = "eligibility_rule"
        indexes = ((("kind", "rule_id", "version"), True),)


class RecordedFact(BaseModel):
    """Something read in a person's file: a rank, a degree, a programme completed elsewhere, or that the file was reviewed.

    Nothing is overwritten: an error is withdrawn with a reason and the right entry is a new row.
    """

    official = ForeignKeyField(Official, backref="eligibility_facts", on_delete="RESTRICT")
    kind = CharField(40)
    value = CharField(60, default="")
    #: First and last day it held; the first is null when the file does not say.
    held_from = DateField(null=True)
    held_to = DateField(null=True)
    number = CharField(80, default="")
    #: Where it was read: "Bản sao công chứng bằng tốt nghiệp".
    source = CharField(300, default="")
    confidence = CharField(10, default="")
    recorded_at = DateTimeField(default=clock.now)
    recorded_by = ForeignKeyField(User, null=True, on_delete="SET NULL", backref="+")
    withdrawn_at = DateTimeField(null=True)
    withdrawn_by = ForeignKeyField(User, null=True, on_delete="SET NULL", backref="+")
    withdrawn_reason = CharField(300, default="")

    class Meta:
        table_name = "eligibility_fact"
        indexes = ((("official", "kind"), False),)

    def __str__(self) -> str:
        return f"{self.kind} {self.value}".strip()
