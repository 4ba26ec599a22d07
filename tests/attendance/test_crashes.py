"""The web server is killed while a roll is on its way: after the restart it arrives once, whole."""

from __future__ import annotations

import json
import random
import threading
import urllib.error
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar
from typing import Any

import pytest

from lms.db import open_database
from tests import warm
from tests.site import Site

CLOCK = "2025-03-03T07:40"


class Phone:
    """A lecturer's phone: it keeps what it sends until the server says it has it."""

    def __init__(self, site: Site, address: str) -> None:
        self.site, self.address = site, urllib.parse.urlsplit(address).path
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def open(self) -> str:
        with self.opener.open(self.site.url + self.address, timeout=20) as page:
            self.roll = urllib.parse.urlsplit(page.url).path
            return str(page.read().decode())

    def send(self, token: str, nonce: str, marks: dict[str, str]) -> dict[str, Any] | None:
        """One attempt; None when nothing came back."""
        body = urllib.parse.urlencode({"csrf_token": token, "nonce": nonce, "seen": "", **marks}).encode()
        request = urllib.request.Request(self.site.url + self.roll, body, {"Accept": "application/json"})
        try:
            with self.opener.open(request, timeout=20) as answer:
                found: dict[str, Any] = json.loads(answer.read())
                return found
        except urllib.error.HTTPError as refused:
            with refused:
                raise AssertionError(refused.read().decode()[-2000:]) from refused
        except OSError:
            return None


@pytest.fixture
def site(live_server: Any) -> Site:
    site: Site = live_server(clock=CLOCK)
    return site


@pytest.fixture
def school(site: Site) -> dict[str, Any]:
    done = warm.run(["-m", "tests.attendance.process", "found"], env=site.environ)
    assert done.returncode == 0, done.stderr[-2000:]
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def rows(site: Site, sql: str) -> list[tuple[Any, ...]]:
    database = open_database(site.environ["LMS_DATABASE"] or f"sqlite:///{site.folder}/instance/lms.db")
    try:
        with database.connection_context():
            return [tuple(row) for row in database.execute_sql(sql).fetchall()]
    finally:
        database.close_all()


def test_a_roll_arrives_once_however_often_the_server_is_killed(site: Site, school: dict[str, Any]) -> None:
    """The roll is sent; the server dies at a random moment; the phone sends the same again."""
    rng = random.Random(5)
    learners, session = school["learners"], school["session"]
    phone = Phone(site, school["link"])
    page = phone.open()
    token = page.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
    for number in range(4):
        absent = learners[number]
        marks = {f"m{one}": "a" if one == absent else "p" for one in learners}
        nonce = f"nonce-of-roll-{number}"
        killer = threading.Timer(rng.random() * 0.12, site.kill, ["pages"])
        killer.start()
        answer = phone.send(token, nonce, marks)
        killer.join()
        must_be_all_or_nothing(site, session, nonce, absent, learners)
        site.start_pages()
        for _attempt in range(2):
            again = phone.send(token, nonce, marks)
            assert again is not None
            assert answer is None or answer == again
        assert (again["in_room"], again["away"]) == (len(learners) - 1, 1)
        assert rows(site, f"SELECT count(*) FROM attendance_submission WHERE nonce = '{nonce}'") == [(1,)]
        assert absentees(site, session) == [(absent,)]
        assert rows(site, f"SELECT count(*) FROM attendance_mark WHERE session_id = {session}") == [
            (len(learners),)
        ]
        confirmed = number + 1
        assert rows(site, "SELECT count(*) FROM lms_event WHERE name = 'attendance.RollConfirmed'") == [
            (confirmed,)
        ]
        assert rows(site, "SELECT count(*) FROM lms_audit WHERE deed = 'attendance.confirm'") == [
            (confirmed,)
        ]


def must_be_all_or_nothing(site: Site, session: int, nonce: str, absent: int, learners: list[int]) -> None:
    """What the kill left: the sending with all its marks, or nothing of it."""
    arrived = rows(site, f"SELECT count(*) FROM attendance_submission WHERE nonce = '{nonce}'") == [(1,)]
    if arrived:
        assert absentees(site, session) == [(absent,)]
    else:
        assert absentees(site, session) != [(absent,)]


def absentees(site: Site, session: int) -> list[tuple[Any, ...]]:
    return rows(
        site,
        f"SELECT membership_id FROM attendance_mark WHERE session_id = {session} AND status = 'absent' ORDER BY 1",
    )
