"""The verify desk: piles of papers being checked, and reports that never change once they are made."""

from peewee import (
    BooleanField,
    CharField,
    DateField,
    DateTimeField,
    ForeignKeyField,
    IntegerField,
    Model,
    PostgresqlDatabase,
    TextField,
)

REPORT = "certificates_pile_report"


def up(migrator, db):
    class BaseModel(Model):
        class Meta:
            database = db
            legacy_table_names = False

    class User(BaseModel):
        class Meta:
            table_name = "lms_user"

    class JobRun(BaseModel):
        class Meta:
            table_name = "lms_job"

    class Pile(BaseModel):
        by = ForeignKeyField(User, on_delete="RESTRICT")
        opened_at = DateTimeField()
        touched_at = DateTimeField()
        finished_at = DateTimeField(null=True)
        post = CharField(80)
        post_on = DateField(null=True)
        run = ForeignKeyField(JobRun, null=True, on_delete="SET NULL")

        class Meta:
            table_name = "certificates_pile"

    class PileLine(BaseModel):
        pile = ForeignKeyField(Pile, on_delete="CASCADE")
        number = IntegerField()
        key = CharField(80)
        code = CharField(16)
        id16 = CharField(16, index=True)
        signed = BooleanField()
        place = CharField(200)
        source = CharField(8)
        origin = CharField(200)
        read_at = DateTimeField()

        class Meta:
            table_name = "certificates_pile_line"
            indexes = ((("pile", "key"), True),)

    class PileReport(BaseModel):
        id16 = CharField(16, unique=True)
        pile = ForeignKeyField(Pile, on_delete="RESTRICT")
        made_by = ForeignKeyField(User, on_delete="RESTRICT")
        made_at = DateTimeField()
        content = TextField()
        pdf_sha256 = CharField(64)
        xlsx_sha256 = CharField(64)

        class Meta:
            table_name = REPORT

    db.create_tables([Pile, PileLine, PileReport], safe=False)
    for deed in ("UPDATE", "DELETE"):
        _refuse(db, deed, "a report is made once and kept")


def _refuse(db, deed, sentence):
    name = f"{REPORT}_{deed.lower()}"
    if isinstance(db, PostgresqlDatabase):
        db.execute_sql(
            f"CREATE FUNCTION {name}_refuse() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION '{REPORT}: {sentence}'"
            " USING ERRCODE = 'integrity_constraint_violation'; END; $$ LANGUAGE plpgsql"
        )
        db.execute_sql(
            f"CREATE TRIGGER {name} BEFORE {deed} ON {REPORT} FOR EACH ROW EXECUTE FUNCTION {name}_refuse()"
        )
        return
    db.execute_sql(
        f"CREATE TRIGGER {name} BEFORE {deed} ON {REPORT} BEGIN SELECT RAISE(ABORT, '{REPORT}: {sentence}'); END"
    )
