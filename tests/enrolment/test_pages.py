"""The pages of agencies and of the school, with hostile and wrong input."""

import io
import re

import pytest

from lms.access import editing
from lms.importing import sheets
from lms.importing.models import ImportDraft
from lms.notify.models import Notice
from plugins.enrolment.models import Nomination
from plugins.enrolment.services import deciding, nominating


def upload(client, klass, data, name="danh-sach.xlsx"):
    """Send a file as browsers do; the body is made by hand because the test client leaves temporary files open."""
    name = name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
    head = f'--x\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\nContent-Type: application/octet-stream\r\n\r\n'
    body = head.encode() + data + b"\r\n--x--\r\n"
    return client.post(
        f"/lists/enrolment.nominate/import?target={klass.id}",
        input_stream=io.BytesIO(body),
        content_length=len(body),
        content_type="multipart/form-data; boundary=x",
    )


@pytest.fixture
def agency(login, province):
    return login(province.officer)


@pytest.fixture
def key(agency, province, sample_bytes):
    answer = upload(agency, province.klass, sample_bytes)
    assert answer.status_code == 302
    return answer.location.rsplit("/", 1)[-1]


def words(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))


def test_from_home_to_result_in_five_steps(agency, province, sample_bytes):
    home = agency.get("/").get_data(as_text=True)
    assert f'href="/enrolment/classes/{province.klass.id}"' in home
    page = words(agency.get(f"/enrolment/classes/{province.klass.id}"))
    assert "Gửi danh sách" in page
    assert "Các lần nhập trước" in page
    form = sheets.read(agency.get("/lists/enrolment.nominate/form.xlsx").data, "mau.xlsx").rows[0]
    assert form[:2] == ("Họ và tên", "Ngày sinh")
    assert not any("(" in label for label in form)
    at = upload(agency, province.klass, sample_bytes).location
    preview = words(agency.get(at))
    assert "18 người sẽ được cử" in preview
    assert "7 dòng cần xem lại" in preview
    assert "II. Khối xã, thị trấn" in preview
    assert "số 125/QĐ-UBND ngày 03/02/2025" in preview
    done = agency.post(f"{at}/apply", follow_redirects=True)
    assert "Đã cử 18 người" in words(done)
    assert Nomination.select().count() == 18
    again = agency.post(f"{at}/apply", follow_redirects=True)
    assert Nomination.select().count() == 18
    assert "đã được ghi nhận" in words(again)
    file = agency.get(f"{at}/result.xlsx")
    assert "attachment" in file.headers["Content-Disposition"]
    assert sheets.read(file.data, "x.xlsx").rows[7][-2:] == ("Kết quả", "Lý do")


def test_each_judgement_has_its_chip_and_rows(agency, key):
    for show, expected in (("conflict", 7), ("new", 18), ("skipped", 18), ("", 25), ("nonsense", 25)):
        page = agency.get(f"/imports/{key}?show={show}").get_data(as_text=True)
        assert page.count('class="judged-row') == expected
    assert "Lê Văn Mẫu" in words(agency.get(f"/imports/{key}?show=skipped"))


def test_a_row_is_corrected_in_place_and_a_reload_keeps_it(agency, key):
    answer = agency.post(
        f"/imports/{key}/rows/16?show=conflict",
        data={
            "name": "Hoàng Văn Hoà",
            "birth": "13/11/1977",
            "cccd": "",
            "code": "030246",
            "unit": "UBND xã Hoằng Hoá",
        },
    )
    assert answer.location.endswith("?show=conflict#row-16")
    assert "đồng chí đã sửa" in words(agency.get(f"/imports/{key}?show=new"))
    assert "19 người sẽ được cử" in words(agency.get(f"/imports/{key}"))


def test_what_was_typed_wrongly_stays_beside_its_message(agency, key):
    agency.post(f"/imports/{key}/rows/10", data={"birth": "32/13/1976", "name": "<script>alert(1)</script>"})
    page = agency.get(f"/imports/{key}?show=error").get_data(as_text=True)
    assert 'value="32/13/1976"' in page
    assert 'aria-describedby="birth-10-errors"' in page
    assert "&lt;script&gt;" in page
    assert "<script>alert" not in page


