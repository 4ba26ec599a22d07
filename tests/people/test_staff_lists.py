"""An agency sends its staff list; the difference is approved row by row, and nobody is deleted."""

import io
from datetime import date

import pytest

from lms.people import history
from lms.people.models import Employment, Official
from lms.people.staff import services
from lms.people.staff.models import StaffList

HEAD = "TT,Họ và tên,Ngày sinh,Số CCCD,Mã CB,Chức vụ\n"


@pytest.fixture
def officer(make, justice):
    return make.user("training_officer", organisation=justice)


@pytest.fixture
def an(make, justice):
    return make.official(
        "Nguyễn Văn An", justice, birth_date=date(1980, 2, 1), code="012345", position="Chuyên viên"
    )


@pytest.fixture
def binh(make, justice):
    return make.official("Trần Thị Bình", justice, birth_year=1979)


@pytest.fixture
def cuong(make, home):
    return make.official("Lê Cường", home, cccd="038080123456", position="Trưởng phòng")


@pytest.fixture
def sent(officer, justice, an, binh, cuong):
    """An was promoted, Bình is not in the list, Cường is on record elsewhere, Dung is new."""
    text = HEAD + (
        "1,Nguyễn Văn An,01/02/1980,,012345,Phó trưởng phòng\n"
        "2,Lê Cường,1980,038080123456,,Chuyên viên\n"
        "3,Phạm Thị Dung,03/04/1990,,,Chuyên viên\n"
    )
    return services.take_in(justice, text.encode(), "nhan-su.csv", by=officer)


def by_status(made):
    return {row.status: row for row in services.rows_of(made)}


def test_every_row_says_what_is_different_and_nothing_changes(sent, an, binh):
    rows = by_status(sent)
    assert {status: row.name for status, row in rows.items()} == {
        "changed": "Nguyễn Văn An",
        "conflict": "Lê Cường",
        "new": "Phạm Thị Dung",
        "left": "Trần Thị Bình",
    }
    change = rows["changed"].changes[0]
    assert (change["old"], change["new"]) == ("Chuyên viên", "Phó trưởng phòng")
    assert Official.get_by_id(an.id).position == "Chuyên viên"
    assert sent.counts == {"changed": 1, "conflict": 1, "new": 1, "left": 1}


def test_the_other_agency_is_named_and_its_record_not_shown(sent):
    row = by_status(sent)["conflict"]
    assert "Sở Nội vụ" in row.note
    assert "Trưởng phòng" not in str(row.plain())


def test_only_what_is_accepted_is_taken_over(sent, an, binh, cuong, justice, department):
    rows = by_status(sent)
    done = services.decide(sent, {rows["changed"].key, rows["new"].key}, by=department)
    assert (done.counts["accepted"], done.counts["failed"], done.rows) == (2, 0, "")
    assert Official.get_by_id(an.id).position == "Phó trưởng phòng"
    assert Official.get(Official.full_name == "Phạm Thị Dung").organisation_id == justice.id
    assert Official.get_by_id(binh.id).active
    assert Official.get_by_id(cuong.id).organisation_id != justice.id
    with pytest.raises(services.AlreadyDecided):
        services.decide(sent, set(), by=department)


def test_who_left_stays_on_record(sent, binh, department):
    services.decide(sent, {by_status(sent)["left"].key}, by=department)
    person = Official.get_by_id(binh.id)
    assert not person.active
    assert Employment.get(Employment.official == binh).to_date is not None
    assert "Đang công tác → Đã thôi" in history.timeline(person)[0].text


def test_an_accepted_conflict_moves_the_person(sent, cuong, justice, department):
    services.decide(sent, {by_status(sent)["conflict"].key}, by=department)
    assert Official.get_by_id(cuong.id).organisation_id == justice.id


def test_a_row_that_fails_is_named_and_holds_nobody_up(make, sent, department, home):
    make.official("Người Khác", home, code="777777")
    made = StaffList.get_by_id(sent.id)
    rows = services.rows_of(made)
    next(row for row in rows if row.status == "new").values["code"] = "777777"
    made.rows = services._sealed(rows)
    made.save()
    done = services.decide(made, {row.key for row in rows if row.status in {"new", "changed"}}, by=department)
    assert (done.counts["accepted"], done.counts["failed"]) == (1, 1)
    assert "Phạm Thị Dung" in done.problems[0]


def test_an_id_and_a_code_of_two_records_are_not_guessed(make, officer, justice, an):
    make.official("Nguyễn Văn An", justice, cccd="038080999999")
    made = services.take_in(
        justice, (HEAD + "1,Nguyễn Văn An,01/02/1980,038080999999,012345,\n").encode(), "a.csv", by=officer
    )
    row = next(row for row in services.rows_of(made) if row.number)
    assert (row.status, row.other) == ("error", an.id)


def test_the_same_list_again_has_no_difference(officer, justice, an, binh):
    text = HEAD + "1,Nguyễn Văn An,01/02/1980,,012345,Chuyên viên\n2,Trần Thị Bình,1979,,,\n"
    made = services.take_in(justice, text.encode(), "nhan-su.csv", by=officer)
    assert made.counts == {"same": 2}


def test_citizen_ids_of_the_list_are_sealed(sent):
    assert "038080123456" not in StaffList.get_by_id(sent.id).rows


def test_comparing_costs_the_same_for_a_long_list(make, officer, justice, max_queries):
    text = HEAD + "".join(f"{n},Nguyễn Văn {n % 7} An,1980,,,Chuyên viên\n" for n in range(1, 200))
    for _ in range(30):
        make.official("Nguyễn Văn An", justice, birth_year=1980)
    with max_queries(20):
        services.take_in(justice, text.encode(), "nhan-su.csv", by=officer)


class TestPages:
    def test_from_the_file_to_the_decision(self, client, login, officer, department, justice, an, binh):
        login(officer)
        text = HEAD + "1,Nguyễn Văn An,01/02/1980,,012345,Phó trưởng phòng\n"
        upload = {"organisation": justice.id, "file": (io.BytesIO(text.encode()), "nhan-su.csv")}
        page = client.post("/people/staff-lists", data=upload).location
        shown = client.get(page).text
        assert "Phó trưởng phòng" in shown
        assert "Tiếp nhận các dòng đã chọn" not in shown
        key = by_status(StaffList.get())["changed"].key
        assert client.post(f"{page}/decide", data={"accept": key}).status_code == 403
        # The next list is for the same agency, already chosen.
        assert f'<option selected value="{justice.id}">' in client.get("/people/staff-lists").text
        login(department)
        client.post(f"{page}/decide", data={"accept": key})
        assert Official.get_by_id(an.id).position == "Phó trưởng phòng"
        assert client.get(page).status_code == 200

    def test_another_agencys_list_is_not_there(self, client, login, make, home, sent):
        login(make.user("training_officer", organisation=home))
        assert client.get(f"/people/staff-lists/{sent.id}").status_code == 404

    def test_a_file_that_is_no_table_says_so(self, client, login, officer, justice):
        login(officer)
        upload = {"organisation": justice.id, "file": (io.BytesIO(b"xin chao"), "a.txt")}
        assert client.post("/people/staff-lists", data=upload).status_code == 422
