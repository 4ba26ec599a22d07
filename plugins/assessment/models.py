"""Tests of a class and the scores, attempt by attempt."""

from __future__ import annotations

from decimal import Decimal

from peewee import (
    BooleanField,
    CharField,
    DateField,
    DateTimeField,
    DecimalField,
    ForeignKeyField,
    IntegerField,
)

from courses.models import Klass, Membership
from lms import clock
from lms.access.models import User
from lms.db import BaseModel

KINDS = ("test", "paper", "essay", "project")


class Test(BaseModel):
    """One test, end-of-course paper (bài thu hoạch), essay or project of a class."""

    __test__ = False  # not a test of this program

    klass = ForeignKeyField(Klass, backref="tests", on_delete="RESTRICT")
    title = CharField(200)
    kind = CharField(10, default="test")
    #: The highest mark of the scale; scores run from 0 to it.
    scale_max = DecimalField(max_digits=6, decimal_places=2, default=Decimal(10))
    required = BooleanField(default=True)
    weight = IntegerField(default=1)
    held_on = DateField(null=True)
    cancelled_at = DateTimeField(null=True)
    created_at = DateTimeField(default=clock.now)
    created_by = ForeignKeyField(User, null=True, backref="+", on_delete="SET NULL")

    class Meta:
        table_name = "assessment_test"

    def __str__(self) -> str:
        return str(self.title)


class Score(BaseModel):
    """The score of one learner in one attempt. A retake is a new row; nothing is ever reset."""

    test = ForeignKeyField(Test, backref="scores", on_delete="RESTRICT")
    membership = ForeignKeyField(Membership, backref="scores", on_delete="RESTRICT")
    attempt = IntegerField(default=1)
    #: Null = entered by mistake and withdrawn; the correction says by whom.
    points = DecimalField(max_digits=6, decimal_places=2, null=True)
    entered_by = ForeignKeyField(User, null=True, backref="+", on_delete="SET NULL")
    at = DateTimeField(default=clock.now)

    class Meta:
        table_name = "assessment_score"
        indexes = ((("test", "membership", "attempt"), True),)


class Correction(BaseModel):
    """A changed score: before, after, who, when. Rows are only added."""

    score = ForeignKeyField(Score, backref="corrections", on_delete="RESTRICT")
    old_points = DecimalField(max_digits=6, decimal_places=2, null=True)
    new_points = DecimalField(max_digits=6, decimal_places=2, null=True)
    by = ForeignKeyField(User, null=True, backref="+", on_delete="SET NULL")
    at = DateTimeField(default=clock.now)

    class Meta:
        table_name = "assessment_correction"
