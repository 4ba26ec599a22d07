"""Blanks: deliveries, the certificate printed on each, what was spoiled and destroyed. Every row is filled once and kept."""

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


def up(migrator, db):
    class BaseModel(Model):
        class Meta:
            database = db
            legacy_table_names = False

    class User(BaseModel):
        class Meta:
            table_name = "lms_user"

    class Register(BaseModel):
        class Meta:
            table_name = "certificates_register"

    class Certificate(BaseModel):
        class Meta:
            table_name = "certificates_certificate"

    class BlankBatch(BaseModel):
        register = ForeignKeyField(Register, on_delete="RESTRICT")
        prefix = CharField(12)
        width = IntegerField()
        first = IntegerField()
        last = IntegerField()
        received_on = DateField()
        source = CharField(200)
        document = CharField(100)
        created_at = DateTimeField()
        by = ForeignKeyField(User, null=True, on_delete="RESTRICT")
        returned_at = DateTimeField(null=True)
        returned_by = ForeignKeyField(User, null=True, on_delete="RESTRICT")
        return_note = CharField(300, null=True)

        class Meta:
            table_name = "certificates_blank_batch"

    class Destruction(BaseModel):
        batch = ForeignKeyField(BlankBatch, on_delete="RESTRICT")
        minutes_no = CharField(60)
        on_date = DateField()
        members = TextField()
        count = IntegerField()
        at = DateTimeField()
        by = ForeignKeyField(User, null=True, on_delete="RESTRICT")

        class Meta:
            table_name = "certificates_blank_destruction"

    class Blank(BaseModel):
        batch = ForeignKeyField(BlankBatch, on_delete="RESTRICT")
        number = IntegerField()
        text = CharField(24, index=True)
        certificate = ForeignKeyField(Certificate, null=True, on_delete="RESTRICT")
        at = DateTimeField()
        by = ForeignKeyField(User, null=True, on_delete="RESTRICT")
        spoiled_at = DateTimeField(null=True)
        spoiled_by = ForeignKeyField(User, null=True, on_delete="RESTRICT")
        reason = CharField(10, null=True)
        note = CharField(300, null=True)
        destruction = ForeignKeyField(Destruction, null=True, on_delete="RESTRICT")

        class Meta:
            table_name = "certificates_blank"
            indexes = ((("batch", "number"), True),)

    db.create_tables([BlankBatch, Destruction, Blank], safe=False)
    # A certificate stands on one blank at a time.
    db.execute_sql(
        "CREATE UNIQUE INDEX certificates_blank_standing ON certificates_blank (certificate_id) WHERE spoiled_at IS NULL"
    )
    once = {
        BlankBatch: ("returned_at", "returned_by_id", "return_note"),
        Destruction: (),
        Blank: ("spoiled_at", "spoiled_by_id", "reason", "note", "destruction_id"),
    }
    for model, columns in once.items():
        table = model._meta.table_name
        frozen = [name for name in model._meta.columns if name not in columns]
        _trigger(
            db,
            table,
            "frozen",
            "UPDATE",
            " OR ".join(_differs(db, name) for name in frozen),
            "it never changes",
        )
        if columns:
            filled = " OR ".join(f'(OLD."{name}" IS NOT NULL AND {_differs(db, name)})' for name in columns)
            _trigger(db, table, "once", "UPDATE", filled, "it is filled once")
        _trigger(db, table, "kept", "DELETE", None, "the register keeps everything")


def _differs(db, name):
    operator = "IS DISTINCT FROM" if isinstance(db, PostgresqlDatabase) else "IS NOT"
    return f'NEW."{name}" {operator} OLD."{name}"'


def _trigger(db, table, name, deed, condition, sentence):
    when = f" WHEN ({condition})" if condition else ""
    if not isinstance(db, PostgresqlDatabase):
        db.execute_sql(
            f"CREATE TRIGGER {table}_{name} BEFORE {deed} ON {table}{when} BEGIN"
            f" SELECT RAISE(ABORT, '{table}: {sentence}'); END"
        )
        return
    function = f"{table}_{name}_refuse"
    db.execute_sql(
        f"CREATE FUNCTION {function}() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION '{table}: {sentence}'"
        " USING ERRCODE = 'integrity_constraint_violation'; END; $$ LANGUAGE plpgsql"
    )
    db.execute_sql(
        f"CREATE TRIGGER {table}_{name} BEFORE {deed} ON {table} FOR EACH ROW{when} EXECUTE FUNCTION {function}()"
    )
    if deed == "DELETE":
        db.execute_sql(
            f"CREATE TRIGGER {table}_{name}_all BEFORE TRUNCATE ON {table} EXECUTE FUNCTION {function}()"
        )
