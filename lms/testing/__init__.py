"""The test kit, for us and for authors of plugins: ``pytest_plugins = ["lms.testing", "courses.testing"]``.

One application a session on a database of its own (SQLite, or what ``LMS_TEST_DATABASE`` names), every test in
a transaction that is rolled back, no mocks but the clock.
"""

from __future__ import annotations

import itertools
import os
import secrets
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, g
from flask.testing import FlaskClient

from lms import clock, config, jobs
from lms.access import limits, sign_ins
from lms.access import services as access
from lms.access.models import SignIn, User
from lms.config import Settings
from lms.db import db, migrating
from lms.people import services as people
from lms.people.models import Official, Organisation
from lms.plugins import services as plugin_services
from lms.plugins import troubles
from lms.plugins.registry import registry
from lms.plugins.switch import is_on, refresh, switches


@pytest.fixture(scope="session")
def application() -> Iterator[Flask]:
    """The application with every plugin, on a migrated database of its own."""
    from lms.app import bind_database, create_app  # noqa: PLC0415  reads the settings made here

    with tempfile.TemporaryDirectory(prefix="kimbang-test-") as folder:
        chosen = config.use(
            Settings(
                instance=Path(folder),
                database=_database(),
                testing=True,
                public_url="https://kiemtra.example.vn",
            )
        )
        bind_database(chosen)
        registry.discover()
        db.connect()
        migrating.migrate()
        access.ensure_roles()
        db.close()
        app = create_app(chosen)
        app.config.update(WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False)
        registry.testing_raises = True
        yield app
        db.obj.close_all()


@pytest.fixture
def app(application: Flask) -> Iterator[Flask]:
    """The application for one test: whatever it writes is rolled back."""
    refresh()
    with application.app_context():
        db.connect(reuse_if_open=True)
        with db.atomic() as transaction:
            yield application
            transaction.rollback()
        troubles.forget_unsure()
    # What a test switched on, and whatever was counted, is the next test's no more.
    application.config["RATELIMIT_ENABLED"] = False
    limits.forget()
    if not db.is_closed():
        db.close()
    refresh()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def login(client: FlaskClient) -> Callable[[User], FlaskClient]:
    """Sign a user in on `client`."""

    def sign_in(user: User) -> FlaskClient:
        with client.session_transaction() as session:
            session.clear()
            session["_user_id"] = _sign_in(user)
            session["_fresh"] = True
        # One application context spans a test: what requests before kept about their user must go.
        for kept in ("_login_user", "_nav_items"):
            g.pop(kept, None)
        return client

    return sign_in


def _sign_in(user: User) -> str:
    """A device of the user's; a test may move the clock, so it stays signed in."""
    token = secrets.token_urlsafe(24)
    far = datetime(2100, 1, 1)
    begun = sign_ins.begin(user, token, ends_at=far, address="127.0.0.1", agent="test")
    SignIn.update(last_seen_at=far).where(SignIn.id == begun.id).execute()
    return token


@pytest.fixture
def deliver() -> Callable[[], list[str]]:
    """Do all background work that is due; returns labels "module.Event → handler"."""
    return jobs.drain


@pytest.fixture
def frozen() -> Callable[[datetime | date], Any]:
    """``with frozen(datetime(2025, 3, 3, 7, 40)):`` stops the clock at a local time."""
    return clock.frozen


@pytest.fixture
def max_queries(app: Flask) -> Callable[[int], Any]:
    """``with max_queries(8):`` fails when the block asks the database more often.

    The plugins' switches, which a process reads again once a second, are read before it: how slow the machine is
    does not count.
    """

    @contextmanager
    def watch(most: int) -> Iterator[list[str]]:
        with switches.held(), counting() as seen:
            yield seen
        if len(seen) > most:
            listing = "\n".join(f"{number:3} {sql[:160]}" for number, sql in enumerate(seen, 1))
            pytest.fail(f"{len(seen)} queries, allowed {most}:\n{listing}")

    return watch


@contextmanager
def counting() -> Iterator[list[str]]:
    """Collect the statements that run in the block; savepoints are not questions."""
    seen: list[str] = []
    original = db.obj.execute_sql

    def watched(sql: str, *args: Any, **kwargs: Any) -> Any:
        if not sql.upper().startswith(("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT")):
            seen.append(sql)
        return original(sql, *args, **kwargs)

    db.obj.execute_sql = watched
    try:
        yield seen
    finally:
        del db.obj.execute_sql


@pytest.fixture
def turn_on(app: Flask) -> Callable[[str], None]:
    """``turn_on("notes")``, and what it needs: a plugin from outside is off until somebody switches it on."""

    def on(name: str) -> None:
        for need in registry.found[name].plugin.requires:
            on(need)
        if not is_on(name):
            plugin_services.switch(name, True, by=None)

    return on


@pytest.fixture
def turn_off(app: Flask) -> Callable[..., None]:
    """``turn_off("attendance")`` for the site, or ``turn_off("attendance", class_id)``."""

    def off(name: str, class_id: int | None = None) -> None:
        if class_id is None:
            plugin_services.switch(name, False, by=None)
        else:
            plugin_services.switch_in_class(name, class_id, False, by=None)

    return off


class Make:
    """Smallest valid things of the kernel; what matters to a test is said in the test."""

    _numbers = itertools.count(1)

    def organisation(
        self, code: str | None = None, *, parent: Organisation | None = None, **values: Any
    ) -> Organisation:
        code = code or f"to-chuc-{next(self._numbers)}"
        kind = values.pop("kind", "agency")
        return people.add_organisation(
            code, values.pop("name", f"Cơ quan {code}"), kind, by=None, parent=parent, **values
        )

    def official(
        self, full_name: str = "Nguyễn Thị Thử", organisation: Organisation | None = None, **values: Any
    ) -> Official:
        return people.add_official(full_name, organisation or self.organisation(), by=None, **values)

    def user(self, *roles: str, organisation: Organisation | None = None, **values: Any) -> User:
        number = next(self._numbers)
        values.setdefault("display_name", f"Người dùng {number}")
        email = values.pop("email", f"nguoidung{number}@example.vn")
        return access.add_user(
            email, values.pop("display_name"), by=None, roles=roles, organisation=organisation, **values
        )


@pytest.fixture
def make(app: Flask) -> Make:
    return Make()


def _database() -> str:
    """The address of this worker's test database; on PostgreSQL one is made for each parallel worker."""
    base = os.environ.get("LMS_TEST_DATABASE", "")
    if not base.startswith("postgres"):
        return ""
    import psycopg  # noqa: PLC0415  only on PostgreSQL

    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    server, _, name = base.rpartition("/")
    name = f"{name}_{worker}"
    with psycopg.connect(base, autocommit=True) as connection:
        connection.execute(f'drop database if exists "{name}" with (force)')
        connection.execute(f'create database "{name}"')
    return f"{server}/{name}"
