"""An issue can be cancelled within minutes: when, by whom, and why."""

from peewee import PostgresqlDatabase


def up(migrator, db):
    moment = "TIMESTAMP" if isinstance(db, PostgresqlDatabase) else "DATETIME"
    for column in (
        f"cancelled_at {moment}",
        'cancelled_by_id INTEGER REFERENCES lms_user ("id") ON DELETE RESTRICT',
        "cancel_reason VARCHAR(300) NOT NULL DEFAULT ''",
    ):
        db.execute_sql(f"ALTER TABLE certificates_batch ADD COLUMN {column}")
    db.execute_sql("CREATE INDEX certificates_batch_cancelled_by_id ON certificates_batch (cancelled_by_id)")
