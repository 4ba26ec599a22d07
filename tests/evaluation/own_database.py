"""A database of its own, where transactions really commit: for what only several connections or raw files show."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask

from lms import config
from lms.config import Settings
from lms.db import db, migrating, open_database


@contextmanager
def own_database(app: Flask, folder: Path) -> Iterator[str]:
    """Point the proxy at a fresh, migrated database while the block runs; yields its address."""
    before, settings = db.obj, config.settings()
    address = _address(folder)
    db.initialize(open_database(address))
    config.use(
        Settings(instance=settings.instance, database=address, testing=True, public_url=settings.public_url)
    )
    try:
        db.connect()
        migrating.migrate()
        with app.app_context():
            yield address
    finally:
        db.close()
        db.obj.close_all()
        db.initialize(before)
        config.use(settings)


def _address(folder: Path) -> str:
    base = os.environ.get("LMS_TEST_DATABASE", "")
    if not base.startswith("postgres"):
        return f"sqlite:///{folder / 'own.db'}"
    import psycopg

    name = f"{base.rpartition('/')[2]}_own_{os.getpid()}"
    with psycopg.connect(base, autocommit=True) as connection:
        connection.execute(f'drop database if exists "{name}" with (force)')
        connection.execute(f'create database "{name}"')
    return f"{base.rpartition('/')[0]}/{name}"
