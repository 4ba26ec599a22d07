"""The holder's own certificates: for life, shared by links that end, and who checked them."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

import pytest

from certificates.models import Certificate
from certificates.sharing import queries, services
from certificates.sharing.models import Check, Share
from lms import clock
from lms.api import tokens
from lms.audit.models import AuditRow
from lms.people.models import Official
from tests.certificates.test_verifying import DECISION, _drop_triggers, band, words


@pytest.fixture
def row(school):
    return school.issued("Nguyễn Thị Phương Thảo")[0]


@pytest.fixture
def holder(login, make, row):
    return login(make.user("trainee", official=row.official))


def path(address: str) -> str:
    return "/c/" + address.split("/c/")[1]


def made(holder, row, **values) -> str:
    """The address of a link the holder made on the page."""
    sent = holder.post(
        f"/certificates/mine/{row.id}/links", data={"label": "Sở Nội vụ", "days": "30"} | values
    )
    assert sent.status_code == 303
    page = holder.get(f"/certificates/mine/{row.id}").text
    return path(re.search(r'readonly value="([^"]+)"', page)[1])


def test_a_link_shows_the_full_lines_until_it_ends(app, holder, row):
    link = made(holder, row)
    stranger = app.test_client()
    shown = stranger.get(link)
    assert band(shown.text) == "CHỨNG CHỈ THẬT"
    for fact in ("Nguyễn Thị Phương Thảo", "01/02/1980", row.serial, row.register_text):
        assert fact in words(shown.text), fact
    assert (shown.headers["Cache-Control"], shown.headers["Referrer-Policy"]) == ("no-store", "no-referrer")
    with clock.frozen(datetime(2025, 4, 2, 9) + timedelta(days=30, minutes=1)):
        over = stranger.get(link)
    assert (over.status_code, "Thảo" in over.text) == (404, False)
    unknown = stranger.get(link[:-3] + "abc")
    assert (unknown.status_code, words(unknown.text)) == (404, words(over.text))


def test_the_holder_takes_a_link_back(app, holder, row):
    link = made(holder, row)
    share = Share.get()
    assert holder.post(f"/certificates/mine/{row.id}/links/{share.id}/end").status_code == 303
    assert app.test_client().get(link).status_code == 404
    assert "Thu lại lúc" in words(holder.get(f"/certificates/mine/{row.id}").text)
    deeds = [one.deed for one in AuditRow.select() if "share" in one.deed]
    assert deeds == ["certificates.shared", "certificates.share_ended"]


def test_a_link_follows_the_status_and_never_shows_what_was_not_signed(app, holder, school, row):
    link, stranger = made(holder, row), app.test_client()
    from certificates import services as register

    register.suspend(row, by=school.head, **DECISION)
    assert band(stranger.get(link).text) == "ĐANG TẠM ĐÌNH CHỈ"
    _drop_triggers()
    Certificate.update(name="Người Khác").where(Certificate.id == row.id).execute()
    altered = stranger.get(link).text
    assert band(altered) == "HỒ SƠ BỊ SỬA ĐỔI"
    assert "Người Khác" not in altered


def test_codes_of_links_are_not_in_the_database(holder, row):
    code = made(holder, row).rsplit("/", 1)[1]
    kept = Share.get()
    assert len(code) == 32
    assert code not in str(kept.__data__)


def test_nobody_shares_what_is_not_theirs(login, make, row):
    other = login(make.user("trainee", official=make.official("Trần Thị Bình", row.official.organisation)))
    assert other.get(f"/certificates/mine/{row.id}").status_code == 404
    assert (
        other.post(f"/certificates/mine/{row.id}/links", data={"label": "x", "days": "7"}).status_code == 404
    )
    assert not Share.select().exists()


@pytest.mark.parametrize("wrong", [{"days": "3650"}, {"label": ""}])
def test_a_link_needs_a_name_and_an_end(holder, row, wrong):
    sent = holder.post(f"/certificates/mine/{row.id}/links", data={"label": "Sở", "days": "7"} | wrong)
    assert (sent.status_code, Share.select().count()) == (422, 0)


def test_certificates_stay_with_the_person_after_the_agency(holder, make, row, max_queries):
    Official.update(organisation=make.organisation("so-khac", name="Sở Khác")).where(
        Official.id == row.official_id
    ).execute()
    holder.get("/certificates/mine")
    with max_queries(12):
        page = words(holder.get("/certificates/mine").text)
    assert row.serial in page


def test_the_holder_learns_how_often_and_which_agency_with_a_key(app, holder, make, school, row):
    stranger = app.test_client()
    link = made(holder, row)
    for _time in range(3):
        assert stranger.post("/c/seen", data={"code": row.id16}).status_code == 204
    stranger.post("/c/seen", data={"link": link.rsplit("/", 1)[1]})
    stranger.post("/c/seen", data={"code": "zzzzzzzzzzzzzzzz"})
    agency = make.organisation("so-tai-chinh", name="Sở Tài chính")
    officer = make.user("appointing_officer", organisation=agency)
    token = tokens.make(officer, "Nhân sự", ["certificates.view"], days=30)[1]
    sent = stranger.post(
        "/api/v1/certificates/verify",
        json={"codes": [row.id16, "x"]},
        headers={"Authorization": f"Bearer {token}"},
    )
    assert sent.status_code == 200, sent.text
    page = words(holder.get(f"/certificates/mine/{row.id}").text)
    assert re.search(r"02/04/2025 .*phần mềm của cơ quan \(Sở Tài chính\): 1", page)
    assert "Mã QR: 3" in page
    assert "đường dẫn của ông/bà: 1" in page
    assert {one.who for one in Check.select()} == {"", "Sở Tài chính"}


def test_counts_of_checks_are_kept_three_years(row):
    services.count_checks([row.id], "scan")
    with clock.frozen(date(2028, 3, 1)):
        assert services.forget_old_checks() == 0
    with clock.frozen(date(2028, 5, 1)):
        assert services.forget_old_checks() == 1
    assert queries.checks_by_day(row) == []


def test_telling_of_checks_is_slowed_down(app, client, row):
    app.config["RATELIMIT_ENABLED"] = True
    answers = [client.post("/c/seen", data={"code": row.id16}).status_code for _time in range(31)]
    assert answers[-2:] == [204, 429]
