"""Templates of papers with versions; one that was in force is never changed and never deleted: issued papers name it."""

from peewee import (
    CharField,
    DateTimeField,
    ForeignKeyField,
    IntegerField,
    Model,
    PostgresqlDatabase,
    TextField,
)

TABLE = "certificates_template"
FROZEN = ("number", "kind", "design", "title")
SENTENCE = "a template that was in force never changes"
USED = "OLD.state IN ('in_force', 'retired')"


def up(migrator, db):
    class BaseModel(Model):
        class Meta:
            database = db
            legacy_table_names = False

    class User(BaseModel):
        class Meta:
            table_name = "lms_user"

    class PaperTemplate(BaseModel):
        number = IntegerField(unique=True)
        title = CharField(120)
        kind = CharField(20)
        design = TextField()
        state = CharField(10, index=True)
        made_by = ForeignKeyField(User, null=True, on_delete="RESTRICT", backref="+")
        made_at = DateTimeField()
        changed_by = ForeignKeyField(User, null=True, on_delete="RESTRICT", backref="+")
        changed_at = DateTimeField()
        proposed_by = ForeignKeyField(User, null=True, on_delete="RESTRICT", backref="+")
        decided_by = ForeignKeyField(User, null=True, on_delete="RESTRICT", backref="+")
        in_force_from = DateTimeField(null=True)
        in_force_until = DateTimeField(null=True)

        class Meta:
            table_name = TABLE

    db.create_tables([PaperTemplate])
    if isinstance(db, PostgresqlDatabase):
        _postgresql(db)
    else:
        _sqlite(db)


def _sqlite(db):
    differs = " OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in FROZEN)
    for deed, when in (
        ("UPDATE", f"{USED} AND ({differs} OR NEW.state IN ('draft', 'proposed'))"),
        ("DELETE", USED),
    ):
        db.execute_sql(
            f"CREATE TRIGGER {TABLE}_{deed.lower()} BEFORE {deed} ON {TABLE} WHEN ({when}) BEGIN"
            f" SELECT RAISE(ABORT, '{TABLE}: {SENTENCE}'); END"
        )


def _postgresql(db):
    differs = " OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in FROZEN)
    db.execute_sql(
        f"CREATE FUNCTION {TABLE}_refuse() RETURNS trigger AS $$ BEGIN"
        f" RAISE EXCEPTION '{TABLE}: {SENTENCE}' USING ERRCODE = 'integrity_constraint_violation'; END;"
        " $$ LANGUAGE plpgsql"
    )
    for deed, when in (
        ("UPDATE", f"{USED} AND ({differs} OR NEW.state IN ('draft', 'proposed'))"),
        ("DELETE", USED),
    ):
        db.execute_sql(
            f"CREATE TRIGGER {TABLE}_{deed.lower()} BEFORE {deed} ON {TABLE} FOR EACH ROW WHEN ({when})"
            f" EXECUTE FUNCTION {TABLE}_refuse()"
        )
