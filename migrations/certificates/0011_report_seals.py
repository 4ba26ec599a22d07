"""Signatures over the reports of the verify desk, made by the worker after the report; never changed."""

from peewee import (
    BigIntegerField,
    CharField,
    DateTimeField,
    ForeignKeyField,
    Model,
    PostgresqlDatabase,
    TextField,
)

SEAL = "certificates_report_seal"


def up(migrator, db):
    class BaseModel(Model):
        class Meta:
            database = db
            legacy_table_names = False

    class PileReport(BaseModel):
        class Meta:
            table_name = "certificates_pile_report"

    class ReportSeal(BaseModel):
        report = ForeignKeyField(PileReport, unique=True, on_delete="RESTRICT")
        kid = CharField(8)
        note = TextField()
        pdf_sha256 = CharField(64)
        seq = BigIntegerField()
        at = DateTimeField()

        class Meta:
            table_name = SEAL

    db.create_tables([ReportSeal], safe=False)
    for deed in ("UPDATE", "DELETE"):
        _refuse(db, deed, "a signature is made once and kept")


def _refuse(db, deed, sentence):
    name = f"{SEAL}_{deed.lower()}"
    if isinstance(db, PostgresqlDatabase):
        db.execute_sql(
            f"CREATE FUNCTION {name}_refuse() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION '{SEAL}: {sentence}'"
            " USING ERRCODE = 'integrity_constraint_violation'; END; $$ LANGUAGE plpgsql"
        )
        db.execute_sql(
            f"CREATE TRIGGER {name} BEFORE {deed} ON {SEAL} FOR EACH ROW EXECUTE FUNCTION {name}_refuse()"
        )
        return
    db.execute_sql(
        f"CREATE TRIGGER {name} BEFORE {deed} ON {SEAL} BEGIN SELECT RAISE(ABORT, '{SEAL}: {sentence}'); END"
    )
