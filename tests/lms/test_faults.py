"""A site full of broken plugins: the platform stays up, every reason is on the plugins page, data is whole.

Real processes (gunicorn and a worker), real database; the plugins are installed like anybody's.
"""

from __future__ import annotations

import html
import re
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from http.cookiejar import CookieJar
from typing import Any

import pytest

from lms.db import open_database
from tests import warm
from tests.lms.broken_plugins import BAD_ANSWERS, NOT_LOADED, fill
from tests.lms.fake_plugins import Shelf
from tests.site import Site

PASSWORD = "mat-khau-cua-thu"
RUNNING = [*BAD_ANSWERS, "bad_card", "bad_page", "bad_words", "witness", "bad_work"]


class Reader:
    """Somebody with a browser's patience and cookies."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def get(self, path: str) -> tuple[int, str]:
        return self._open(urllib.request.Request(self.url + path, headers={"Accept": "text/html"}))

    def post(self, page: str, path: str, **fields: str) -> tuple[int, str]:
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self.get(page)[1])
        assert token is not None
        data = urllib.parse.urlencode({"csrf_token": token.group(1), **fields}).encode()
        return self._open(urllib.request.Request(self.url + path, data, {"Accept": "text/html"}))

    def sign_in(self, email: str) -> None:
        _status, text = self.post("/login", "/login", email=email, password=PASSWORD)
        assert "Đăng xuất" in text

    def _open(self, request: urllib.request.Request) -> tuple[int, str]:
        try:
            with self.opener.open(request, timeout=60) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()


class Town:
    """The site, somebody who administers it, and its database."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.admin = Reader(site.url)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        database = open_database(
            self.site.environ["LMS_DATABASE"] or f"sqlite:///{self.site.folder}/instance/lms.db"
        )
        try:
            with database.connection_context():
                found = database.execute_sql(sql).fetchall()
        finally:
            database.close_all()
        return [tuple(row) for row in found]

    def wait_for(self, sql: str, wanted: list[tuple[Any, ...]], seconds: float = 40) -> None:
        until = time.monotonic() + seconds
        while (found := self.rows(sql)) != wanted:
            assert time.monotonic() < until, f"{sql}: {found}\n{self.site.log_text()}"
            time.sleep(0.3)

    def reasons(self) -> dict[str, str]:
        """What the plugins page says about each plugin."""
        status, page = self.admin.get("/plugins")
        assert status == 200
        found = re.findall(r'<span class="muted code">(\w+)</span>(.*?)</tr>', page, re.S)
        return {name: html.unescape(re.sub(r"<[^>]+>", " ", text)) for name, text in found}


