"""The audit record refuses TRUNCATE (PostgreSQL) and REPLACE (SQLite) too: neither passes by the triggers of the first step."""

from peewee import PostgresqlDatabase


def up(migrator, db):
    if isinstance(db, PostgresqlDatabase):
        db.execute_sql(
            "create trigger lms_audit_no_truncate before truncate on lms_audit "
            "for each statement execute function lms_audit_refuse()"
        )
        return
    db.execute_sql(
        "create trigger lms_audit_no_replace before insert on lms_audit "
        "when exists (select 1 from lms_audit where id = new.id or number = new.number) "
        "begin select raise(abort, 'lms_audit is append-only'); end"
    )


def down(migrator, db):
    if isinstance(db, PostgresqlDatabase):
        db.execute_sql("drop trigger lms_audit_no_truncate on lms_audit")
    else:
        db.execute_sql("drop trigger lms_audit_no_replace")
