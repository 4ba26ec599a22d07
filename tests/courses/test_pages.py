"""Pages of classes as people use them: what they show, what they refuse, what is kept of what was typed."""

import io
import re
from datetime import date, datetime

import pytest

from courses import queries
from courses.models import ClassSession, Klass
from lms import clock
from tests.courses.conftest import LICH_HOC

PASTED = (
    "Ngày\tBuổi\tChuyên đề\tSố tiết\tGiảng viên\tPhòng\n3/3/2025\tSáng\tBài một\t4\tTS. Trần Văn Ví\tA201\n"
)


@pytest.fixture
def desk(login, officer):
    return login(officer)


@pytest.fixture
def klass(make):
    return make.klass("K05-2025", state="enrolling", starts_on=date(2025, 3, 3), ends_on=date(2025, 3, 28))


def primary_buttons(html: str) -> list[str]:
    """Labels of the filled buttons of a page that are on view (those inside a folded question are not)."""
    shown = re.sub(r'<form class="confirm-panel".*?</form>', "", html, flags=re.S)
    found = re.findall(r'class="btn btn-primary[^"]*"[^>]*>(.*?)</(?:a|button|summary)>', shown, flags=re.S)
    return [re.sub(r"<[^>]+>", "", label).strip() for label in found]


def count_actions(html: str) -> int:
    main = html.split("<main", 1)[1]
    shown = re.sub(r'<form class="confirm-panel".*?</form>', "", main, flags=re.S)
    return len(re.findall(r'class="btn ', shown))


# --- doors -----------------------------------------------------------------------------------------

PAGES = ["", "/sessions", "/learners", "/review", "/edit", "/sessions/new"]
DEEDS = [
    "/announce",
    "/start",
    "/review",
    "/reopen",
    "/close",
    "/cancel",
    "/learners/1",
]


@pytest.mark.parametrize("page", PAGES)
def test_strangers_are_asked_to_sign_in(client, klass, page):
    assert client.get(f"/classes/{klass.id}{page}").status_code == 302


@pytest.mark.parametrize("page", PAGES)
def test_somebody_elses_class_is_not_there(login, make, klass, page):
    klass = make.klass("NGUOI-KHAC", sessions=1, lecturer=make.lecturer("Người Khác"))
    user = make.user("lecturer")
    make.lecturer(user=user)

    assert login(user).get(f"/classes/{klass.id}{page}").status_code in {403, 404}
    assert login(make.user("trainee", official=make.official())).get(
        f"/classes/{klass.id}{page}"
    ).status_code in {403, 404}


@pytest.mark.parametrize(
    "role", ["lecturer", "trainee", "training_officer", "inspector", "department_officer", "school_head"]
)
@pytest.mark.parametrize("deed", DEEDS)
def test_only_the_academic_officer_moves_a_class(login, make, klass, role, deed):
    user = make.user(role, organisation=make.organisation() if role == "training_officer" else None)

    assert login(user).post(f"/classes/{klass.id}{deed}").status_code == 403
    assert Klass.get_by_id(klass.id).state == "enrolling"


@pytest.mark.parametrize(
    "path", ["/classes/999999", "/classes/abc", "/classes/1/timetable", "/classes/0/sessions/0/edit"]
)
def test_a_wrong_address_is_a_404(desk, klass, path):
    assert desk.get(path).status_code == 404


def test_a_session_is_not_reached_through_another_class(desk, make, klass):
    other = make.klass("KHAC", sessions=1)
    session = queries.sessions(other)[0]

    assert desk.get(f"/classes/{klass.id}/sessions/{session.id}/edit").status_code == 404
    assert desk.post(f"/classes/{klass.id}/sessions/{session.id}/cancel").status_code == 404
    assert ClassSession.get_by_id(session.id).cancelled_at is None


# --- one filled button -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "button"),
    [
        ({"state": "draft"}, "Mở chiêu sinh"),
        ({"state": "enrolling"}, "Nhập lịch học"),
        ({"state": "enrolling", "sessions": 2}, "Thêm học viên"),
        ({"state": "enrolling", "sessions": 2, "learners": 1}, "Khai giảng"),
        ({"state": "running", "sessions": 2, "learners": 1}, "Bắt đầu xét điều kiện"),
    ],
)
def test_the_next_right_deed_is_the_only_filled_button(desk, make, alone, values, button):
    klass = make.klass(**values)
    html = desk.get(f"/classes/{klass.id}").text

    assert primary_buttons(html) == [button]
    assert count_actions(html) <= 7


