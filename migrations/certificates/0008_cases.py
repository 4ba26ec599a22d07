"""Reports by the public that a paper does not fit the check."""

from peewee import CharField, DateTimeField, ForeignKeyField, Model, TextField


def up(migrator, db):
    class BaseModel(Model):
        class Meta:
            database = db
            legacy_table_names = False

    class User(BaseModel):
        class Meta:
            table_name = "lms_user"

    class Certificate(BaseModel):
        class Meta:
            table_name = "certificates_certificate"

    class Case(BaseModel):
        code = CharField(16, unique=True)
        certificate = ForeignKeyField(Certificate, on_delete="RESTRICT")
        verdict = CharField(12)
        reason = CharField(20)
        note = TextField()
        contact = CharField(120)
        photo_path = CharField(200)
        created_at = DateTimeField(index=True)
        closed_at = DateTimeField(null=True, index=True)
        closed_by = ForeignKeyField(User, null=True, on_delete="RESTRICT")
        outcome = CharField(20)
        answer = TextField()
        erased_at = DateTimeField(null=True)

        class Meta:
            table_name = "certificates_case"

    db.create_tables([Case], safe=False)
