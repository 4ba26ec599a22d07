"""What somebody with a password of the database may try: the guards put out of the way, values changed by raw SQL."""

from __future__ import annotations

from certificates.log import tree
from certificates.log.models import Checkpoint, LogEntry, LogHead, LogNode
from lms.db import db, is_postgresql

TABLES = (
    "certificates_certificate",
    "certificates_status",
    "certificates_term",
    "certificates_key",
    "certificates_register_year",
    "certificates_log",
    "certificates_log_node",
    "certificates_log_head",
    "certificates_log_checkpoint",
    "certificates_pile_report",
)


def drop_guards() -> None:
    """Triggers are a hurdle for slips, none for an administrator of the database."""
    if is_postgresql():
        for table in TABLES:
            db.execute_sql(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
        return
    db.execute_sql("PRAGMA defer_foreign_keys = ON")
    names = db.execute_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for (name,) in names:
        if name.startswith("certificates_"):
            db.execute_sql(f"DROP TRIGGER {name}")


def run(sql: str, *values: object) -> None:
    """Raw SQL with ? for values, on either database."""
    db.execute_sql(sql.replace("?", "%s") if is_postgresql() else sql, values)


def build_log_anew(*, keep_signed: bool = False) -> None:
    """Work leaves, tree and end of the log out of what its entries say now; signed states go unless they are kept."""
    growing = tree.Growing()
    if not keep_signed:
        Checkpoint.delete().execute()
    LogNode.delete().execute()
    for one in LogEntry.select().order_by(LogEntry.seq):
        leaf = tree.leaf_hash(one.entry.encode())
        LogEntry.update(leaf=leaf).where(LogEntry.id == one.id).execute()
        for (level, place), root in growing.add(leaf):
            if level % 8 == 0:
                LogNode.create(level=level, place=place, hash=root)
    LogHead.update(size=growing.size, peaks=growing.packed).execute()
