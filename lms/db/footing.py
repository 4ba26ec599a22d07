"""Run a stranger's code so that the database connection stands afterwards as it stood before."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from typing import Any

from lms.db.base import db, is_postgresql


class LeftOpen(RuntimeError):
    """The code left a transaction open (or failed, on PostgreSQL); what it wrote there was taken back."""


class TransactionEnded(RuntimeError):
    """The code ended the transaction of its caller, whose deed can no longer be whole and must fail."""


@contextmanager
def kept_footing(*, savepoint: bool = True) -> Iterator[None]:
    """Within a transaction the block has a savepoint of its own, taken back when it fails.

    Outside one, whatever it leaves open is rolled back. Work that commits item by item wants no savepoint.
    Raises LeftOpen and TransactionEnded.
    """
    if db.in_transaction():
        with _savepoint() if savepoint else nullcontext():
            yield
        return
    try:
        yield
    except BaseException:
        roll_back_leftovers()
        raise
    if roll_back_leftovers():
        raise LeftOpen("It left a transaction open; what it wrote in it was taken back.")


def roll_back_leftovers() -> bool:
    """Roll back what is open on this connection, whoever opened it; returns whether there was something."""
    if not _is_open():
        return False
    while db.in_transaction():
        db.pop_transaction()
    db.obj._clear_commit_callbacks()
    try:
        db.rollback()
    finally:
        if _server_waits():  # a statement was cut off half-way: this connection is of no more use
            db.obj.manual_close()
            db.connect(reuse_if_open=True)
    return True


def _is_open() -> bool:
    """Whether a transaction is open on this connection, for peewee or for the database. Asked after every request."""
    database = db.obj  # not through the proxy: five detours a request
    if database.is_closed():
        return False
    return database.in_transaction() or _server_waits()


def _server_waits() -> bool:
    """Whether the database itself holds a transaction open on this connection, whatever peewee believes."""
    raw: Any = db.obj.connection()
    if not is_postgresql():
        return bool(raw.in_transaction)
    idle = 0
    return int(raw.info.transaction_status) != idle


@contextmanager
def _savepoint() -> Iterator[None]:
    depth, name = db.transaction_depth(), f"f{uuid.uuid4().hex}"
    db.execute_sql(f"SAVEPOINT {name}")
    try:
        yield
    except BaseException:
        _back_to(name, depth)
        raise
    left_open = db.transaction_depth() != depth
    if not left_open:
        try:
            db.execute_sql(f"RELEASE SAVEPOINT {name}")
            return
        except Exception:
            left_open = True  # PostgreSQL: a failed statement was swallowed
    _back_to(name, depth)
    raise LeftOpen("It left a transaction open or failed; what it wrote in it was taken back.")


def _back_to(name: str, depth: int) -> None:
    while db.transaction_depth() > depth:
        db.pop_transaction()
    try:
        db.execute_sql(f"ROLLBACK TO SAVEPOINT {name}")
        db.execute_sql(f"RELEASE SAVEPOINT {name}")
    except Exception as problem:
        with suppress(Exception):
            db.rollback()
        with suppress(Exception):
            db.begin()  # so that the caller finds a transaction to roll back, and its error stays this one
        raise TransactionEnded("It ended the transaction of its caller, so nothing was done.") from problem
