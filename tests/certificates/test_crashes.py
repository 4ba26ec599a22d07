"""Threat 27: many issuers at once, and power cuts at any moment. Real processes, real kills, both databases."""

from __future__ import annotations

import os
import random
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from lms.db import open_database
from tests import warm

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]


class Instance:
    """An installation of its own that processes work on."""

    def __init__(self, folder: Path, database: str) -> None:
        self.database = database or f"sqlite:///{folder / 'lms.db'}"
        self.environment = {
            **os.environ,
            "LMS_INSTANCE": str(folder),
            "LMS_DATABASE": database,
            "LMS_PUBLIC_URL": "https://kiemtra.example.vn",
        }

    def start(self, *arguments: object) -> subprocess.Popen[str]:
        command = ["-m", "tests.certificates.process", *map(str, arguments)]
        return warm.Process(
            command, cwd=ROOT, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def run(self, *arguments: object) -> str:
        out, err = (process := self.start(*arguments)).communicate(timeout=180)
        assert process.returncode == 0, err[-2000:]
        return out

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        database = open_database(self.database)
        with database.connection_context():
            found: list[tuple[Any, ...]] = database.execute_sql(sql).fetchall()
        database.close_all()
        return [tuple(row) for row in found]

    def must_be_sound(self, expected: int | None = None) -> None:
        """Numbers without gap or double, a status for every certificate, all or nothing for every batch."""
        numbers = [
            row[0] for row in self.rows("SELECT register_number FROM certificates_certificate ORDER BY 1")
        ]
        assert numbers == list(range(1, len(numbers) + 1))
        counted = self.rows("SELECT last_number FROM certificates_register_year")
        assert counted == ([(len(numbers),)] if numbers or counted else [])
        statuses = self.rows("SELECT count(DISTINCT certificate_id), count(*) FROM certificates_status")
        assert statuses == [(len(numbers), len(numbers))]
        places = [row[0] for row in self.rows("SELECT seq FROM certificates_log ORDER BY 1")]
        assert places == list(range(len(places)))
        assert self.rows("SELECT size FROM certificates_log_head") == [(len(places),)]
        logged = self.rows("SELECT count(*) FROM certificates_log WHERE kind = 'issue'")
        signed = self.rows("SELECT count(*) FROM certificates_log WHERE kind = 'sign'")
        tokens = self.rows("SELECT count(token) FROM certificates_certificate")
        assert (logged, signed) == ([(len(numbers),)], tokens)
        batches = self.rows(
            "SELECT b.state, b.count, count(c.id) FROM certificates_batch b"
            " LEFT JOIN certificates_certificate c ON c.batch_id = b.id GROUP BY b.id, b.state, b.count"
        )
        for state, count, frozen in batches:
            assert frozen == count
            assert (state == "draft") == (count == 0)
        if expected is not None:
            assert len(numbers) == expected


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[Instance]:
    with _database() as database:
        yield Instance(tmp_path, database)


@contextmanager
def _database() -> Iterator[str]:
    base = os.environ.get("LMS_TEST_DATABASE", "")
    if not base.startswith("postgres"):
        yield ""
        return
    import psycopg

    server, _, name = base.rpartition("/")
    name = f"{name}_crash_{os.getpid()}"
    with psycopg.connect(base, autocommit=True) as connection:
        connection.execute(f'drop database if exists "{name}" with (force)')
        connection.execute(f'create database "{name}"')
    yield f"{server}/{name}"
    with psycopg.connect(base, autocommit=True) as connection:
        connection.execute(f'drop database "{name}" with (force)')


def kill_after_first_line(process: subprocess.Popen[str], seconds: float) -> None:
    """Wait for the process's first sign of life, then a little, then pull the plug."""
    assert process.stdout is not None
    process.stdout.readline()
    time.sleep(seconds)
    process.kill()
    process.communicate()


def test_threat_27_twenty_issuers_in_parallel_give_every_number_once(instance: Instance) -> None:
    """Twenty at once, in four processes, approve the same five batches, each in an order of their own."""
    instance.run("found", 5, 5)
    processes = [instance.start("issue_many", seed) for seed in range(4)]
    outputs = [process.communicate(timeout=180) for process in processes]
    assert all(process.returncode == 0 for process in processes), [err[-800:] for _out, err in outputs]
    new = sum(int(line.split()[1]) for out, _err in outputs for line in out.splitlines())
    assert new == 25
    instance.must_be_sound(25)
    unique = "SELECT count(DISTINCT id16), count(DISTINCT status_index), count(DISTINCT serial) FROM certificates_certificate"
    assert instance.rows(unique) == [(25, 25, 25)]


def test_threat_27_parallel_printers_never_use_a_blank_twice(instance: Instance) -> None:
    """Four processes put the same five batches on blanks and spoil the first sheet of each."""
    instance.run("found", 5, 5)
    instance.run("issue", 1)
    instance.run("blanks", 0)
    processes = [instance.start("blanks", seed) for seed in range(1, 5)]
    outputs = [process.communicate(timeout=180) for process in processes]
    assert all(process.returncode == 0 for process in processes), [err[-800:] for _out, err in outputs]
    assert sum(int(line.split()[1]) for out, _err in outputs for line in out.splitlines()) == 25
    standing = "SELECT count(*), count(DISTINCT certificate_id), count(DISTINCT text) FROM certificates_blank"
    assert instance.rows(f"{standing} WHERE spoiled_at IS NULL") == [(25, 25, 25)]
    assert instance.rows("SELECT count(*), count(DISTINCT text), max(number) FROM certificates_blank") == [
        (30, 30, 30)
    ]


def test_threat_27_a_kill_at_any_moment_of_the_issue_leaves_all_or_nothing(instance: Instance) -> None:
    instance.run("found", 5, 12)
    rng = random.Random(27)
    for _ in range(2):
        kill_after_first_line(instance.start("issue", rng.randrange(100)), rng.random() * 0.05)
        instance.must_be_sound()
    instance.run("issue", 1)
    instance.must_be_sound(60)


def test_threat_27_a_kill_while_signing_and_printing_is_made_up_for(instance: Instance) -> None:
    instance.run("found", 1, 14)
    instance.run("issue", 1)
    tokens: dict[int, bytes] = {}
    for wait in (0.3, 0.9):
        kill_after_first_line(instance.start("print"), wait)
        signed = "SELECT id, token FROM certificates_certificate WHERE token IS NOT NULL"
        now = {number: bytes(token) for number, token in instance.rows(signed)}
        assert tokens.items() <= now.items()
        tokens = now
        instance.must_be_sound()
    assert tokens
    instance.run("print")
    done = "SELECT count(*), count(token), count(pdf_sha256) FROM certificates_certificate"
    assert instance.rows(done) == [(14, 14, 14)]
    assert instance.rows("SELECT state FROM certificates_batch") == [("issued",)]
    after = {
        number: bytes(token)
        for number, token in instance.rows("SELECT id, token FROM certificates_certificate")
    }
    assert tokens.items() <= after.items()
