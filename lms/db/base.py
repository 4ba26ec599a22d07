"""The database proxy, the base model and `atomic`."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar, cast

from peewee import DatabaseProxy, Model, PostgresqlDatabase, TextField
from playhouse import db_url
from playhouse.pool import PooledPostgresqlDatabase

from lms.db.kept import KeptSqliteDatabase

db = DatabaseProxy()

F = TypeVar("F", bound=Callable[..., Any])
M = TypeVar("M", bound=Any)

SQLITE_PRAGMAS = {
    "journal_mode": "wal",
    "foreign_keys": 1,
    "busy_timeout": 10_000,
    "synchronous": "normal",
    "cache_size": -16_000,
}


def open_database(url: str) -> Any:
    """Open (lazily) the database an address names: ``sqlite:///path`` or ``postgresql://…``.

    Connections are kept per process. On SQLite every write transaction is immediate, so writers
    queue instead of failing half-way.
    """
    if url.startswith("sqlite"):
        path = url.split("///", 1)[1]
        return KeptSqliteDatabase(path, pragmas=SQLITE_PRAGMAS, lock_type="IMMEDIATE")
    options = db_url.parse(url)
    scheme = url.split(":", 1)[0]
    if scheme.startswith("cockroachdb"):
        from playhouse.cockroachdb import PooledCockroachDatabase  # noqa: PLC0415  only where such a server is used

        return PooledCockroachDatabase(**options, max_connections=16, stale_timeout=300)
    return PooledPostgresqlDatabase(**options, prefer_psycopg3=True, max_connections=16, stale_timeout=300)


def is_postgresql() -> bool:
    """Whether the open database speaks PostgreSQL."""
    return isinstance(db.obj, PostgresqlDatabase)


@contextmanager
def connection() -> Iterator[None]:
    """A connection for the block, given back to the pool at its end; an open one is used as it is."""
    opened = db.is_closed() and db.connect(reuse_if_open=True)
    try:
        yield
    finally:
        if opened:
            db.close()


class BaseModel(Model):
    """Every table: explicit name with its module's prefix, on the one database."""

    class Meta:
        database = db
        legacy_table_names = False

    id: Any


class JSONText(TextField):
    """A JSON value kept as text: portable, never queried inside."""

    def db_value(self, value: Any) -> str | None:
        if value is None:
            return None
        return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    def python_value(self, value: Any) -> Any:
        return None if value is None else json.loads(value)


class _Atomic:
    """`@atomic` on a service, or ``with atomic():``; nested use becomes a savepoint."""

    def __call__(self, function: F | None = None) -> Any:
        if function is None:
            return db.atomic()

        @functools.wraps(function)
        def inside(*args: Any, **kwargs: Any) -> Any:
            with db.atomic():
                return function(*args, **kwargs)

        return cast(F, inside)


atomic = _Atomic()


def lock(row: M) -> M:
    """Read a row again inside the transaction, locked until its end.

    SQLite needs no row lock (an immediate transaction already is the only writer).
    Raises the model's ``DoesNotExist`` when the row is gone.
    """
    model = type(row)
    query = model.select().where(model._meta.primary_key == row._pk)
    if is_postgresql():
        query = query.for_update()
    found: M = query.get()
    return found


def insert_many(model: type[BaseModel], rows: Iterable[Mapping[str, Any]], *, size: int = 400) -> int:
    """Insert rows in portions that both databases accept; returns how many."""
    waiting: list[Mapping[str, Any]] = []
    done = 0
    for row in rows:
        waiting.append(row)
        if len(waiting) >= size:
            done += _insert(model, waiting)
            waiting = []
    return done + (_insert(model, waiting) if waiting else 0)


def _insert(model: type[BaseModel], rows: Sequence[Mapping[str, Any]]) -> int:
    # 32,766 variables is SQLite's limit per statement.
    size = max(1, 30_000 // max(1, len(rows[0])))
    for start in range(0, len(rows), size):
        model.insert_many(list(rows[start : start + size])).execute()
    return len(rows)