def test_under_review_the_first_open_line_is_next(desk, make):
    klass = make.klass(state="reviewing", sessions=1, learners=1)
    html = desk.get(f"/classes/{klass.id}").text

    assert len(primary_buttons(html)) == 1
    assert "Đóng lớp" not in primary_buttons(html)
    assert "Việc cần làm trước khi đóng lớp" in html


def test_the_session_that_is_on_stands_first(desk, make, klass, frozen):
    make.session(klass, 1, date(2025, 3, 3), topic="Buổi khai giảng")
    with frozen(datetime(2025, 3, 3, 8)):
        html = desk.get(f"/classes/{klass.id}").text

    assert "Bây giờ: Buổi 1" in html


# --- the way of a class ----------------------------------------------------------------------------


def test_a_class_is_opened_and_announced(desk, make, klass):
    version, school = make.programme(), make.organisation(kind="school")
    typed = {
        "programme_version": version.id, "organiser": school.id, "code": "K09-2025", "title": "Lớp thứ chín",
        "starts_on": "2025-04-01", "ends_on": "2025-04-28", "capacity": "40", "place": "", "homeroom_lecturer": "0",
    }  # fmt: skip
    answer = desk.post("/classes/new", data=typed, follow_redirects=True)

    assert answer.status_code == 200
    made = Klass.get(Klass.code == "K09-2025")
    assert (made.state, made.capacity, made.search_folded) == ("draft", 40, "k09-2025 lop thu chin")
    desk.post(f"/classes/{made.id}/announce")
    assert Klass.get_by_id(made.id).state == "enrolling"


def test_what_was_typed_stays_when_it_cannot_be_used(desk, make, klass):
    typed = {
        "programme_version": make.programme().id, "organiser": make.organisation(kind="school").id, "code": "K05-2025",
        "title": "<b>Lớp</b> & thầy", "starts_on": "2025-04-10", "ends_on": "2025-04-01", "capacity": "nhiều", "homeroom_lecturer": "0",
    }  # fmt: skip
    answer = desk.post("/classes/new", data=typed)

    assert answer.status_code == 422
    assert "&lt;b&gt;Lớp&lt;/b&gt; &amp; thầy" in answer.text
    assert 'value="nhiều"' in answer.text
    assert 'value="2025-04-10"' in answer.text
    assert Klass.select().count() == 1


def test_the_sentence_of_the_rule_stands_beside_its_field(desk, make, klass):
    typed = {
        "programme_version": make.programme().id, "organiser": make.organisation(kind="school").id, "code": "K05-2025",
        "title": "Lớp trùng mã", "homeroom_lecturer": "0",
    }  # fmt: skip
    answer = desk.post("/classes/new", data=typed)

    assert answer.status_code == 422
    assert re.search(r'id="code-errors".*?Mã “K05-2025” đã dùng cho lớp khác', answer.text, flags=re.S)


def test_a_refused_step_says_why(desk, klass):
    answer = desk.post(f"/classes/{klass.id}/start")

    assert answer.status_code == 409
    assert "Lớp chưa có học viên" in answer.text


def test_a_get_changes_nothing(desk, klass):
    for deed in ("announce", "start", "close", "cancel", "reopen"):
        assert desk.get(f"/classes/{klass.id}/{deed}").status_code == 405
    assert Klass.get_by_id(klass.id).state == "enrolling"


# --- learners --------------------------------------------------------------------------------------


def test_an_official_is_found_without_accents_and_added(desk, make, klass):
    official = make.official("Đặng Thị Ánh")
    html = desk.get(f"/classes/{klass.id}/learners?find=dang thi anh").text
    assert "Đặng Thị Ánh" in html

    desk.post(f"/classes/{klass.id}/learners/{official.id}")
    assert [row.official.full_name for row in queries.learners(klass)] == ["Đặng Thị Ánh"]
    assert desk.post(f"/classes/{klass.id}/learners/{official.id}").status_code == 409


