"""Sessions of an import that was taken back; timetables sent before they were lists like others are sent again."""

from peewee import BooleanField, CharField, DateTimeField, Model


def up(migrator, db):
    migrator.migrate(migrator.add_column("courses_session", "withdrawn", BooleanField(default=False)))

    class ImportDraft(Model):
        kind = CharField(40)
        applied_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "lms_import_draft"

    # Checked, never applied: their previews are of a shape that no page shows any more.
    ImportDraft.delete().where(
        ImportDraft.kind == "courses.timetable", ImportDraft.applied_at.is_null()
    ).execute()
