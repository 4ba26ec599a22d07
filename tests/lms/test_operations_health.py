"""What machines ask: alive, ready, figures; and what the log must never say."""

from __future__ import annotations

import json
import logging
import urllib.error
import urllib.request

import pytest
from prometheus_client.parser import text_string_to_metric_families

from lms.config import Settings
from lms.db import db
from lms.operations import health, logs

TOKEN = "chi-de-thu-mot-minh"
#: Invented values that must not reach a log.
CANARIES = ("Nguyễn Thị Hoàng Yến", "hoang.yen@kimbang.example", "038190012345", "ABCDE12345")


def test_alive_needs_nothing(client) -> None:
    assert client.get("/healthz").data == b"ok\n"


def test_ready_says_what_is_looked_at(client) -> None:
    answer = client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json == {"ready": True, "checks": {"database": "ok", "migrations": "ok", "disk": "ok"}}


def test_not_ready_while_a_migration_is_pending(client, monkeypatch) -> None:
    monkeypatch.setattr(health, "_shape", (-100.0, ""))
    db.execute_sql("delete from courses_migration")

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json["checks"]["migrations"] == "pending"
    monkeypatch.setattr(health, "_shape", (-100.0, ""))


def test_without_a_token_there_are_no_figures(client) -> None:
    assert client.get("/metrics").status_code == 404


def test_the_log_is_clean_of_personal_data(capsys) -> None:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    try:
        logs.configure(Settings(log="json"))
        logging.getLogger("lms.test").error(
            'duplicate key value violates unique constraint "x"\nDETAIL:  Key (name)=(%s) already exists.'
            " %s %s at /s/%s",
            *CANARIES,
        )
        try:
            raise ValueError(f"no account {CANARIES[1]} with {CANARIES[2]}")
        except ValueError:
            logging.getLogger("lms.test").exception("failed", extra={"said": CANARIES[1]})
    finally:
        root.handlers[:], root.level = handlers, level

    printed = capsys.readouterr().err
    lines = [json.loads(line) for line in printed.splitlines()]
    assert [line["level"] for line in lines] == ["error", "error"]
    assert "ValueError: no account [e-mail] with [number]" in lines[1]["exception"]
    assert [canary for canary in CANARIES if canary in printed] == []


@pytest.fixture(scope="module")
def site(live_module_server):
    return live_module_server(
        LMS_METRICS_TOKEN=TOKEN, LMS_LOG="json", LMS_ACCESS_LOG="1", LMS_PROXIES="1", LMS_WEB_PROCESSES="2"
    )


def fetch(url: str, **headers: str) -> tuple[int, str]:
    request = urllib.request.Request(url, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as problem:
        return problem.code, problem.read().decode()


@pytest.mark.slow
def test_figures_of_all_processes_add_up(site) -> None:
    for _ in range(30):
        assert fetch(f"{site.url}/healthz")[0] == 200

    assert fetch(f"{site.url}/metrics", Authorization="Bearer wrong")[0] == 404
    status, text = fetch(f"{site.url}/metrics", Authorization=f"Bearer {TOKEN}")

    assert status == 200
    families = {family.name: family for family in text_string_to_metric_families(text)}
    answered = [
        sample.value
        for sample in families["kimbang_requests"].samples
        if sample.labels == {"endpoint": "operations.alive", "status": "200"}
    ]
    assert answered == [30]
    on = {sample.labels["plugin"]: sample.value for sample in families["kimbang_plugin_on"].samples}
    assert on["courses"] == 1
    assert families["kimbang_timetable_late_seconds"].samples[0].value < 60


@pytest.mark.slow
def test_a_request_is_a_line_that_names_nobody(site) -> None:
    fetch(f"{site.url}/s/{CANARIES[3]}")
    fetch(f"{site.url}/officials?q={CANARIES[2]}")
    fetch(f"{site.url}/verify?code={CANARIES[3]}", Referer=f"{site.url}/people?q={CANARIES[1]}")

    written = site.log_text(10_000)

    lines = [json.loads(line) for line in written.splitlines() if line.startswith("{")]
    routes = {(line["route"], line["status"]) for line in lines if line["event"] == "request"}
    assert any(route.startswith("/s/<") for route, _status in routes)
    assert [canary for canary in CANARIES if canary in written] == []


@pytest.mark.slow
def test_behind_a_proxy_visitors_are_told_apart(site) -> None:
    """One visitor who guesses codes is slowed down; another behind the same proxy is not."""

    def guess(number: int, address: str) -> int:
        url = f"{site.url}/s/{number:05d}AAAAA"
        return fetch(url, **{"X-Forwarded-For": address})[0]

    # Each of the two processes counts up to sixty.
    told = [guess(number, "203.0.113.7") for number in range(130)]

    assert 429 in told
    assert guess(99, "203.0.113.8") != 429