def test_citizen_ids_stay_masked_on_the_page(agency, key):
    page = agency.get(f"/imports/{key}").get_data(as_text=True)
    assert not re.search(r"(?<!\d)0?38\d{9}(?!\d)", page)
    assert "•••••••••048" in page


@pytest.mark.parametrize(
    ("data", "name", "sentence"),
    [
        (b"", "x.xlsx", "Hãy chọn tệp|Tệp trống"),
        (b"%PDF-1.7", "x.xlsx", "tệp PDF"),
        (b"PK\x03\x04 rubbish", "x.xlsx", "Không mở được tệp"),
        ("Tên;Tuổi\nA;3\n".encode(), "x.csv", "Không tìm thấy dòng tiêu đề|thiếu các cột"),
        (b"a;b\n" * 10_201, "x.csv", "10201 dòng"),
        (b"x" * (5 * 1024 * 1024 + 1), "x.csv", "MB"),
    ],
)
def test_a_file_that_cannot_be_used_is_answered_beside_the_field(agency, province, data, name, sentence):
    answer = upload(agency, province.klass, data, name)
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert re.search(sentence, page[page.index('id="file-errors"') :][:900])
    assert ImportDraft.select().count() == 0


def test_pasted_cells_work_and_stay_when_they_are_wrong(agency, province):
    url = f"/lists/enrolment.nominate/import?target={province.klass.id}"
    answer = agency.post(url, data={"pasted": "Không phải\tbảng nào"})
    assert answer.status_code == 422
    assert "Không phải\tbảng nào" in answer.get_data(as_text=True)
    good = agency.post(url, data={"pasted": "Họ và tên\tNgày sinh\tMã CB\nVũ Nga\t10/04/1974\t065689\n"})
    assert "1 người sẽ được cử" in words(agency.get(good.location))


def test_an_upload_beyond_every_measure_is_refused(agency, province):
    answer = upload(agency, province.klass, b"x" * (13 * 1024 * 1024))
    assert answer.status_code == 413
    assert "12 MB" in words(answer)


def test_a_hostile_file_name_stays_a_name(agency, province, sample_bytes):
    at = upload(agency, province.klass, sample_bytes, '../../etc/<b>"x\r\ny.xlsx').location
    page = agency.get(at).get_data(as_text=True)
    assert "<b>" not in page
    agency.post(f"{at}/apply")
    header = agency.get(f"{at}/result.xlsx").headers["Content-Disposition"]
    assert "\n" not in header
    assert "/" not in header.split("filename")[1].split(";")[0]


def test_somebody_elses_list_is_not_there(agency, key, province, login):
    other = login(province.stranger)
    for method, path in (
        ("get", ""),
        ("post", "/apply"),
        ("post", "/discard"),
        ("post", "/rows/10"),
        ("get", "/result.xlsx"),
    ):
        assert getattr(other, method)(f"/imports/{key}{path}").status_code == 404
    assert other.get("/imports/khong-co").status_code == 404
    assert Nomination.select().count() == 0


def test_rows_that_are_no_people_cannot_be_corrected(agency, key):
    assert agency.post(f"/imports/{key}/rows/1", data={"name": "X"}).status_code == 404
    assert agency.post(f"/imports/{key}/rows/999999", data={"name": "X"}).status_code == 404


def test_a_list_can_be_thrown_away(agency, key, province):
    answer = agency.post(f"/imports/{key}/discard", follow_redirects=True)
    assert "chưa cử ai" in words(answer)
    assert ImportDraft.select().count() == 0


def test_other_agencies_officials_are_not_reachable(agency, province):
    theirs, own = province.officials["075643"], province.officials["065689"]
    path = f"/enrolment/classes/{province.klass.id}/officials"
    assert agency.post(f"{path}/{theirs.id}").status_code == 404
    assert agency.post(f"{path}/{own.id}", follow_redirects=True).status_code == 200
    assert [one.official for one in Nomination.select()] == [own]
    page = words(agency.get(f"/enrolment/classes/{province.klass.id}/pick"))
    assert "Vũ Nga" in page
    assert "Hà Minh Chi" not in page


