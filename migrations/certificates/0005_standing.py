"""Two persons stand behind a revocation, several certificates may be revoked by one decision, and what is final stays so.

The database itself accepts no status after "revoked" or "superseded", and no correction that is not the next edition of
a certificate of the same place in the class: chains of corrections have no ring and one end.
"""

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

STATUS = "certificates_status"
CERTIFICATE = "certificates_certificate"


def up(migrator, db):
    class BaseModel(Model):
        class Meta:
            database = db
            legacy_table_names = False

    class User(BaseModel):
        class Meta:
            table_name = "lms_user"

    class Klass(BaseModel):
        class Meta:
            table_name = "courses_class"

    class Certificate(BaseModel):
        class Meta:
            table_name = CERTIFICATE

    class Order(BaseModel):
        klass = ForeignKeyField(Klass, on_delete="RESTRICT")
        ground = IntegerField()
        decision_no = CharField(60)
        decided_on = DateField()
        note = TextField()
        by = ForeignKeyField(User, on_delete="RESTRICT")
        created_at = DateTimeField()
        second = ForeignKeyField(User, null=True, on_delete="RESTRICT")
        done_at = DateTimeField(null=True)

        class Meta:
            table_name = "certificates_order"

    class OrderLine(BaseModel):
        order = ForeignKeyField(Order, on_delete="RESTRICT")
        certificate = ForeignKeyField(Certificate, on_delete="RESTRICT")
        outcome = CharField(300, null=True)

        class Meta:
            table_name = "certificates_order_line"
            indexes = ((("order", "certificate"), True),)

    db.execute_sql(
        f'ALTER TABLE {STATUS} ADD COLUMN second_id INTEGER REFERENCES lms_user ("id") ON DELETE RESTRICT'
    )
    db.execute_sql(f"CREATE INDEX {STATUS}_second_id ON {STATUS} (second_id)")
    db.create_tables([Order, OrderLine], safe=False)

    columns = [one.name for one in db.get_columns(STATUS)]
    _drop(db, STATUS, "frozen")
    _trigger(db, STATUS, "frozen", "UPDATE", _any_differs(db, columns), "a status is added, never changed")
    last = f"SELECT 1 FROM {STATUS} WHERE certificate_id = NEW.certificate_id"
    _trigger(
        db,
        STATUS,
        "final",
        "INSERT",
        f"EXISTS ({last} AND status IN ('revoked', 'superseded'))",
        "what is revoked or replaced stays so",
    )
    before = f"SELECT 1 FROM {CERTIFICATE} WHERE id = NEW.supersedes_id AND edition = NEW.edition - 1"
    _trigger(
        db,
        CERTIFICATE,
        "chain",
        "INSERT",
        "CASE WHEN NEW.supersedes_id IS NULL THEN NEW.edition <> 1"
        f" ELSE NOT EXISTS ({before} AND membership_id = NEW.membership_id) END",
        "a correction is the next edition of the certificate it replaces",
    )
    for model, once in ((Order, ("second_id", "done_at")), (OrderLine, ("outcome",))):
        table = model._meta.table_name
        frozen = [name for name in model._meta.columns if name not in once]
        _trigger(db, table, "frozen", "UPDATE", _any_differs(db, frozen), "a decision never changes")
        filled = " OR ".join(f'(OLD."{name}" IS NOT NULL AND {_differs(db, name)})' for name in once)
        _trigger(db, table, "once", "UPDATE", filled, "what became of a decision is filled once")
        _trigger(db, table, "kept", "DELETE", None, "the register keeps everything")


def _any_differs(db, columns):
    return " OR ".join(_differs(db, name) for name in columns)


def _differs(db, name):
    operator = "IS DISTINCT FROM" if isinstance(db, PostgresqlDatabase) else "IS NOT"
    return f'NEW."{name}" {operator} OLD."{name}"'


def _drop(db, table, name):
    if isinstance(db, PostgresqlDatabase):
        db.execute_sql(f"DROP TRIGGER {table}_{name} ON {table}")
        db.execute_sql(f"DROP FUNCTION {table}_{name}_refuse()")
    else:
        db.execute_sql(f"DROP TRIGGER {table}_{name}")


def _trigger(db, table, name, deed, condition, sentence):
    """Refuse a deed on a table's rows when the condition holds (it may ask other rows)."""
    if not isinstance(db, PostgresqlDatabase):
        when = f" WHEN ({condition})" if condition else ""
        db.execute_sql(
            f"CREATE TRIGGER {table}_{name} BEFORE {deed} ON {table}{when} BEGIN"
            f" SELECT RAISE(ABORT, '{table}: {sentence}'); END"
        )
        return
    function = f"{table}_{name}_refuse"
    refuse = f"RAISE EXCEPTION '{table}: {sentence}' USING ERRCODE = 'integrity_constraint_violation';"
    judged = f"IF ({condition}) THEN {refuse} END IF;" if condition else refuse
    goes_on = "RETURN NEW; " if condition else ""
    db.execute_sql(
        f"CREATE FUNCTION {function}() RETURNS trigger AS $$ BEGIN {judged} {goes_on}END; $$ LANGUAGE plpgsql"
    )
    db.execute_sql(
        f"CREATE TRIGGER {table}_{name} BEFORE {deed} ON {table} FOR EACH ROW EXECUTE FUNCTION {function}()"
    )
    if deed == "DELETE":
        db.execute_sql(
            f"CREATE TRIGGER {table}_{name}_all BEFORE TRUNCATE ON {table} EXECUTE FUNCTION {function}()"
        )
