"""Imports: choices of the sender, what was changed (to take it back), and columns remembered per sender."""

from peewee import AutoField, CharField, DateTimeField, ForeignKeyField, IntegerField, Model, TextField


def up(migrator, db):
    class User(Model):
        class Meta:
            database = db
            table_name = "lms_user"

    class ImportMapping(Model):
        id = AutoField()
        kind = CharField(40)
        sender = CharField(20)
        fingerprint = CharField(32)
        mapping = TextField()
        by = ForeignKeyField(User, null=True, on_delete="SET NULL")
        used_at = DateTimeField()

        class Meta:
            database = db
            table_name = "lms_import_mapping"
            indexes = ((("kind", "sender", "fingerprint"), True),)

    table = "lms_import_draft"
    migrator.migrate(
        migrator.add_column(table, "options", TextField(default="{}")),
        migrator.add_column(table, "job", IntegerField(null=True)),
        migrator.add_column(table, "changes", TextField(default="")),
        migrator.add_column(table, "undone_at", DateTimeField(null=True)),
    )
    db.create_tables([ImportMapping])
