"""Papers given for lost or damaged certificates: counted, frozen, kept."""

from peewee import (
    CharField,
    DateField,
    DateTimeField,
    ForeignKeyField,
    IntegerField,
    Model,
    PostgresqlDatabase,
    TextField,
)

TABLE = "certificates_substitute"
ONCE = ("pdf_path", "pdf_sha256", "printed_at")


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

    class Substitute(BaseModel):
        certificate = ForeignKeyField(Certificate, on_delete="RESTRICT")
        way = CharField(20)
        number = IntegerField()
        reason = CharField(10)
        note = TextField()
        issued_on = DateField()
        issuer_name = CharField(200)
        issuer_superior = CharField(200)
        place = CharField(80)
        signatory_title = CharField(120)
        signatory_name = CharField(120)
        rule_id = CharField(40)
        rule_source = CharField(300)
        by = ForeignKeyField(User, on_delete="RESTRICT")
        second = ForeignKeyField(User, on_delete="RESTRICT")
        at = DateTimeField()
        pdf_path = CharField(200, null=True)
        pdf_sha256 = CharField(64, null=True)
        printed_at = DateTimeField(null=True)

        class Meta:
            table_name = TABLE
            indexes = ((("certificate", "number"), True),)

    db.create_tables([Substitute], safe=False)
    frozen = " OR ".join(_differs(db, name) for name in Substitute._meta.columns if name not in ONCE)
    filled = " OR ".join(f'(OLD."{name}" IS NOT NULL AND {_differs(db, name)})' for name in ONCE)
    _trigger(db, "frozen", "UPDATE", frozen, "it never changes")
    _trigger(db, "once", "UPDATE", filled, "it is printed once")
    _trigger(db, "kept", "DELETE", None, "the register keeps everything")


def _differs(db, name):
    operator = "IS DISTINCT FROM" if isinstance(db, PostgresqlDatabase) else "IS NOT"
    return f'NEW."{name}" {operator} OLD."{name}"'


def _trigger(db, name, deed, condition, sentence):
    when = f" WHEN ({condition})" if condition else ""
    if not isinstance(db, PostgresqlDatabase):
        db.execute_sql(
            f"CREATE TRIGGER {TABLE}_{name} BEFORE {deed} ON {TABLE}{when} BEGIN"
            f" SELECT RAISE(ABORT, '{TABLE}: {sentence}'); END"
        )
        return
    function = f"{TABLE}_{name}_refuse"
    db.execute_sql(
        f"CREATE FUNCTION {function}() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION '{TABLE}: {sentence}'"
        " USING ERRCODE = 'integrity_constraint_violation'; END; $$ LANGUAGE plpgsql"
    )
    db.execute_sql(
        f"CREATE TRIGGER {TABLE}_{name} BEFORE {deed} ON {TABLE} FOR EACH ROW{when} EXECUTE FUNCTION {function}()"
    )
    if deed == "DELETE":
        db.execute_sql(
            f"CREATE TRIGGER {TABLE}_{name}_all BEFORE TRUNCATE ON {TABLE} EXECUTE FUNCTION {function}()"
        )
