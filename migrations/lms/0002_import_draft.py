"""Imports under way."""

from peewee import AutoField, CharField, DateTimeField, ForeignKeyField, IntegerField, Model, TextField


def up(migrator, db):
    class User(Model):
        class Meta:
            database = db
            table_name = "lms_user"

    class ImportDraft(Model):
        id = AutoField()
        key = CharField(32, unique=True)
        kind = CharField(40)
        target = IntegerField(null=True)
        owner = ForeignKeyField(User, on_delete="CASCADE")
        filename = CharField(200)
        content = TextField()
        fixes = TextField()
        preview = TextField()
        result = TextField()
        created_at = DateTimeField()
        changed_at = DateTimeField(index=True)
        applied_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "lms_import_draft"

    db.create_tables([ImportDraft])
