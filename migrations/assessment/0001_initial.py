"""Tests, scores and corrections."""

from peewee import (
    BooleanField,
    CharField,
    DateField,
    DateTimeField,
    DecimalField,
    ForeignKeyField,
    IntegerField,
    Model,
)


def up(migrator, db):
    class Base(Model):
        class Meta:
            database = db
            legacy_table_names = False

    class User(Base):
        class Meta:
            table_name = "lms_user"

    class Klass(Base):
        class Meta:
            table_name = "courses_class"

    class Membership(Base):
        class Meta:
            table_name = "courses_membership"

    class Test(Base):
        klass = ForeignKeyField(Klass, on_delete="RESTRICT")
        title = CharField(200)
        kind = CharField(10)
        scale_max = DecimalField(max_digits=6, decimal_places=2)
        required = BooleanField()
        weight = IntegerField()
        held_on = DateField(null=True)
        cancelled_at = DateTimeField(null=True)
        created_at = DateTimeField()
        created_by = ForeignKeyField(User, null=True, on_delete="SET NULL", backref="+")

        class Meta:
            table_name = "assessment_test"

    class Score(Base):
        test = ForeignKeyField(Test, on_delete="RESTRICT")
        membership = ForeignKeyField(Membership, on_delete="RESTRICT")
        attempt = IntegerField()
        points = DecimalField(max_digits=6, decimal_places=2, null=True)
        entered_by = ForeignKeyField(User, null=True, on_delete="SET NULL", backref="+")
        at = DateTimeField()

        class Meta:
            table_name = "assessment_score"
            indexes = ((("test", "membership", "attempt"), True),)

    class Correction(Base):
        score = ForeignKeyField(Score, on_delete="RESTRICT")
        old_points = DecimalField(max_digits=6, decimal_places=2, null=True)
        new_points = DecimalField(max_digits=6, decimal_places=2, null=True)
        by = ForeignKeyField(User, null=True, on_delete="SET NULL", backref="+")
        at = DateTimeField()

        class Meta:
            table_name = "assessment_correction"

    db.create_tables([Test, Score, Correction], safe=False)
