"""Merges of officials, pairs told apart, and what became different about an official."""

from peewee import (
    AutoField,
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

    class Official(Base):
        class Meta:
            table_name = "lms_official"

    class User(Base):
        class Meta:
            table_name = "lms_user"

    class OfficialMerge(Base):
        id = AutoField()
        kept = ForeignKeyField(Official, on_delete="RESTRICT")
        gone = ForeignKeyField(Official, on_delete="RESTRICT")
        reason = CharField(300)
        moves = TextField()
        counts = TextField()
        taken_over = TextField()
        merged_at = DateTimeField()
        merged_by = ForeignKeyField(User, null=True, on_delete="RESTRICT")
        undone_at = DateTimeField(null=True)
        undone_by = ForeignKeyField(User, null=True, on_delete="RESTRICT")
        undone_reason = CharField(300)

        class Meta:
            table_name = "lms_official_merge"

    class NotSame(Base):
        id = AutoField()
        first = ForeignKeyField(Official, on_delete="CASCADE")
        second = ForeignKeyField(Official, on_delete="CASCADE")
        said_by = ForeignKeyField(User, null=True, on_delete="SET NULL")
        said_at = DateTimeField()

        class Meta:
            table_name = "lms_not_same"
            indexes = ((("first", "second"), True),)

    class OfficialChange(Base):
        id = AutoField()
        official = ForeignKeyField(Official, on_delete="RESTRICT")
        field = CharField(30)
        old = TextField(null=True)
        new = TextField(null=True)
        holds_from = DateField(null=True)
        source = CharField(300)
        at = DateTimeField()
        by = IntegerField(null=True)
        by_name = CharField(120)

        class Meta:
            table_name = "lms_official_change"
            indexes = ((("official", "at"), False),)

    merged_into = ForeignKeyField(Official, Official.id, null=True, on_delete="RESTRICT")
    migrator.migrate(
        migrator.add_column("lms_official", "merged_into_id", merged_into),
        migrator.add_index("lms_official", ("merged_into_id", "name_sort", "id")),
        migrator.add_index("lms_official", ("name_folded", "birth_year")),
    )
    db.create_tables([OfficialMerge, NotSame, OfficialChange])
