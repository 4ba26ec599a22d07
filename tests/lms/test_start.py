"""What a process takes in to start: every command, every worker and every web process pays for it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from werkzeug.routing import Map

from lms.config import ROOT
from lms.lean import Address

pytestmark = pytest.mark.once

#: Large, and needed by few requests; each is taken in where it is used.
SELDOM = (
    "authlib.integrations",
    "icalendar",
    "prometheus_client",
    "pypdf",
    "qrcode",
    "reportlab",
    "rich",
    "webauthn",
    "xhtml2pdf",
    "xlsxwriter",
    "zxingcpp",
)


def python(code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LMS_")}
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=environment | {"LMS_INSTANCE": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_pages_start_without_the_libraries_that_few_requests_need(tmp_path):
    made = python("from lms.cli import main; main(['init'])", tmp_path)
    done = python("import sys, wsgi; print(*sys.modules)", tmp_path)

    assert (made.returncode, done.returncode) == (0, 0), made.stderr + done.stderr
    loaded = done.stdout.split()
    assert "flask_security" in loaded and "certificates.routes.pile_reports" in loaded
    assert not [name for name in loaded if name in SELDOM]


def test_the_list_of_commands_needs_no_database(tmp_path):
    done = python("from lms.cli import main; main(['--help'])", tmp_path / "none")

    assert done.returncode == 0, done.stderr
    assert "certificates  " in done.stdout and "worker  " in done.stdout
    assert not (tmp_path / "none").exists()


def test_an_address_is_written_and_read_like_any_other():
    rule = Address("/c/<id16>/<int:part>", endpoint="part", defaults={"id16": "x"})
    plain = Address("/c/<id16>", endpoint="certificate")
    map_ = Map([plain, rule]).bind("kimbang.example")

    assert map_.build("certificate", {"id16": "ab c", "lang": "en"}) == "/c/ab%20c?lang=en"
    assert map_.build("part", {"part": 3}) == "/c/x/3"
    assert map_.match("/c/abc") == ("certificate", {"id16": "abc"})
