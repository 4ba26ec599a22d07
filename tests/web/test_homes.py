"""Each role's home says what waits today; every number leads to its rows."""

from __future__ import annotations

import re
from datetime import date, timedelta
from html import unescape

import pytest

from lms import audit, clock
from lms.people.privacy.models import DataRequest
from plugins.enrolment.models import Nomination


def text_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", unescape(page)).split())


@pytest.fixture
def justice(make):
    return make.organisation("so-tu-phap", name="Sở Tư pháp", kind="department")


def request(person, due: date) -> DataRequest:
    return DataRequest.create(official=person, kind="copy", words="Xin bản sao", received_on=due, due_on=due)


def test_the_department_sees_requests_that_wait_and_those_past_their_day(client, login, make, justice):
    person = make.official("Lê Thị Hỏi", justice)
    request(person, clock.today() - timedelta(days=1))
    request(person, clock.today() + timedelta(days=2))
    page = login(make.user("department_officer")).get("/").text
    assert "2 yêu cầu về dữ liệu cá nhân" in text_of(page)
    assert "1 yêu cầu đã quá hạn" in text_of(page)
    assert 'href="/privacy/requests"' in page


def test_the_inspector_reads_the_latest_deeds(client, login, make, justice):
    officer = make.user("academic_officer")
    audit.record(officer, "access.password_changed", officer)
    page = login(make.user("inspector")).get("/").text
    assert "việc trong hôm nay" in text_of(page)
    assert f"/audit?from={clock.today()}&amp;to={clock.today()}" in page
    assert "đã đổi mật khẩu" in text_of(page)


def test_an_agency_sees_what_became_of_its_nominations(client, login, make, justice):
    klass = make.klass(state="enrolling")
    for name, status in (("Lê Văn Một", "submitted"), ("Lê Văn Hai", "submitted"), ("Lê Văn Ba", "rejected")):
        Nomination.create(
            klass=klass, official=make.official(name, justice), organisation=justice, status=status
        )
    page = login(make.user("training_officer", organisation=justice)).get("/").text
    assert "2 Chờ duyệt" in text_of(page)
    assert "/enrolment/nominations?status=submitted" in page
    assert "/enrolment/nominations?status=rejected" in page


@pytest.mark.parametrize("role", ["department_officer", "inspector", "training_officer", "academic_officer"])
def test_a_home_costs_the_same_however_much_waits(client, login, make, justice, max_queries, role):
    klass = make.klass(state="enrolling")
    for number in range(12):
        person = make.official(f"Lê Văn Số {number}", justice)
        request(person, clock.today())
        Nomination.create(klass=klass, official=person, organisation=justice)
    home = login(make.user(role, organisation=justice))
    with max_queries(30):
        assert home.get("/").status_code == 200
