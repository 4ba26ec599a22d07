"""Database: one proxy, one base model, one way to open a transaction."""

from lms.db.base import (
    BaseModel,
    JSONText,
    atomic,
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
    "db",
    "insert_many",
    "is_postgresql",
    "lock",
    "open_database",
    "paginate",
]
