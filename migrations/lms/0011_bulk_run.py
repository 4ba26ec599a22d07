"""Deeds on many rows: what was chosen and what became of it."""

from peewee import AutoField, CharField, DateTimeField, ForeignKeyField, IntegerField, Model, TextField


def up(migrator, db):
    class Base(Model):
        class Meta:
            database = db
            legacy_table_names = False

    class User(Base):
        class Meta:
            table_name = "lms_user"

    class BulkRun(Base):
        id = AutoField()
        key = CharField(32, unique=True)
        deed = CharField(60)
        target = IntegerField(null=True)
        by = ForeignKeyField(User, on_delete="CASCADE")
        chosen = TextField()
        done = TextField()
        blocked = TextField()
        kept = TextField()
        reason = CharField(400)
        job = IntegerField(null=True)
        created_at = DateTimeField(index=True)
        applied_at = DateTimeField(null=True)
        undone_at = DateTimeField(null=True)

        class Meta:
            table_name = "lms_bulk_run"

    db.create_tables([BulkRun])
