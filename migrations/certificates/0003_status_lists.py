"""Status lists as they were published, and every index that was ever given: none is given twice, whatever becomes of its certificate."""

from peewee import (
    BigIntegerField,
    BlobField,
    CharField,
    DateTimeField,
    IntegerField,
    Model,
    PostgresqlDatabase,
    TextField,
)


def up(migrator, db):
    class StatusPlace(Model):
        status_index = BigIntegerField(unique=True)

        class Meta:
            database = db
            table_name = "certificates_status_place"

    class StatusListVersion(Model):
        number = IntegerField()
        sequence = IntegerField()
        document = TextField()
        kid = CharField(8)
        signature = BlobField()
        revocation = TextField()
        suspension = TextField()
        digest = CharField(64)
        issued_at = DateTimeField()
        next_update = DateTimeField()
        changed_to = IntegerField()

        class Meta:
            database = db
            table_name = "certificates_status_list"
            indexes = ((("number", "sequence"), True),)

    db.create_tables([StatusPlace, StatusListVersion], safe=False)
    db.execute_sql(
        "INSERT INTO certificates_status_place (status_index) SELECT status_index FROM certificates_certificate"
    )
    _kept(db, "certificates_status_place", "an index of the status lists is given once")
    _kept(db, "certificates_status_list", "a published status list is never changed or removed")


def _kept(db, table, sentence):
    if isinstance(db, PostgresqlDatabase):
        db.execute_sql(
            f"CREATE FUNCTION {table}_refuse() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION '{table}: {sentence}'"
            " USING ERRCODE = 'integrity_constraint_violation'; END; $$ LANGUAGE plpgsql"
        )
        db.execute_sql(
            f"CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_refuse()"
        )
        db.execute_sql(
            f"CREATE TRIGGER {table}_kept_all BEFORE TRUNCATE ON {table} EXECUTE FUNCTION {table}_refuse()"
        )
        return
    for deed in ("UPDATE", "DELETE"):
        db.execute_sql(
            f"CREATE TRIGGER {table}_kept_{deed.lower()} BEFORE {deed} ON {table} BEGIN"
            f" SELECT RAISE(ABORT, '{table}: {sentence}'); END"
        )
