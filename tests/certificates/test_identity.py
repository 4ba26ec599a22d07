"""Threat 5: a genuine paper in the wrong hands. Who holds paper and identity card asks whether they belong together."""

from __future__ import annotations

import html
import logging
import re
from datetime import date, timedelta
from typing import Any

import pytest

from certificates import services as register
from certificates.services import identity
from certificates.sharing import queries as sharing
from certificates.sharing.models import Check
from certificates.token import fragment
from lms import clock
from lms.audit.models import AuditRow
from lms.crypto import keyed_hash
from lms.people.models import Official

NUMBER = "038080012345"
DECISION = {"decision_no": "15/QĐ-TCT", "decided_on": date(2025, 4, 2)}
BAND = re.compile(r'verdict-title">([^<]*)<')


@pytest.fixture
def rows(school: Any) -> Any:
    """Two papers: of the first holder the citizen id is on record, of the second none."""
    first, second = school.issued("Nguyễn Văn An", "Trần Thị Bình")
    Official.update(cccd_hash=keyed_hash(NUMBER), cccd_tail="345").where(
        Official.id == first.official_id
    ).execute()
    return first, second


def ask(client: Any, row: Any, number: str = NUMBER, scanned: str | None = None) -> Any:
    code = fragment(bytes(row.token)) if scanned is None else scanned
    return client.post(f"/c/{row.id16}/identity", data={"number": number, "scanned": code})


def band(answer: Any) -> str:
    found = BAND.search(answer.text)
    return html.unescape(found[1]) if found else ""


def plain(answer: Any, *without: str) -> str:
    """The page without what differs from visitor to visitor and from paper to paper."""
    text = re.sub(r'name="csrf_token" value="[^"]*"', "", answer.text)
    for one in without:
        text = text.replace(one, "")
    return text


def test_threat_05_the_right_number_is_confirmed_on_record_and_never_shown(client, rows):
    first, _second = rows
    code = f"https://kiemtra.example.vn/c/{first.id16}#{fragment(bytes(first.token))}"
    for number, scanned in ((NUMBER, code), ("038 080 012 345", fragment(bytes(first.token)))):
        answer = ask(client, first, number, scanned)
        assert (answer.status_code, band(answer)) == (200, "ĐÚNG NGƯỜI")
        assert NUMBER not in answer.text
        assert "Nguyễn Văn An" not in answer.text
        assert (answer.headers["Cache-Control"], answer.headers["Referrer-Policy"]) == (
            "no-store",
            "no-referrer",
        )
    noted = AuditRow.select().where(AuditRow.deed == "certificates.identity_compared")
    assert [(row.object_id, row.details) for row in noted] == [(str(first.id), {"answer": "same"})] * 2
    assert [(one.kind, one.count) for _day, day in sharing.checks_by_day(first) for one in day] == [
        ("identity", 2)
    ]


def test_threat_05_a_wrong_number_and_none_on_record_are_one_answer(client, rows, max_queries):
    first, second = rows
    codes = (first.id16, second.id16, first.id16.upper(), second.id16.upper())
    codes += (fragment(bytes(first.token)), fragment(bytes(second.token)))
    with max_queries(40) as known:
        wrong = ask(client, first, "038080099999")
    with max_queries(len(known)):
        none = ask(client, second)
    assert band(wrong) == "CHƯA XÁC NHẬN ĐƯỢC"
    assert (wrong.status_code, plain(wrong, *codes)) == (none.status_code, plain(none, *codes))


def test_threat_05_five_comparisons_a_day_right_or_wrong(client, rows):
    first, second = rows
    for at in range(identity.MOST_A_DAY):
        assert ask(client, first, f"03808001234{at}").status_code == 200
    refused = ask(client, first)
    assert (refused.status_code, band(refused)) == (429, "CHƯA ĐỐI CHIẾU")
    assert "Hôm nay đã đối chiếu thẻ căn cước với chứng chỉ này 5 lần" in refused.text
    assert 0 < int(refused.headers["Retry-After"]) <= 24 * 3600
    assert NUMBER not in refused.text
    assert ask(client, second).status_code == 200
    with clock.frozen(date(2025, 4, 3)):
        assert band(ask(client, first)) == "ĐÚNG NGƯỜI"


def test_threat_05_an_address_that_tries_many_papers_is_slowed_down(app, client, rows):
    first, _second = rows
    app.config["RATELIMIT_ENABLED"] = True
    tried = [ask(client, first, scanned="1").status_code for _time in range(11)]
    assert (tried[0], tried[-1]) == (422, 429)


def test_threat_05_only_the_paper_itself_opens_the_question(client, rows):
    first, second = rows
    digits = fragment(bytes(first.token))
    changed = digits[:-1] + str((int(digits[-1]) + 1) % 10)
    for scanned in ("", "1", digits[:-1], changed, fragment(bytes(second.token)), "javascript:x", digits * 3):
        answer = ask(client, first, scanned=scanned)
        assert (answer.status_code, band(answer)) == (422, ""), scanned
    assert ask(client, first, number="38080012345").status_code == 422
    assert not Check.select().where(Check.kind == "identity").exists()
    assert (
        client.post("/c/zzzzzzzzzzzzzzzz/identity", data={"number": NUMBER, "scanned": digits}).status_code
        == 404
    )


def test_threat_05_a_paper_that_does_not_stand_is_not_asked_about(client, school, rows):
    first, second = rows
    register.revoke(first, **school.two, **DECISION, ground=1)
    register.suspend(second, by=school.head, **DECISION)
    for row in rows:
        assert ask(client, row).headers["Location"].endswith(f"/c/{row.id16}")
        assert "/identity" not in client.get(f"/c/{row.id16}").text


def test_threat_05_neither_number_nor_signed_data_reach_a_log(client, rows, caplog):
    first, _second = rows
    digits = fragment(bytes(first.token))
    with caplog.at_level(logging.DEBUG):
        ask(client, first)
        ask(client, first, scanned=digits[:-1])
        ask(client, first, number="12")
    logged = caplog.text + str([row.details for row in AuditRow.select()])
    assert NUMBER not in logged
    assert digits[:20] not in logged


def test_the_comparison_adds_no_query_to_the_check(client, rows, max_queries):
    first, _second = rows
    client.get(f"/c/{first.id16}")
    with max_queries(1):
        assert f"/c/{first.id16}/identity" in client.get(f"/c/{first.id16}").text


def test_counts_of_other_days_and_kinds_do_not_stand_in_the_way(client, rows):
    first, _second = rows
    yesterday = clock.today() - timedelta(days=1)
    Check.create(certificate=first, day=yesterday, kind="identity", count=9)
    Check.create(certificate=first, day=clock.today(), kind="scan", count=9)
    assert band(ask(client, first)) == "ĐÚNG NGƯỜI"
