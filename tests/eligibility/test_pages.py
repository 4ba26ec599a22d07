"""The pages, the JSON and the command: the same answer, within the reader's scope, whatever is typed."""

from __future__ import annotations

import re
from datetime import date, datetime

import pytest

from lms import clock
from lms.access import editing
from lms.audit.models import AuditRow
from lms.importing import sheets
from plugins.eligibility.models import RecordedFact
from tests.eligibility.conftest import holds, on_file, reviewed

HOSTILE = [
    "<script>alert(1)</script>",
    "'; drop table lms_official; --",
    "%",
    "_",
    "\x00",
    "\u202eabc",
    "a" * 5000,
    "🐉",
    "ᵈ",
]


@pytest.fixture
def an(rules, make, agency):
    """Nguyễn Văn An of the agency, one course short."""
    official = make.official(
        "Nguyễn Văn An", agency, code="200123", birth_date=date(1980, 2, 1), position="Chuyên viên"
    )
    reviewed(official)
    holds(official, "LLCT-TC", "QLNN-CV")
    return official


@pytest.fixture(autouse=True)
def november():
    with clock.frozen(datetime(2026, 11, 24, 9)):
        yield


def text_of(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.get_data(as_text=True)))


def checked(client, **values):
    return client.post(
        "/eligibility/", data={"q": "nguyen van an", "post": "PTP-SO", "on": "31/03/2025", **values}
    )


def test_from_a_name_without_accents_to_the_verdict(login, officer, an):
    client = login(officer)
    answer = checked(client)
    assert answer.status_code == 303
    page = client.get(answer.location)
    shown = text_of(page)
    assert page.status_code == 200
    for part in (
        "Chưa đủ điều kiện",
        "Thiếu 1 trong 3",
        "Bồi dưỡng lãnh đạo, quản lý cấp phòng",
        "LLCT-TC/2018",
        "2026.11",
        "TC-PTP-SO-2024",
    ):
        assert part in shown
    assert shown.index("Chưa đủ điều kiện") < shown.index("Từng tiêu chuẩn")
    row = AuditRow.get(AuditRow.deed == "eligibility.check")
    assert (row.object_id, row.details["outcome"]) == (str(an.id), "not_yet")
    home = text_of(client.get("/"))
    assert "Nguyễn Văn An" in home


def test_several_people_are_offered_and_nothing_typed_is_lost(login, make, officer, agency, an):
    make.official("Nguyễn Văn An", agency, code="200124")
    make.official("Nguyễn Văn Hoàng", agency, code="200125")
    client = login(officer)
    answer = checked(client)
    html = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert html.count('name="official"') == 2
    assert 'value="nguyen van an"' in html
    assert 'value="31/03/2025"' in html
    assert re.search(r'<option selected value="PTP-SO"', html)
    assert checked(client, official=an.id).status_code == 303


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"q": "không có ai"}, "Không có ai trong các cơ quan của bạn"),
        ({"q": ""}, "Hãy gõ họ tên"),
        ({"on": "31/02/2026"}, "Ghi ngày theo dạng"),
        ({"post": ""}, "Hãy chọn chức vụ"),
        (
            {"post": "TP-HUYEN", "on": "01/07/2025"},
            "chức vụ kế tiếp là “Trưởng phòng thuộc Ủy ban nhân dân xã, phường”",
        ),
    ],
)
def test_what_cannot_be_is_said_beside_the_field(login, officer, an, values, sentence):
    answer = checked(login(officer), **values)
    html = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert sentence in text_of(answer).replace("&#34;", '"')
    assert 'aria-invalid="true"' in html
    for name in {"q": "nguyen van an", "on": "31/03/2025", **values}.items():
        if name[0] in ("q", "on") and name[1]:
            assert f'value="{name[1]}"' in html
    assert AuditRow.select().where(AuditRow.deed == "eligibility.check").count() == 0


