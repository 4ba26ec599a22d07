"""Signatures of credentials for other systems, one for each certificate; filled once and kept."""

from peewee import (
    BlobField,
    CharField,
    DateTimeField,
    ForeignKeyField,
    IntegerField,
    Model,
    PostgresqlDatabase,
)

TABLE = "certificates_credential"
SENTENCE = "a credential never changes"


def up(migrator, db):
    class BaseModel(Model):
        class Meta:
            database = db
            legacy_table_names = False

    class Certificate(BaseModel):
        class Meta:
            table_name = "certificates_certificate"

    class Credential(BaseModel):
        certificate = ForeignKeyField(Certificate, unique=True, on_delete="RESTRICT")
        form = IntegerField()
        base = CharField(200)
        kid = CharField(8)
        signature = BlobField()
        made_at = DateTimeField()

        class Meta:
            table_name = TABLE

    db.create_tables([Credential], safe=False)
    for deed in ("UPDATE", "DELETE"):
        _refuse(db, deed)


def _refuse(db, deed):
    name = f"{TABLE}_no_{deed.lower()}"
    if not isinstance(db, PostgresqlDatabase):
        db.execute_sql(
            f"CREATE TRIGGER {name} BEFORE {deed} ON {TABLE} BEGIN SELECT RAISE(ABORT, '{TABLE}: {SENTENCE}'); END"
        )
        return
    db.execute_sql(
        f"CREATE FUNCTION {name}_refuse() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION '{TABLE}: {SENTENCE}'"
        " USING ERRCODE = 'integrity_constraint_violation'; END; $$ LANGUAGE plpgsql"
    )
    db.execute_sql(
        f"CREATE TRIGGER {name} BEFORE {deed} ON {TABLE} FOR EACH ROW EXECUTE FUNCTION {name}_refuse()"
    )
