"""Whose whole citizen ids were in an export."""

from peewee import AutoField, IntegerField, Model


def up(migrator, db):
    class ExportedId(Model):
        id = AutoField()
        audit = IntegerField(index=True)
        official = IntegerField(index=True)

        class Meta:
            database = db
            legacy_table_names = False
            table_name = "lms_exported_id"

    db.create_tables([ExportedId])
