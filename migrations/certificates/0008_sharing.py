"""Links that holders give out, and counts of checks by day and kind."""

from peewee import CharField, DateField, DateTimeField, ForeignKeyField, IntegerField, Model


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

    class Share(BaseModel):
        certificate = ForeignKeyField(Certificate, on_delete="RESTRICT")
        code_hash = CharField(64, unique=True)
        code_sealed = CharField(200)
        label = CharField(120)
        created_at = DateTimeField()
        created_by = ForeignKeyField(User, null=True, on_delete="SET NULL")
        expires_at = DateTimeField()
        revoked_at = DateTimeField(null=True)

        class Meta:
            table_name = "certificates_share"

    class Check(BaseModel):
        certificate = ForeignKeyField(Certificate, on_delete="RESTRICT", index=False)
        day = DateField(index=True)
        kind = CharField(8)
        who = CharField(200)
        count = IntegerField()

        class Meta:
            table_name = "certificates_check"
            indexes = ((("certificate", "day", "kind", "who"), True),)

    db.create_tables([Share, Check], safe=False)
