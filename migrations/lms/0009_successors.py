"""Reorganisations and their pairs old → new."""

from peewee import (
    AutoField,
    BooleanField,
    CharField,
    DateField,
    DateTimeField,
    ForeignKeyField,
    IntegerField,
    Model,
    TextField,
)


def up(migrator, db):
    class Base(Model):
        class Meta:
            database = db
            legacy_table_names = False

    class Organisation(Base):
        class Meta:
            table_name = "lms_organisation"

    class User(Base):
        class Meta:
            table_name = "lms_user"

    class Reorganisation(Base):
        id = AutoField()
        title = CharField(200)
        source = CharField(300)
        on_date = DateField()
        state = CharField(10, index=True)
        record = TextField()
        counts = TextField()
        problem = CharField(400)
        made_at = DateTimeField()
        made_by = ForeignKeyField(User, null=True, on_delete="SET NULL")
        applied_at = DateTimeField(null=True)
        applied_by = ForeignKeyField(User, null=True, on_delete="SET NULL")
        undone_at = DateTimeField(null=True)

        class Meta:
            table_name = "lms_reorganisation"

    class Succession(Base):
        id = AutoField()
        reorganisation = ForeignKeyField(Reorganisation, on_delete="CASCADE")
        old = ForeignKeyField(Organisation, on_delete="RESTRICT")
        new = ForeignKeyField(Organisation, on_delete="RESTRICT")
        whole = BooleanField()
        share = IntegerField(null=True)

        class Meta:
            table_name = "lms_succession"
            indexes = ((("reorganisation", "old", "new"), True),)

    db.create_tables([Reorganisation, Succession])
