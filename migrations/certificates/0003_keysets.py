"""Key sets signed by a root, as they were published; what a key was published and withdrawn with."""

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
    class KeySetVersion(Model):
        version = IntegerField(unique=True)
        root = CharField(8)
        document = TextField()
        signature = BlobField()
        issued_at = DateTimeField()
        next_update = DateTimeField()

        class Meta:
            database = db
            table_name = "certificates_keyset"

    class Key(Model):
        purpose = CharField(12)
        created_at = DateTimeField()
        published_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "certificates_key"

    db.create_tables([KeySetVersion], safe=False)
    table = "certificates_key"
    # Not by the migrator: on SQLite it would make the table anew, without its triggers.
    db.execute_sql(f"ALTER TABLE {table} ADD COLUMN purpose VARCHAR(12) NOT NULL DEFAULT 'certificate'")
    migrator.migrate(
        migrator.add_column(table, "published_at", DateTimeField(null=True)),
        migrator.add_column(table, "last_good_checkpoint", BigIntegerField(null=True)),
    )
    # Keys from before were in the published list from their first day.
    Key.update(published_at=Key.created_at).execute()
    _kept(db, "certificates_keyset", "a published key set is never changed or removed")


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