def test_a_learner_leaves_with_a_reason(desk, make, klass):
    member = make.learner(klass)
    trial = desk.post("/bulk/deeds/courses.take_out", data={"target": klass.id, "id": member.id})
    path = f"{trial.location}/apply"

    assert desk.post(path, data={"reason": ""}).status_code == 422
    assert desk.post(path, data={"reason": "Chuyển công tác"}).status_code == 303
    assert queries.learners(klass) == []


@pytest.mark.parametrize("role", ["lecturer", "trainee", "training_officer", "inspector", "school_head"])
def test_only_the_academic_officer_takes_learners_out(client, login, make, klass, role):
    member = make.learner(klass)
    login(make.user(role))
    data = {"target": klass.id, "id": member.id}
    assert client.post("/bulk/deeds/courses.take_out", data=data).status_code == 403


# --- sessions and timetable ------------------------------------------------------------------------


def test_a_session_is_moved(desk, make, klass):
    session = make.session(klass, 1, date(2025, 3, 3))
    typed = {
        "day": "2025-03-04", "begins": "13:30", "ends": "17:00", "topic": "Chuyên đề dời ngày", "periods": "4",
        "lecturer": "0", "room": "0", "required": "y",
    }  # fmt: skip
    assert desk.post(f"/classes/{klass.id}/sessions/{session.id}/edit", data=typed).status_code == 303

    moved = clock.local(ClassSession.get_by_id(session.id).starts_at)
    assert f"{moved:%d/%m/%Y %H:%M}" == "04/03/2025 13:30"


def send(desk, klass, **form):
    return desk.post(f"/lists/courses.timetable/import?target={klass.id}", data=form, follow_redirects=True)


def test_a_timetable_goes_from_file_to_sessions_in_three_steps(desk, klass):
    preview = send(desk, klass, file=(io.BytesIO(LICH_HOC.read_bytes()), "lich-hoc.xlsx"), pasted="")
    assert preview.text.count('<li class="judged-row') == 40
    assert "Áp dụng 40 dòng" in preview.text
    assert queries.sessions(klass) == []

    result = desk.post(f"{preview.request.path}/apply", follow_redirects=True)
    assert "Đã ghi 40 buổi" in result.text
    assert len(queries.sessions(klass)) == 40
    assert desk.get(f"{preview.request.path}/result.xlsx").data.startswith(b"PK")


def test_the_same_file_again_is_nothing_to_apply(desk, klass):
    for _time in range(2):
        preview = send(desk, klass, file=(io.BytesIO(LICH_HOC.read_bytes()), "lich-hoc.xlsx"))
        answer = desk.post(f"{preview.request.path}/apply", follow_redirects=True)

    assert "Lớp đã có lịch học này" in preview.text
    assert "Không có gì để áp dụng" in answer.text
    assert len(queries.sessions(klass)) == 40


def test_pasted_cells_stay_when_they_cannot_be_read(desk, klass):
    answer = send(desk, klass, pasted="abc\tdef\n1\t2")

    assert answer.status_code == 422
    assert "abc\tdef" in answer.text


def test_an_outdated_preview_is_shown_again(desk, make, klass):
    preview = send(desk, klass, pasted=PASTED)
    make.session(klass, 1, date(2025, 3, 3), topic="Chen vào")

    answer = desk.post(f"{preview.request.path}/apply", follow_redirects=True)

    assert "Dữ liệu vừa có thay đổi" in answer.text
    assert "“Chen vào” →" in answer.text
    assert [session.topic for session in queries.sessions(klass)] == ["Chen vào"]


def test_somebody_elses_upload_is_not_there(login, make, desk, klass):
    preview = send(desk, klass, pasted=PASTED)

    assert login(make.user("academic_officer")).get(preview.request.path).status_code == 404


def test_sessions_not_in_the_file_are_named_and_cancelled_by_one_button(desk, make, klass):
    make.session(klass, 1, date(2025, 3, 10), topic="Buổi thừa")
    preview = send(desk, klass, pasted=PASTED)
    assert "10/03/2025 07:30 · Buổi thừa" in preview.text

    chosen = desk.post(f"{preview.request.path}/options", data={"option": "cancel_missing", "take": "1"}, follow_redirects=True)  # fmt: skip
    assert "1 buổi không có trong tệp này sẽ bị huỷ" in chosen.text
    result = desk.post(f"{preview.request.path}/apply", follow_redirects=True)

    assert "huỷ 1 buổi" in result.text
    assert "Buổi thừa" not in {session.topic for session in queries.sessions(klass)}
    assert desk.post(f"{preview.request.path}/options", data={"option": "nothing"}).status_code == 302