@pytest.mark.parametrize("bad", HOSTILE)
def test_hostile_input_is_only_text(login, officer, an, bad):
    client = login(officer)
    for answer in (
        checked(client, q=bad),
        checked(client, post=bad),
        checked(client, on=bad),
        checked(client, official=bad, q=bad),
        client.get("/eligibility/people", query_string={"q": bad}),
        client.get("/eligibility/posts", query_string={"on": bad, "post": bad}),
        client.get(
            "/eligibility/agency",
            query_string={"organisation": bad, "post": bad, "on": bad, "page": bad, "show": bad},
        ),
        client.get(f"/eligibility/officials/{an.id}/posts/PTP-SO", query_string={"on": bad, "known": bad}),
        client.get("/api/v1/eligibility/check", query_string={"official": bad, "post": bad, "on": bad}),
        client.get("/eligibility/", query_string={"q": bad, "on": bad, "post": bad, "official": bad}),
    ):
        assert answer.status_code in (200, 404, 422), answer.request.path
        assert answer.is_json or "<script>alert" not in answer.get_data(as_text=True)


def test_an_agency_sees_its_own_people_only(login, make, province, agency, an):
    stranger = make.user("appointing_officer", organisation=make.organisation("so-khac", parent=province))
    client = login(stranger)
    assert checked(client).status_code == 422
    assert "Nguyễn Văn An" not in text_of(client.get("/eligibility/people?q=nguyen"))
    assert client.get(f"/eligibility/officials/{an.id}/posts/PTP-SO").status_code == 404
    assert client.get(f"/eligibility/officials/{an.id}").status_code == 404
    assert checked(client, official=an.id).status_code == 422
    assert "Nguyễn Văn An" not in text_of(
        client.get(f"/eligibility/agency?organisation={agency.id}&post=PTP-SO")
    )
    answer = client.get("/api/v1/eligibility/check?official=200123&post=PTP-SO")
    assert answer.status_code == 422
    assert "official" in answer.json["error"]["fields"]


def test_the_province_sees_the_agencies_below_it(login, make, province, an):
    client = login(make.user("appointing_officer", organisation=province))
    assert checked(client).status_code == 303


@pytest.mark.parametrize("role", ["lecturer", "trainee", "training_officer", "platform_admin"])
def test_other_roles_are_kept_out(login, make, agency, an, role):
    client = login(make.user(role, organisation=agency if role == "training_officer" else None))
    for path in (
        "/eligibility/",
        "/eligibility/agency",
        "/eligibility/rules",
        f"/eligibility/officials/{an.id}/posts/PTP-SO",
    ):
        assert client.get(path).status_code == 403
    assert client.get("/api/v1/eligibility/check?official=200123&post=PTP-SO").status_code == 403


def test_the_verdict_can_be_read_as_known_then_and_as_known_now(login, officer, an):
    on_file(
        an, "programme", "LDQL-PHONG", date(2024, 1, 1), recorded_at=clock.from_local(datetime(2026, 1, 5, 9))
    )
    client = login(officer)
    path = f"/eligibility/officials/{an.id}/posts/PTP-SO?on=2025-03-31"
    now, then = text_of(client.get(path)), text_of(client.get(f"{path}&known=then"))
    assert "Đủ điều kiện Đạt cả 3" in now
    assert "Theo dữ liệu lúc đó, kết luận là: Chưa đủ điều kiện" in now
    assert "Chưa đủ điều kiện Thiếu 1 trong 3" in then


def test_unknown_rules_are_named_with_what_to_fill_in(login, officer, an):
    shown = text_of(login(officer).get(f"/eligibility/officials/{an.id}/posts/CT-UBND-XA"))
    assert "Chưa kết luận được" in shown
    assert "Chưa rõ, cần bổ sung" in shown
    assert "chương trình nào thay chương trình lãnh đạo, quản lý cấp huyện" in shown


