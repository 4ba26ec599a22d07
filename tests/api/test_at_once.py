"""The same deed sent twice at the same moment, by two connections to a database of its own: done once."""

from __future__ import annotations

import json
import re
import threading
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests import warm

SENDERS = 6
PASSWORD = "mat-khau-cua-thu"


@pytest.fixture
def site(live_server):
    return live_server(LMS_WEB_PROCESSES="2")


def test_six_at_once_are_one_deed_and_six_equal_answers(site):
    secret, organisation_id = _token(site)
    together = threading.Barrier(SENDERS)

    def send(_number: int) -> tuple[int, str]:
        body = json.dumps({"full_name": "Trần Thị Bình", "organisation_id": organisation_id}).encode()
        headers = {
            "Authorization": f"Bearer {secret}",
            "Content-Type": "application/json",
            "Idempotency-Key": "once",
        }
        request = urllib.request.Request(f"{site.url}/api/v1/officials", body, headers)
        together.wait()
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, answer.read().decode()

    with ThreadPoolExecutor(SENDERS) as pool:
        answers = set(pool.map(send, range(SENDERS)))
    assert len(answers) == 1
    [(status, _body)] = answers
    assert status == 201
    request = urllib.request.Request(
        f"{site.url}/api/v1/officials", headers={"Authorization": f"Bearer {secret}"}
    )
    with urllib.request.urlopen(request) as answer:
        assert len(json.load(answer)["items"]) == 1


_MAKE = """
from lms.access.models import User
from lms.app import create_app
from lms.db import connection
from lms.people import services
from lms.api import tokens
with create_app().app_context(), connection():
    home = services.add_organisation("so-a", "Sở A", "agency", by=None)
    officer = User.get(User.email == "sonoivu@example.vn")
    _token, secret = tokens.make(officer, "Nhân sự", ["people.view", "people.manage"], days=7)
    print("made", secret, home.id)
"""


def _token(site) -> tuple[str, int]:
    site.command(
        "user",
        "add",
        "sonoivu@example.vn",
        "--name",
        "Sở",
        "--role",
        "department_officer",
        "--password",
        PASSWORD,
    )
    done = warm.run(["-c", _MAKE], env=site.environ)
    made = re.search(r"made (\S+) (\d+)", done.stdout)
    assert made, done.stderr
    return made.group(1), int(made.group(2))
