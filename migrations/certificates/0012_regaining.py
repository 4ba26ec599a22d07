"""Holders who lost their account and ask for it."""

from peewee import CharField, DateTimeField, ForeignKeyField, Model


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

    class Certificate(BaseModel):
        class Meta:
            table_name = "certificates_certificate"

    class Regain(BaseModel):
        official = ForeignKeyField(Official, on_delete="RESTRICT")
        certificate = ForeignKeyField(Certificate, null=True, on_delete="RESTRICT")
        contact = CharField(120)
        state = CharField(10, index=True)
        asked_at = DateTimeField()
        decided_at = DateTimeField(null=True)
        decided_by = ForeignKeyField(User, null=True, on_delete="RESTRICT")
        reason = CharField(300)

        class Meta:
            table_name = "certificates_regain"

    db.create_tables([Regain], safe=False)