@pytest.fixture(scope="module")
def town(live_module_server: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    folder = tmp_path_factory.mktemp("shelf")
    fill(Shelf(folder))
    site = live_module_server(
        PYTHONPATH=str(folder), LMS_HOOK_SECONDS="2", LMS_LEASE_SECONDS="3", LMS_WEB_PROCESSES="1"
    )
    site.command(
        "user",
        "add",
        "quantri@example.vn",
        "--name",
        "Quản Trị Thử",
        "--role",
        "platform_admin",
        "--password",
        PASSWORD,
    )
    _switch_on(site)
    town = Town(site)
    town.admin.sign_in("quantri@example.vn")
    return town


def _switch_on(site: Site) -> None:
    """Strangers' plugins start switched off; one process switches them all on."""
    script = (
        "import sys; from lms.app import create_app; from lms.db import connection; from lms.plugins import services\n"
        "with create_app().app_context(), connection():\n"
        "    for name in sys.argv[1:]: services.switch(name, True, by=None)"
    )
    warm.run(["-c", script, *RUNNING], env=site.environ, timeout=120).check_returncode()


def test_every_page_of_the_platform_answers(town):
    assert town.admin.get("/plugins")[0] == 200
    for page in ("/", "/people", "/classes", "/certificates", "/jobs", "/audit", "/admin/"):
        status, text = town.admin.get(page)
        assert status in (200, 403), (page, status)
        assert "</html>" in text


@pytest.mark.parametrize("name", BAD_ANSWERS)
def test_a_plugin_that_answers_badly_is_taken_out_with_its_reason(town, name):
    town.admin.get("/")
    assert BAD_ANSWERS[name] in town.reasons()[name]
    began = time.monotonic()
    assert town.admin.get("/")[0] == 200
    assert time.monotonic() - began < 2, "nobody waits for it a second time"


@pytest.mark.parametrize("name", ["leaker", "beginner"])
def test_what_a_leaked_transaction_wrote_is_taken_back(town, name):
    town.admin.get("/")
    assert town.rows(f"SELECT count(*) FROM {name}_note") == [(0,)]


@pytest.mark.parametrize("name", NOT_LOADED)
def test_a_plugin_that_cannot_be_loaded_stays_out_with_its_reason(town, name):
    assert NOT_LOADED[name] in town.reasons()[name]


def test_a_failing_migration_is_rolled_back_alone(town):
    """Its first step stands, its second left nothing, what needs it waits; everybody else's tables are there."""
    assert town.rows("SELECT count(*) FROM bad_step_note") == [(0,)]
    assert town.rows("SELECT name FROM bad_step_migration") == [("0001_first",)]
    with pytest.raises(Exception, match="after_bad_step_note"):
        town.rows("SELECT count(*) FROM after_bad_step_note")
    assert town.rows("SELECT count(*) FROM witness_note") != []


def test_pages_that_were_mounted_before_the_failure_do_not_answer(town):
    assert town.admin.get("/half")[0] == 404
    assert town.admin.get("/unguarded")[0] == 404


def test_a_card_that_cannot_be_printed_is_left_out_and_the_others_stay(town):
    _status, page = town.admin.get("/")
    assert "the good card" in page
    assert "template bad_card/card.html" in town.reasons()["bad_card"]


def test_a_broken_catalogue_leaves_the_language_of_everybody_else(town):
    assert "Đăng xuất" in town.admin.get("/")[1]
    assert "translations" in town.reasons()["bad_words"]


def test_a_crashing_page_says_so_without_quoting_anybody(town):
    status, page = town.admin.get("/bad-page/crash")
    assert status == 500
    assert "secret of somebody" not in page
    reason = town.reasons()["bad_page"]
    assert "route /bad-page/crash" in reason and "RuntimeError at bad_page/routes.py" in reason
    assert "secret of somebody" not in reason


def test_a_page_that_leaks_a_transaction_holds_nobody_up(town):
    assert town.admin.get("/bad-page/leak")[0] == 200
    assert town.rows("SELECT count(*) FROM bad_page_note") == [(0,)]
    began = time.monotonic()
    town.admin.post("/plugins", "/plugins/witness/retry")
    assert time.monotonic() - began < 5
    assert "left a transaction open" in town.reasons()["bad_page"]


def test_background_work_of_others_goes_on(town):
    town.wait_for("SELECT text FROM witness_note WHERE text = 'heard'", [("heard",)])
    home = f"{town.site.url}/"
    town.wait_for(f"SELECT text FROM witness_note WHERE text = '{home}'", [(home,)])


@pytest.mark.parametrize(
    ("place", "reason"),
    [
        ("handler bad_work.handlers.crash", "RuntimeError: handler down"),
        ("handler bad_work.handlers.leak", "left a transaction open"),
        ("job bad_work.crash", "RuntimeError: job down"),
        ("job bad_work.leak", "left a transaction open"),
        ("timetable bad_work.crash_by_the_clock", "RuntimeError: clock down"),
        ("timetable bad_work.hang_by_the_clock", "did not answer in 3 s"),
    ],
)
def test_broken_background_work_is_told_and_leaves_nothing_half(town, place, reason):
    found = f"SELECT count(*) FROM lms_plugin_trouble WHERE place = '{place}'"
    town.wait_for(found, [(1,)])
    shown = town.reasons()["bad_work"]
    assert place in shown and reason in shown
    assert town.rows("SELECT count(*) FROM bad_work_note") == [(0,)]
