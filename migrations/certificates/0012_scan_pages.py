"""A scan of a paper issued elsewhere may have several pages."""


def up(migrator, db):
    db.execute_sql("ALTER TABLE certificates_intake ADD COLUMN scan_pages INTEGER NOT NULL DEFAULT 1")
