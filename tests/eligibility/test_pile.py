"""The standard of a post applied to a pile at the verify desk."""

from __future__ import annotations

import html
import re
from datetime import date, datetime
from typing import Any

import pytest

from certificates import services
from certificates.models import Certificate
from certificates.token import address
from lms import clock
from lms.config import settings
from tests.certificates.school import School, found_school
from tests.eligibility.conftest import holds, reviewed


@pytest.fixture
def school(make: Any) -> School:
    with clock.frozen(date(2025, 4, 2)):
        yield found_school(make)


def papers(school: School, agency: Any, *names: str) -> list[Certificate]:
    """Certificates of officials of the agency whose files are otherwise complete."""
    rows = school.issued(*names)
    for row in rows:
        row.official.organisation = agency
        row.official.save()
        reviewed(row.official)
    return rows


def scanned(client: Any, rows: list[Certificate]) -> str:
    codes = "\n".join(address(settings().base_url, bytes(row.token)) for row in rows)
    return str(client.post("/certificates/desk/lines", data={"text": codes}).headers["Location"])


def text_of(client: Any, path: str) -> str:
    page = html.unescape(client.get(path).get_data(as_text=True))
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_so_many_eligible_so_many_not_yet_and_the_problems(rules, school, make, agency, login, officer):
    an, binh, cuong, dung = papers(school, agency, "Nguyễn Văn An", "Trần Thị Bình", "Lê Cường", "Vũ Dũng")
    for ready in (an, binh):
        holds(ready.official, "LLCT-TC", "QLNN-CV", "LDQL-PHONG")
    services.revoke(dung, **school.two, ground=1, decision_no="1/QĐ", decided_on=date(2025, 4, 2))
    client = login(officer)
    path = scanned(client, [an, binh, cuong, dung])
    got = client.post(f"{path}/post", data={"post": "PTP-SO", "on": "2025-04-02"})
    assert got.status_code == 303
    page = text_of(client, path)
    assert "2 đủ điều kiện · 1 chưa đủ · 1 có vấn đề" in page
    assert "3 người, 4 bản, xét tại ngày 02/04/2025" in page


def test_nothing_is_told_about_people_of_other_organisations(rules, school, make, agency, login, officer):
    (stranger,) = school.issued("Nguyễn Văn An")
    reviewed(stranger.official)
    client = login(officer)
    path = scanned(client, [stranger])
    client.post(f"{path}/post", data={"post": "PTP-SO", "on": "2025-04-02"})
    page = text_of(client, path)
    assert "0 đủ điều kiện · 0 chưa đủ · 1 có vấn đề" in page
    assert "Không thuộc các cơ quan của quý vị." in page


def test_holders_are_matched_by_the_register_not_by_name(rules, school, make, agency, login, officer):
    first, second = papers(school, agency, "Nguyễn Văn An", "Nguyễn Văn An")
    holds(first.official, "LLCT-TC", "QLNN-CV", "LDQL-PHONG")
    client = login(officer)
    path = scanned(client, [first, second])
    client.post(f"{path}/post", data={"post": "PTP-SO", "on": "2025-04-02"})
    assert "1 đủ điều kiện · 1 chưa đủ" in text_of(client, path)


def test_a_post_that_does_not_exist_on_the_day_is_refused(rules, school, make, agency, login, officer):
    client = login(officer)
    path = scanned(client, papers(school, agency, "Nguyễn Văn An"))
    client.post(f"{path}/post", data={"post": "KHONG-CO", "on": "2025-04-02"})
    assert "Chức vụ này không có vào ngày đó." in text_of(client, path)


def test_any_number_of_holders_costs_the_same_queries(
    rules, school, make, agency, login, officer, max_queries
):
    rows = papers(school, agency, *["Nguyễn Văn An"] * 12)
    client = login(officer)
    few, many = scanned(client, rows[:2]), scanned(client, rows)
    for path in (few, many):
        client.post(f"{path}/post", data={"post": "PTP-SO", "on": datetime(2025, 4, 2).date().isoformat()})
    client.get(few)
    with max_queries(100) as first:
        client.get(few)
    with max_queries(len(first)):
        client.get(many)
