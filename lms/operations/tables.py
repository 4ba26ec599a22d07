"""Tables as plain text, the same from either database, so that an archive of one can be restored into the other.

A table is read by what the database itself says of it, not by the models of this version: tables of a plugin
whose code is gone are kept as well. A row is one line of JSON; the fingerprint of a table does not depend on the
order of its rows, because SQLite and PostgreSQL sort texts differently.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from peewee import IntegrityError

from lms.db import db, is_postgresql
from lms.errors import Invalid

#: Rows read or written at a time.
PORTION = 2_000

Row = dict[str, Any]


@dataclass(frozen=True)
class Column:
    """A column: its name, and its kind ("moment", "day", "hour", "bytes", "flag", "decimal", "whole" or "plain")."""

    name: str
    kind: str


@dataclass
class Fingerprint:
    """How many rows, and a digest over all of them whatever their order."""

    rows: int = 0
    total: int = field(default=0, repr=False)

    def add(self, line: bytes) -> None:
        self.rows += 1
        self.total = (self.total + int.from_bytes(hashlib.sha256(line).digest())) % 2**256

    @property
    def digest(self) -> str:
        return f"{self.total:064x}"


def names() -> list[str]:
    """Every table of the open database."""
    return sorted(name for name in db.get_tables() if not name.startswith("sqlite_"))


def columns(table: str) -> list[Column]:
    """The columns of a table, in its own order."""
    return [Column(one.name, _kind(one.data_type)) for one in db.get_columns(table)]


def lines(table: str) -> Iterator[bytes]:
    """Every row of a table as a line of JSON with sorted keys, without its line end."""
    known = columns(table)
    for row in _rows(table, known):
        plain = {column.name: _plain(column.kind, value) for column, value in zip(known, row, strict=True)}
        yield json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def fingerprint(table: str) -> Fingerprint:
    """The fingerprint of a table as it stands now."""
    found = Fingerprint()
    for line in lines(table):
        found.add(line)
    return found


def fill(table: str, rows: Iterable[Row]) -> int:
    """Put rows into an empty table; returns how many. Raises KeyError when a row lacks a column of the table."""
    known = columns(table)
    sign = "%s" if is_postgresql() else "?"
    places = ", ".join([sign] * len(known))
    sql = f"insert into {_quoted(table)} ({', '.join(_quoted(one.name) for one in known)}) values ({places})"
    done, waiting = 0, []
    for row in rows:
        if set(row) != {column.name for column in known}:
            raise KeyError(f"{table}: {sorted(set(row) ^ {column.name for column in known})}")
        waiting.append(tuple(_stored(column.kind, row[column.name]) for column in known))
        if len(waiting) >= PORTION:
            done += _write(sql, waiting)
            waiting = []
    return done + _write(sql, waiting)


def empty(table: str) -> None:
    """Take out what the migrations themselves put in, before the archive's rows come."""
    db.execute_sql(f"delete from {_quoted(table)}")


@contextmanager
def guards_asleep() -> Iterator[None]:
    """Take rows as they are: triggers that keep records from being changed, or judge new ones, are away in the block.

    For an empty place that is filled from an archive whose rows are counted and digested; inside a transaction.
    """
    if is_postgresql():
        for table in names():
            db.execute_sql(f"alter table {_quoted(table)} disable trigger user")
        yield
        for table in names():
            db.execute_sql(f"alter table {_quoted(table)} enable trigger user")
        return
    guards = list(db.execute_sql("select name, sql from sqlite_master where type = 'trigger'"))
    for name, _sql in guards:
        db.execute_sql(f"drop trigger {_quoted(name)}")
    yield
    for _name, sql in guards:
        db.execute_sql(sql)


@contextmanager
def snapshot() -> Iterator[None]:
    """Read everything as it is at one moment, while others go on writing."""
    if db.in_transaction():  # the caller has its own moment
        yield
    elif is_postgresql():
        with db.atomic():
            db.execute_sql("set transaction isolation level repeatable read, read only")
            yield
    else:
        with db.atomic("DEFERRED"):
            yield


