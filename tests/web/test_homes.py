"""Each role's home says what waits today; every number leads to its rows."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from html import unescape

import pytest

from certificates.models import Batch
from courses import review
from courses.cards import standings
from evaluation import services as evaluation
from lms import audit, clock
from lms.importing.models import ImportDraft
from lms.people.merging import alike
from lms.people.privacy.models import DataRequest
from lms.people.staff.models import StaffList
from plugins.assessment.models import Score, Test
from plugins.attendance.models import Roll
from plugins.enrolment.models import Nomination


def text_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", unescape(page)).split())


@pytest.fixture
def justice(make):
    return make.organisation("so-tu-phap", name="Sở Tư pháp", kind="department")


@pytest.fixture
def spring():
    """The tenth of March 2025, eight in the morning."""
    with clock.frozen(datetime(2025, 3, 10, 8)):
        yield


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


def test_the_department_opens_a_waiting_staff_list_and_the_possible_duplicates(client, login, make, justice):
    waiting = StaffList.create(organisation=justice, filename="nhan-su.xlsx")
    StaffList.create(organisation=justice, filename="da-xong.xlsx", state="decided")
    twins = [make.official("Lê Thị Giống", justice, birth_date=date(1980, 2, 1)) for _ in range(2)]
    alike.look_at(one.id for one in twins)
    page = login(make.user("department_officer")).get("/").text
    assert f'href="/people/staff-lists/{waiting.id}"' in page
    assert "nhan-su.xlsx" in page
    assert "da-xong.xlsx" not in page
    assert "1 cặp hồ sơ nghi trùng" in text_of(page)


def test_a_department_without_waiting_lists_is_told_so(client, login, make):
    page = login(make.user("department_officer")).get("/").text
    assert "Không có danh sách nhân sự nào chờ quyết định." in text_of(page)


def test_who_sends_staff_lists_does_not_see_what_waits_for_others(client, login, make, justice):
    StaffList.create(organisation=justice, filename="nhan-su.xlsx")
    page = login(make.user("training_officer", organisation=justice)).get("/").text
    assert "nhan-su.xlsx" not in page
    assert "nghi trùng" not in text_of(page)


def test_a_list_that_was_checked_and_not_applied_is_found_again_by_its_owner_alone(
    client, login, make, justice
):
    owner, other = (make.user("training_officer", organisation=justice) for _ in range(2))
    ImportDraft.create(key="chua-ap-dung", kind="enrolment.nominate", owner=owner, filename="de-cu.xlsx")
    assert 'href="/imports/chua-ap-dung"' in login(owner).get("/").text
    assert "chua-ap-dung" not in login(other).get("/").text


def behind(make, state: str, **values):
    """A class that lacks everything: a nomination without an answer, two rolls, scores, an open evaluation."""
    klass = make.klass(state=state, learners=2, sessions=2, **values)
    Nomination.create(klass=klass, official=make.official(), organisation=make.organisation())
    Test.create(klass=klass, title="Bài kiểm tra", held_on=date(2025, 3, 4))
    return klass


def test_the_academic_officer_reads_what_keeps_each_class(client, login, make, spring):
    klass = behind(make, "running")
    make.session(klass, 3, date(2025, 3, 12))
    page = login(make.user("academic_officer")).get("/").text
    for words, link in (
        ("1 đề cử chưa trả lời", f"/enrolment/classes/{klass.id}/nominations?status=submitted"),
        ("2 buổi chưa khoá điểm danh", f"/attendance/classes/{klass.id}?show=missing"),
        ("Thiếu 2 điểm", f"/assessment/classes/{klass.id}"),
        ("Còn 1 buổi, buổi cuối ngày 12/03/2025", f"/classes/{klass.id}/sessions"),
    ):
        assert f'<a href="{link}">{words}</a>' in unescape(page), words


def test_a_class_that_nothing_keeps_shows_its_next_deed(client, login, make, spring):
    klass = make.klass(state="running", learners=1, sessions=1)
    Roll.create(session=klass.sessions.get(), confirmed_at=clock.now(), locked_at=clock.now())
    page = login(make.user("academic_officer")).get("/").text
    assert "Đã học xong: bắt đầu xét" in text_of(page)
    assert "Còn 1 buổi" not in text_of(page)


def test_a_school_without_classes_is_told_so(client, login, make):
    page = login(make.user("academic_officer")).get("/").text
    assert "Không có lớp nào đang học, đang xét hoặc sắp khai giảng trong tuần tới." in text_of(page)


def test_home_names_the_very_lines_that_block_the_closing(app, make, spring):
    klass, officer = behind(make, "running"), make.user("academic_officer")
    for _ in range(5):
        make.learner(klass)
    evaluation.open_campaign(klass, by=officer, scheme_code="TT10-2017", reason="Kế hoạch của tỉnh chỉ định.")
    klass.state = "reviewing"
    klass.save()
    with app.test_request_context():
        [found] = standings(officer)
        blocking = review.blockers(review.closing_checks(klass))
    assert {one.url for one in found.blockers} == {
        one.url for one in blocking if one.code != "courses.results"
    }


def test_scores_entered_are_no_longer_missing(app, make, spring):
    klass = behind(make, "reviewing")
    one, other = klass.memberships
    test = Test.get()
    Score.create(test=test, membership=one, points=7)
    Score.create(test=test, membership=one, attempt=2, points=8)
    Score.create(test=test, membership=other, points=None)
    with app.test_request_context():
        [found] = standings(make.user("academic_officer"))
        said = [
            str(line.sentence) for line in found.blockers if line.url == f"/assessment/classes/{klass.id}"
        ]
    assert said == ["Thiếu 1 điểm"]


def test_a_plugin_switched_off_for_a_class_keeps_silent_about_it(app, make, spring, turn_off):
    classes = [behind(make, "reviewing") for _ in range(2)]
    turn_off("attendance", classes[0].id)
    with app.test_request_context():
        found = {one.klass.id: one.blockers for one in standings(make.user("academic_officer"))}
    said = [[line for line in found[klass.id] if "attendance" in line.url] for klass in classes]
    assert [len(lines) for lines in said] == [0, 1]


def test_a_head_with_nothing_waiting_sees_what_was_approved_and_what_comes(client, login, make, spring):
    done, coming = (
        make.klass(state="closed", title="Lớp đã cấp"),
        make.klass(state="reviewing", title="Lớp đang xét"),
    )
    batch = Batch.create(klass=done, state="issued", approved_at=clock.now(), count=28)
    page = login(make.user("school_head")).get("/").text
    assert "Không có lớp nào đang chờ." in text_of(page)
    assert f'href="/certificates/classes/{done.id}?batch={batch.id}">Lớp đã cấp' in page
    assert "28 chứng chỉ" in text_of(page)
    assert f'href="/classes/{coming.id}">Lớp đang xét' in page


def test_a_new_school_head_reads_that_there_is_nothing_yet(client, login, make):
    page = login(make.user("school_head")).get("/").text
    assert "Chưa phê duyệt chứng chỉ nào." in text_of(page)
    assert "Không có lớp nào đang học hoặc đang xét." in text_of(page)


@pytest.mark.parametrize(
    "role", ["department_officer", "inspector", "training_officer", "academic_officer", "school_head"]
)
def test_a_home_costs_the_same_however_much_waits(client, login, make, justice, max_queries, role):
    klass = make.klass(state="enrolling")
    for number in range(12):
        person = make.official(f"Lê Văn Số {number}", justice)
        request(person, clock.today())
        Nomination.create(klass=klass, official=person, organisation=justice)
        StaffList.create(organisation=justice)
        behind(make, ("running", "reviewing")[number % 2])
        Batch.create(klass=make.klass(state="closed"), state="issued", approved_at=clock.now())
    home = login(make.user(role, organisation=justice))
    with max_queries(30):
        assert home.get("/").status_code == 200