def test_import_and_export_stand_where_every_list_has_them(desk, make, klass):
    page = desk.get(f"/classes/{klass.id}/sessions").text
    assert f"/lists/courses.timetable/import?target={klass.id}" in page
    assert f"/lists/courses.timetable/export.xlsx?target={klass.id}" in page
    form = desk.get(f"/lists/courses.timetable/import?target={klass.id}").text
    assert "Buổi (Sáng, Chiều, Tối) hoặc Giờ" in form

    over = make.klass(state="closed", sessions=1)
    page = desk.get(f"/classes/{over.id}/sessions").text
    assert "courses.timetable/import" not in page
    assert "courses.timetable/export" in page


# --- what a page may cost --------------------------------------------------------------------------


def weight(client, path):
    """Bytes of the page with its style sheets and scripts."""
    html = client.get(path)
    assert html.status_code == 200
    total = len(html.data)
    for address in set(re.findall(r'(?:<link rel="stylesheet" href|<script[^>]* src)="([^"]+)"', html.text)):
        total += len(client.get(address).data)
    return total


def test_pages_of_lecturer_and_trainee_are_light(login, make, frozen):
    lecturer_user = make.user("lecturer")
    official = make.official()
    klass = make.klass(sessions=40, learners=45, lecturer=make.lecturer(user=lecturer_user))
    make.learner(klass, official=official)

    with frozen(datetime(2025, 3, 5, 8)):
        for user in (lecturer_user, make.user("trainee", official=official)):
            client = login(user)
            for path in ("/", "/classes/", f"/classes/{klass.id}", f"/classes/{klass.id}/sessions"):
                assert weight(client, path) <= 100_000, path


def test_the_list_costs_the_same_for_two_and_for_twenty(desk, make, max_queries):
    make.klass("A-1", state="enrolling", learners=3, sessions=2)
    desk.get("/classes/")
    with max_queries(40) as few:
        desk.get("/classes/")
    for number in range(20):
        make.klass(f"B-{number}", state="enrolling", learners=1, sessions=1)

    with max_queries(len(few)):
        assert desk.get("/classes/").text.count("<tr>") > 20


@pytest.mark.parametrize("tab", ["/learners", "/review", "/sessions"])
def test_a_tab_costs_the_same_for_two_and_for_thirty_learners(desk, make, max_queries, tab):
    small, large = make.klass("NHO", learners=2, sessions=2), make.klass("LON", learners=30, sessions=30)
    desk.get(f"/classes/{small.id}{tab}")
    with max_queries(80) as few:
        desk.get(f"/classes/{small.id}{tab}")

    with max_queries(len(few)):
        desk.get(f"/classes/{large.id}{tab}")


# --- home ------------------------------------------------------------------------------------------


def test_the_lecturer_lands_on_the_session_that_is_on(login, make, frozen):
    user = make.user("lecturer")
    klass = make.klass(sessions=1, lecturer=make.lecturer(user=user))
    with frozen(datetime(2025, 3, 3, 7, 35)):
        html = login(user).get("/").text

    assert "Bây giờ: Buổi 1" in html
    assert f'/attendance/sessions/{queries.sessions(klass)[0].id}"' in html


def test_the_trainee_sees_the_next_session(login, make, frozen):
    official = make.official()
    klass = make.klass("K05-2025", sessions=2)
    make.learner(klass, official=official)
    with frozen(datetime(2025, 3, 3, 18)):
        html = login(make.user("trainee", official=official)).get("/").text

    assert "04/03/2025, 07:30" in html
    assert "K05-2025" in html


def test_the_administration_keeps_reference_data(login, make, officer):
    client = login(officer)

    for name in ("programmes", "programme-versions", "rooms", "lecturers"):
        assert client.get(f"/admin/{name}/").status_code == 200
    assert login(make.user("lecturer")).get("/admin/rooms/").status_code == 403