def test_own_nominations_and_withdrawing(agency, province, login):
    own = province.officials["065689"]
    one = nominating.nominate_one(province.klass, own, own.organisation, by=province.officer)
    assert "Vũ Nga" in words(agency.get("/enrolment/nominations?q=vu nga&status=submitted"))
    assert sheets.read(agency.get("/lists/enrolment.own/export.xlsx").data, "x.xlsx").rows[1][1] == "Vũ Nga"
    assert "Hãy ghi lý do" in words(
        agency.post(f"/enrolment/nominations/{one.id}/withdraw", follow_redirects=True)
    )
    stranger = login(province.stranger)
    assert "Vũ Nga" not in words(stranger.get("/enrolment/nominations"))
    assert (
        stranger.post(f"/enrolment/nominations/{one.id}/withdraw", data={"reason": "abc"}).status_code == 404
    )
    agency = login(province.officer)
    agency.post(f"/enrolment/nominations/{one.id}/withdraw", data={"reason": "Nhiệm vụ khác"})
    assert Nomination.get_by_id(one.id).status == "withdrawn"


def choose(school, deed, klass, **data):
    return school.post(f"/bulk/deeds/{deed}", data={"target": klass.id, **data}, follow_redirects=True)


def test_the_school_accepts_all_that_wait_after_a_dry_run(agency, key, province, login):
    agency.post(f"/imports/{key}/apply")
    school = login(province.school)
    assert "Đề cử chờ duyệt" in words(school.get("/"))
    base = f"/enrolment/classes/{province.klass.id}/nominations"
    assert "Cả 18 đề cử đang chờ" in words(school.get(base))
    trial = choose(school, "enrolment.accept", province.klass, all="1")
    assert "18 người vào lớp được" in words(trial)
    assert Nomination.select().where(Nomination.status == "accepted").count() == 0
    done = school.post(f"{trial.request.path}/apply", follow_redirects=True)
    assert "Đã tiếp nhận 18 người vào lớp" in words(done)
    assert (
        len(
            sheets.read(
                school.get(f"/lists/enrolment.nominations/export.xlsx?target={province.klass.id}").data,
                "x.xlsx",
            ).rows
        )
        == 19
    )


def test_choosing_nobody_or_giving_no_reason(province, login):
    own = province.officials["065689"]
    one = nominating.nominate_one(province.klass, own, own.organisation, by=province.officer)
    school = login(province.school)
    for nobody in ({}, {"id": ["x", "-1", "9" * 30]}):
        assert "Hãy chọn ít nhất một" in words(choose(school, "enrolment.accept", province.klass, **nobody))
    trial = choose(school, "enrolment.reject", province.klass, id=one.id)
    refused = school.post(f"{trial.request.path}/apply", data={"reason": " "})
    assert refused.status_code == 422
    assert "Cần nêu lý do" in words(refused) or "lý do" in words(refused)
    school.post(f"{trial.request.path}/apply", data={"reason": "Không đúng đối tượng"})
    assert Nomination.get_by_id(one.id).reason == "Không đúng đối tượng"


def test_who_may_not_open_the_pages(client, province, login, make):
    urls = ["/enrolment/", "/enrolment/nominations", f"/enrolment/classes/{province.klass.id}", "/enrolment/decide",
            f"/enrolment/classes/{province.klass.id}/nominations"]  # fmt: skip
    assert {client.get(url).status_code for url in urls} == {302}
    trainee = login(make.user("trainee"))
    assert {trainee.get(url).status_code for url in urls} == {403}
    agency = login(province.officer)
    assert agency.get(urls[-1]).status_code == 403
    assert choose(agency, "enrolment.accept", province.klass, all="1").status_code == 403


def test_lists_cost_the_same_however_long(province, login, max_queries):
    for code in province.officials:
        own = province.officials[code]
        if own.organisation_id != province.organisations["so-tu-phap"].id:
            nominating.nominate_one(province.klass, own, own.organisation, by=province.officer)
    agency = login(province.officer)
    for url, most in (
        ("/enrolment/", 30),
        ("/enrolment/nominations", 24),
        (f"/enrolment/classes/{province.klass.id}", 36),
        (f"/enrolment/classes/{province.klass.id}/pick", 26),
    ):
        with max_queries(most):
            assert agency.get(url).status_code == 200
    school = login(province.school)
    for url, most in (("/enrolment/decide", 24), (f"/enrolment/classes/{province.klass.id}/nominations", 40)):
        with max_queries(most):
            assert school.get(url).status_code == 200