@contextmanager
def keys_checked_at_the_end() -> Iterator[None]:
    """Let rows come in any order: foreign keys are checked when the block ends. Inside a transaction."""
    if not is_postgresql():
        db.execute_sql("pragma defer_foreign_keys = on")
        yield
        orphan = db.execute_sql("pragma foreign_key_check").fetchone()
        if orphan:
            raise Invalid(f"A foreign key of {orphan[0]} points to a row of {orphan[2]} that is not there.")
        return
    keys = list(
        db.execute_sql(
            "select conrelid::regclass::text, quote_ident(conname) from pg_constraint"
            " where contype = 'f' and not condeferrable and connamespace = current_schema()::regnamespace"
        )
    )
    for table, key in keys:
        db.execute_sql(f"alter table {table} alter constraint {key} deferrable initially deferred")
    yield
    try:
        db.execute_sql("set constraints all immediate")
    except IntegrityError as problem:
        raise Invalid(f"A row points to one that is not there: {problem}") from problem
    for table, key in keys:
        db.execute_sql(f"alter table {table} alter constraint {key} not deferrable")


def continue_numbering() -> None:
    """Let PostgreSQL's sequences go on after the highest number that was put in; SQLite does so by itself."""
    if not is_postgresql():
        return
    for table in names():
        for column in columns(table):
            sequence = db.execute_sql(
                "select pg_get_serial_sequence(%s, %s)", (_quoted(table), column.name)
            ).fetchone()[0]
            if sequence:
                highest = f"(select max({_quoted(column.name)}) from {_quoted(table)})"
                db.execute_sql(f"select setval('{sequence}', coalesce({highest}, 0) + 1, false)")


def _rows(table: str, known: list[Column]) -> Iterator[tuple[Any, ...]]:
    wanted = ", ".join(_quoted(column.name) for column in known)
    if db.get_primary_keys(table) != ["id"] or Column("id", "whole") not in known:
        yield from db.execute_sql(f"select {wanted} from {_quoted(table)}")
        return
    # Portion by portion, so that a table of a million rows never stands in memory.
    place = [column.name for column in known].index("id")
    sign, last = ("%s" if is_postgresql() else "?"), -(2**62)
    while True:
        portion = db.execute_sql(
            f'select {wanted} from {_quoted(table)} where "id" > {sign} order by "id" limit {PORTION}',
            (last,),
        ).fetchall()
        yield from portion
        if len(portion) < PORTION:
            return
        last = portion[-1][place]


def _write(sql: str, rows: list[tuple[Any, ...]]) -> int:
    if rows:
        db.cursor().executemany(sql, rows)
    return len(rows)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _kind(data_type: str) -> str:
    said = data_type.lower()
    if said in {"int", "integer", "bigint", "smallint"}:
        return "whole"
    if said.startswith(("timestamp", "datetime")):
        return "moment"
    starts = {"date": "day", "time": "hour", "bytea": "bytes", "blob": "bytes", "bool": "flag"}
    starts |= {"decimal": "decimal", "numeric": "decimal"}
    return next((kind for start, kind in starts.items() if said.startswith(start)), "plain")


def _plain(kind: str, value: Any) -> Any:
    """A value as JSON can hold it, the same from either database."""
    if value is None:
        return None
    if kind == "moment":
        found = datetime.fromisoformat(value) if isinstance(value, str) else value
        return found.isoformat(timespec="microseconds")
    if kind in {"day", "hour"}:
        return value if isinstance(value, str) else value.isoformat()
    if kind == "decimal":
        number = Decimal(str(value))
        return format(number.normalize(), "f") if number else "0"
    if isinstance(value, bytes | memoryview | bytearray):
        return {"base64": base64.b64encode(bytes(value)).decode()}
    return int(value) if isinstance(value, bool) else value


def _stored(kind: str, value: Any) -> Any:
    """A value as the open database takes it."""
    if value is None:
        return None
    if isinstance(value, dict):
        return base64.b64decode(value["base64"])
    if kind == "flag":
        return bool(value)
    if is_postgresql():
        readers = {
            "moment": datetime.fromisoformat,
            "day": date.fromisoformat,
            "hour": time.fromisoformat,
            "decimal": Decimal,
        }
        return readers[kind](value) if kind in readers else value
    if kind == "moment":
        return str(
            datetime.fromisoformat(value)
        )  # the form in which peewee writes it, whose texts sort like times
    return value
