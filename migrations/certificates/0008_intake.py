"""Certificates issued elsewhere, keyed by two persons."""

from peewee import CharField, DateTimeField, ForeignKeyField, Model, TextField


def up(migrator, db):
    class BaseModel(Model):
        class Meta:
            database = db
            legacy_table_names = False

    class User(BaseModel):
        class Meta:
            table_name = "lms_user"

    class Official(BaseModel):
        class Meta:
            table_name = "lms_official"

    class Programme(BaseModel):
        class Meta:
            table_name = "courses_programme"

    class Intake(BaseModel):
        official = ForeignKeyField(Official, on_delete="RESTRICT")
        programme = ForeignKeyField(Programme, on_delete="RESTRICT")
        state = CharField(12, index=True)
        confidence = CharField(12)
        first = TextField()
        second = TextField(null=True)
        scan_path = CharField(200)
        first_by = ForeignKeyField(User, on_delete="RESTRICT")
        first_at = DateTimeField()
        second_by = ForeignKeyField(User, null=True, on_delete="RESTRICT")
        recognised_at = DateTimeField(null=True)
        ended_at = DateTimeField(null=True)
        ended_by = ForeignKeyField(User, null=True, on_delete="RESTRICT")
        reason = CharField(300)

        class Meta:
            table_name = "certificates_intake"

    db.create_tables([Intake], safe=False)
