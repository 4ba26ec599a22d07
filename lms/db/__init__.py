"""Database: one proxy, one base model, one way to open a transaction."""

from lms.db.base import (
    BaseModel,
    JSONText,
    atomic,
    connection,
    db,
    insert_many,
    is_postgresql,
    lock,
    open_database,
)
from lms.db.paging import Page, paginate

__all__ = [
    "BaseModel",
    "JSONText",
    "Page",
    "atomic",
    "connection",
    "db",
    "insert_many",
    "is_postgresql",
    "lock",
    "open_database",
    "paginate",
]
