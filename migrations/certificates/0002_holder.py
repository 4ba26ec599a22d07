"""A certificate's printed values never change; whom it belongs to follows the membership it was issued on.

When two records of one person are merged, the membership moves and the certificate with it: the database accepts no
other holder than the one the membership names.
"""

from peewee import PostgresqlDatabase

TABLE = "certificates_certificate"
FILLED_ONCE = ("kid", "token", "record_signature", "signed_at", "pdf_path", "pdf_sha256", "printed_at")
SENTENCE = "an issued certificate never changes"
HOLDER = "a certificate belongs to whom its membership belongs"


def up(migrator, db):
    columns = [one.name for one in db.get_columns(TABLE)]
    frozen = [name for name in columns if name not in FILLED_ONCE and name != "official_id"]
    if isinstance(db, PostgresqlDatabase):
        _postgresql(db, " OR ".join(f'NEW."{name}" IS DISTINCT FROM OLD."{name}"' for name in frozen))
    else:
        _sqlite(db, " OR ".join(f'NEW."{name}" IS NOT OLD."{name}"' for name in frozen))


def _sqlite(db, differs):
    db.execute_sql(f"DROP TRIGGER {TABLE}_frozen")
    db.execute_sql(
        f"CREATE TRIGGER {TABLE}_frozen BEFORE UPDATE ON {TABLE} WHEN ({differs}) BEGIN"
        f" SELECT RAISE(ABORT, '{TABLE}: {SENTENCE}'); END"
    )
    db.execute_sql(
        f"CREATE TRIGGER {TABLE}_holder BEFORE UPDATE ON {TABLE} WHEN (NEW.official_id IS NOT OLD.official_id"
        " AND NEW.official_id IS NOT (SELECT official_id FROM courses_membership WHERE id = NEW.membership_id)) BEGIN"
        f" SELECT RAISE(ABORT, '{TABLE}: {HOLDER}'); END"
    )


def _postgresql(db, differs):
    db.execute_sql(f"DROP TRIGGER {TABLE}_frozen ON {TABLE}")
    db.execute_sql(
        f"CREATE TRIGGER {TABLE}_frozen BEFORE UPDATE ON {TABLE} FOR EACH ROW WHEN ({differs})"
        f" EXECUTE FUNCTION {TABLE}_frozen_refuse()"
    )
    db.execute_sql(
        f"CREATE FUNCTION {TABLE}_holder_refuse() RETURNS trigger AS $$ BEGIN"
        " IF NEW.official_id IS DISTINCT FROM (SELECT official_id FROM courses_membership WHERE id = NEW.membership_id)"
        f" THEN RAISE EXCEPTION '{TABLE}: {HOLDER}' USING ERRCODE = 'integrity_constraint_violation'; END IF;"
        " RETURN NEW; END; $$ LANGUAGE plpgsql"
    )
    db.execute_sql(
        f"CREATE TRIGGER {TABLE}_holder BEFORE UPDATE ON {TABLE} FOR EACH ROW"
        " WHEN (NEW.official_id IS DISTINCT FROM OLD.official_id)"
        f" EXECUTE FUNCTION {TABLE}_holder_refuse()"
    )