def test_the_list_of_an_agency_has_a_verdict_on_each(login, make, officer, agency, an, max_queries):
    for number in range(60):
        make.official(f"Trần Thị {number}", agency)
    client = login(officer)
    path = f"/eligibility/agency?organisation={agency.id}&post=PTP-SO&on=31/03/2025"
    client.get(path)
    with max_queries(30):
        page = client.get(path)
    shown = text_of(page)
    assert "Tất cả 61" in shown
    assert "Thiếu một khóa 1" in shown
    one = text_of(client.get(f"{path}&show=one_short"))
    assert "Nguyễn Văn An" in one
    assert "Trần Thị" not in one


def test_the_department_records_what_the_file_shows(login, department, an):
    client = login(department)
    path = f"/eligibility/officials/{an.id}/facts"
    wrong = client.post(path, data={"what": "rank:chuyen_vien", "source": ""})
    assert wrong.status_code == 422
    assert "Hãy ghi rõ theo giấy tờ nào" in text_of(wrong)
    done = client.post(
        path,
        data={
            "what": "programme:LDQL-PHONG",
            "held_from": "2024-01-01",
            "source": "Hồ sơ số 12",
            "number": "77/2024",
        },
    )
    assert done.status_code == 303
    fact = RecordedFact.get(RecordedFact.number == "77/2024")
    assert checked(client).status_code == 303
    assert client.post(f"/eligibility/facts/{fact.id}/withdraw", data={"reason": "Nhầm"}).status_code == 303
    assert RecordedFact.get_by_id(fact.id).withdrawn_reason == "Nhầm"


def test_an_appointing_officer_may_not_record(login, officer, an):
    client = login(officer)
    assert (
        client.post(
            f"/eligibility/officials/{an.id}/facts", data={"what": "rank:chuyen_vien", "source": "x"}
        ).status_code
        == 403
    )
    assert "Lưu mục này" not in text_of(client.get(f"/eligibility/officials/{an.id}"))


def test_json_gives_the_whole_answer(login, officer, an):
    answer = login(officer).get("/api/v1/eligibility/check?official=200123&post=PTP-SO&on=31/03/2025").json
    assert (answer["outcome"], answer["one_course_short"], answer["requirements_open"]) == (
        "not_yet",
        True,
        1,
    )
    assert answer["standard"]["id"] == "TC-PTP-SO-2024"
    assert answer["rules_version"].startswith("2026.11")


def test_the_rules_page_lists_what_must_be_filled_in_first(login, officer, rules):
    shown = text_of(login(officer).get("/eligibility/rules"))
    assert shown.index("Cần bổ sung") < shown.index("Tiêu chuẩn chức vụ")
    assert "MODE-VC-2026" in shown


def test_the_review_of_an_agency_goes_out_within_the_readers_scope(
    login, make, province, agency, officer, an
):
    address = f"/lists/eligibility.review/export.csv?organisation={agency.id}&post=PTP-SO"
    page = login(officer).get(f"/eligibility/agency?organisation={agency.id}&post=PTP-SO").text
    assert "/lists/eligibility.review/export.csv?organisation=" in page
    rows = sheets.read(login(officer).get(address).data, "x.csv").rows
    assert an.full_name in [row[1] for row in rows]
    stranger = make.user("appointing_officer", organisation=make.organisation("so-khac", parent=province))
    assert len(sheets.read(login(stranger).get(address).data, "x.csv").rows) == 1


def test_whoever_may_ask_finds_the_question_on_the_first_page(login, make, agency):
    """By permission: also a role of the site's own, and the Department."""
    admin = make.user("platform_admin")
    own = editing.add_role("Chuyên viên nhân sự", "Xét điều kiện bổ nhiệm.", everywhere=False, by=admin)
    asker = make.user(own.name, organisation=agency)
    assert "home-post" not in login(asker).get("/").text
    editing.change(own, {"eligibility.check"}, by=admin)
    for user in (asker, make.user("department_officer")):
        assert "home-post" in login(user).get("/").text