def test_the_department_sees_the_classes_and_what_waits_for_the_school(login, province, make):
    official = province.officials["065689"]
    nominating.nominate_one(province.klass, official, official.organisation, by=province.officer)
    home = login(make.user("department_officer")).get("/")
    text = words(home)
    assert "đang học" in text
    assert province.klass.title in text
    assert f'/classes/{province.klass.id}"' in home.text
    assert "/enrolment/" not in home.text


def test_a_list_is_taken_back_until_the_school_has_decided(agency, province, sample_bytes):
    at = upload(agency, province.klass, sample_bytes).location
    agency.post(f"{at}/apply")
    sent = Nomination.select().where(Nomination.status == "submitted")
    count = sent.count()
    assert count
    assert f"{at}/undo" in agency.get(at).text
    agency.post(f"{at}/undo")
    assert sent.count() == 0
    assert f"{at}/undo" not in agency.get(at).text

    again = upload(agency, province.klass, sample_bytes).location
    agency.post(f"{again}/apply")
    assert sent.count() == count
    Nomination.update(status="accepted").where(Nomination.id == Nomination.select().first().id).execute()
    agency.post(f"{again}/undo")
    assert sent.count() == count - 1


def test_a_role_of_the_sites_own_nominates_and_hears_like_the_preset(province, make, login, deliver):
    """What counts is the permission and the agency it is held for."""
    admin = make.user("platform_admin")
    own = editing.add_role("Chuyên viên cử tuyển", "Cử người của đơn vị.", everywhere=False, by=admin)
    editing.change(own, {"enrolment.nominate", "people.view"}, by=admin)
    agency = province.organisations["vp-ubnd"]
    user, colleague = make.user(own.name, organisation=agency), make.user(own.name, organisation=agency)
    assert agency.name in login(user).get("/enrolment/").text
    official = make.official("Lê Thị Cử", agency)
    nomination = nominating.nominate_one(province.klass, official, agency, by=user)
    deciding.accept(province.klass, [nomination.id], by=province.school)
    deliver()
    heard = {notice.user_id for notice in Notice.select().where(Notice.topic == "enrolment.decided")}
    assert heard == {user.id, colleague.id}


def test_the_result_stays_readable_when_the_class_takes_no_more(agency, key, province):
    agency.post(f"/imports/{key}/apply")
    province.klass.state = "running"
    province.klass.save()
    assert "Đã cử 18 người" in words(agency.get(f"/imports/{key}"))
    late = agency.post(f"/lists/enrolment.nominate/import?target={province.klass.id}", data={"pasted": "x"})
    assert late.status_code == 404


def test_columns_chosen_by_hand_are_remembered_for_the_agencys_next_list(agency, province):
    url = f"/lists/enrolment.nominate/import?target={province.klass.id}"
    sent = {"pasted": "Cán bộ\tNgày sinh\tMã CB\nVũ Nga\t10/04/1974\t065689\n"}
    at = agency.post(url, data=sent).location
    assert "Thiếu cột" in words(agency.get(at))
    agency.post(f"{at}/columns", data={"column-name": "0", "column-birth": "1", "column-code": "2"})
    assert "1 người sẽ được cử" in words(agency.get(at))
    agency.post(f"{at}/apply")
    again = agency.post(url, data=sent).location
    assert "Đã cử từ trước" in words(agency.get(again))


def test_a_long_list_is_nominated_by_a_worker(agency, province, deliver):
    lines = "".join(
        f"Lê Văn {'ABCDEGHIKL'[n % 10]}n\t{1 + n % 28:02d}/02/{1970 + n // 28}\t38{n:04d}\n"
        for n in range(120)
    )
    url = f"/lists/enrolment.nominate/import?target={province.klass.id}"
    at = agency.post(url, data={"pasted": f"Họ và tên\tNgày sinh\tMã CB\n{lines}"}).location
    assert "120 người sẽ được cử" in words(agency.get(at))
    under_way = agency.post(f"{at}/apply")
    assert "/jobs/" in under_way.location
    assert Nomination.select().count() == 0
    deliver()
    assert Nomination.select().count() == 120
    assert "Đã cử 120 người" in words(agency.get(at))
