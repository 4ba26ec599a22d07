"""Merges of two records of one person, and pairs that are two persons."""

from __future__ import annotations

from peewee import CharField, DateTimeField, ForeignKeyField, IntegerField

from lms import clock
from lms.access.models import User
from lms.db import BaseModel, JSONText
from lms.people.models import Official


class OfficialMerge(BaseModel):
    """One merge: which record stayed, which one leads to it since, and all that is needed to take it back."""

    kept = ForeignKeyField(Official, backref="merges", on_delete="RESTRICT")
    gone = ForeignKeyField(Official, backref="+", on_delete="RESTRICT")
    reason = CharField(300)
    #: [{table, field, key, ids}]: rows that now belong to the record kept.
    moves = JSONText(default=list)
    #: [{table, title, kept_before, gone_before, kept_after, staying}].
    counts = JSONText(default=list)
    #: {field: {"kept": before, "gone": before, "now": after}} of what was taken over from the other record.
    taken_over = JSONText(default=dict)
    merged_at = DateTimeField(default=clock.now)
    merged_by = ForeignKeyField(User, null=True, backref="+", on_delete="RESTRICT")
    undone_at = DateTimeField(null=True)
    undone_by = ForeignKeyField(User, null=True, backref="+", on_delete="RESTRICT")
    undone_reason = CharField(300, default="")

    class Meta:
        table_name = "lms_official_merge"

    def __str__(self) -> str:
        return f"{self.gone_id} → {self.kept_id}"


class NotSame(BaseModel):
    """Somebody has looked: these two are two persons. `first` has the lower id."""

    first = ForeignKeyField(Official, backref="+", on_delete="CASCADE")
    second = ForeignKeyField(Official, backref="+", on_delete="CASCADE")
    said_by = ForeignKeyField(User, null=True, backref="+", on_delete="SET NULL")
    said_at = DateTimeField(default=clock.now)

    class Meta:
        table_name = "lms_not_same"
        indexes = ((("first", "second"), True),)


class Alike(BaseModel):
    """Two records that may be one person, as last worked out (`alike`). `first` has the lower id."""

    first = ForeignKeyField(Official, backref="+", on_delete="CASCADE", index=False)
    second = ForeignKeyField(Official, backref="+", on_delete="CASCADE")
    #: 0 is the most alike: whole birth date, organisation and staff code agree.
    distance = IntegerField()
    #: Of the first, so that the list is read in its order from one index.
    name_sort = CharField(400)

    class Meta:
        table_name = "lms_alike"
        indexes = (
            (("first", "second"), True),
            (("distance", "name_sort", "first", "second"), False),
        )
