"""Connections to an SQLite file: one at a time, clean when the next one gets it."""

from __future__ import annotations

import threading

import pytest

from lms.db.kept import KeptSqliteDatabase

pytestmark = pytest.mark.once


@pytest.fixture
def database(tmp_path):
    database = KeptSqliteDatabase(str(tmp_path / "kept.db"))
    database.connect()
    database.execute_sql("create table word (text)")
    database.close()
    yield database
    database.close_all()


def test_who_comes_next_gets_the_connection_that_was_given_back(database):
    database.connect()
    first = database.connection()
    database.close()
    database.connect()

    assert database.connection() is first


def test_two_at_once_have_one_each(database):
    database.connect()
    mine, theirs, go = database.connection(), [], threading.Event()

    def visit() -> None:
        database.connect()
        theirs.append(database.connection())
        go.wait(10)
        database.close()

    threads = [threading.Thread(target=visit) for _ in range(4)]
    for thread in threads:
        thread.start()
    go.set()
    for thread in threads:
        thread.join()

    assert mine not in theirs and len(theirs) == 4
    database.close()


def test_what_was_left_open_is_taken_back_before_the_next_one_comes(database):
    database.connect()
    database.connection().execute("begin immediate")
    database.connection().execute("insert into word values ('left')")
    database.close()
    database.connect()

    assert not database.connection().in_transaction
    assert database.execute_sql("select count(*) from word").fetchone() == (0,)
    database.close()


def test_a_connection_of_no_more_use_is_not_kept(database):
    database.connect()
    broken = database.connection()
    assert database.manual_close() and database.is_closed() and not database.manual_close()
    database.connect()

    assert database.connection() is not broken
    database.close()
