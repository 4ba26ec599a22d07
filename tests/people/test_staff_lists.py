"""An agency sends its staff list; the difference is approved row by row, and nobody is deleted."""

import io
from datetime import date, datetime

import pytest

from lms import jobs
from lms.importing import drafts
from lms.importing import services as importing
from lms.importing.kinds import kind_or_404
from lms.importing.models import ImportDraft
from lms.jobs import rows as rows_of_work
from lms.people import bulk, history
from lms.people import services as people
from lms.people.models import Employment, Official
from lms.people.staff import deciding, services
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


def judged(organisation, text, *, by):
    """The list as the agency uploads it, every row judged."""
    return importing.take_in(
        kind_or_404("people.staff"), text.encode(), "nhan-su.csv", by=by, target=organisation.id
    )


def send(organisation, text, *, by):
    """The list put before the approver."""
    importing.apply(judged(organisation, text, by=by), by=by)
    return StaffList.select().order_by(StaffList.id.desc()).first()


def statuses(draft):
    return {row.values.get("name"): str(row.status) for row in drafts.preview(draft).only(None)}


@pytest.fixture
def sent(officer, justice, an, binh, cuong):
    """An was promoted, Bình is not in the list, Cường is on record elsewhere, Dung is new."""
    text = HEAD + (
        "1,Nguyễn Văn An,01/02/1980,,012345,Phó trưởng phòng\n"
        "2,Lê Cường,1980,038080123456,,Chuyên viên\n"
        "3,Phạm Thị Dung,03/04/1990,,,Chuyên viên\n"
    )
    return send(justice, text, by=officer)


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
    done = deciding.decide(sent, {rows["changed"].key, rows["new"].key}, by=department)
    assert (done.counts["accepted"], done.counts["failed"]) == (2, 0)
    assert Official.get_by_id(an.id).position == "Phó trưởng phòng"
    assert Official.get(Official.full_name == "Phạm Thị Dung").organisation_id == justice.id
    assert Official.get_by_id(binh.id).active
    assert Official.get_by_id(cuong.id).organisation_id != justice.id
    with pytest.raises(services.AlreadyDecided):
        deciding.decide(sent, set(), by=department)


def test_who_left_stays_on_record(sent, binh, department):
    deciding.decide(sent, {by_status(sent)["left"].key}, by=department)
    person = Official.get_by_id(binh.id)
    assert not person.active
    assert Employment.get(Employment.official == binh).to_date is not None
    assert "Đang công tác → Đã thôi" in history.timeline(person)[0].text


def test_an_accepted_conflict_moves_the_person(sent, cuong, justice, department):
    deciding.decide(sent, {by_status(sent)["conflict"].key}, by=department)
    assert Official.get_by_id(cuong.id).organisation_id == justice.id


def test_a_row_that_fails_is_named_and_holds_nobody_up(make, sent, department, home):
    make.official("Người Khác", home, code="777777")
    made = StaffList.get_by_id(sent.id)
    rows = services.rows_of(made)
    next(row for row in rows if row.status == "new").values["code"] = "777777"
    made.rows = services._sealed(rows)
    made.save()
    done = deciding.decide(made, {row.key for row in rows if row.status in {"new", "changed"}}, by=department)
    assert (done.counts["accepted"], done.counts["failed"]) == (1, 1)
    assert "Phạm Thị Dung" in done.problems[0]


def test_an_id_and_a_code_of_two_records_are_not_guessed(make, officer, justice, an):
    make.official("Nguyễn Văn An", justice, cccd="038080999999")
    draft = judged(justice, HEAD + "1,Nguyễn Văn An,01/02/1980,038080999999,012345,\n", by=officer)
    assert statuses(draft) == {"Nguyễn Văn An": "conflict"}


def test_the_same_list_again_has_no_difference(officer, justice, an, binh):
    text = HEAD + "1,Nguyễn Văn An,01/02/1980,,012345,Chuyên viên\n2,Trần Thị Bình,1979,,,\n"
    made = send(justice, text, by=officer)
    assert made.counts == {"same": 2}
    assert services.rows_of(made) == []


def test_citizen_ids_of_the_list_are_sealed(sent):
    assert "038080123456" not in StaffList.get_by_id(sent.id).rows


def test_comparing_costs_the_same_for_a_long_list(make, officer, justice, max_queries):
    def asked(rows):
        text = HEAD + "".join(f"{n},Trịnh Văn Hùng,1980,,9{n:05d},Chuyên viên\n" for n in range(rows))
        with max_queries(60) as seen:
            send(justice, text, by=officer)
        return len(seen)

    for _ in range(30):
        make.official("Nguyễn Văn An", justice, birth_year=1980)
    asked(1)
    assert asked(90) == asked(3)


def test_of_two_of_one_name_the_sender_says_who_is_meant(make, officer, justice, an):
    other = make.official("Nguyễn Văn An", justice, birth_year=1980)
    draft = judged(justice, HEAD + "1,Nguyễn Văn An,1980,,,Chuyên viên\n", by=officer)
    assert statuses(draft) == {"Nguyễn Văn An": "conflict"}
    importing.correct(draft, 2, {"record_chosen": str(other.id)}, by=officer)
    importing.apply(ImportDraft.get(), by=officer)
    rows = services.rows_of(StaffList.get())
    assert {row.status: row.official for row in rows} == {"changed": other.id, "left": an.id}


def test_who_stands_in_a_row_that_was_left_out_has_not_left(officer, justice, an, binh):
    text = HEAD + "1,Nguyễn Văn An,01/02/1980,,012345,Phó trưởng phòng\n2,Trần Thị Bình,31/31/1979,,,\n"
    made = send(justice, text, by=officer)
    assert [row.name for row in services.rows_of(made)] == ["Nguyễn Văn An"]
    assert made.counts == {"changed": 1, "error": 1}


def test_a_citizen_id_the_list_adds_is_taken_over_sealed_when_it_is_accepted(
    officer, justice, an, department
):
    made = send(justice, HEAD + "1,Nguyễn Văn An,01/02/1980,038080000321,012345,\n", by=officer)
    [row] = services.rows_of(made)
    assert row.changes[0]["new"] == "•••••••••321"
    assert Official.get_by_id(an.id).cccd_hash is None
    deciding.decide(made, {row.key}, by=department)
    person = Official.get_by_id(an.id)
    assert (person.cccd_masked, bulk.full_cccd(person)) == ("•••••••••321", "038080000321")
    assert "038080000321" not in person.cccd_sealed


def test_another_citizen_id_than_on_record_is_an_error(make, officer, justice):
    make.official("Đỗ Thị Em", justice, code="765432", birth_year=1981, cccd="038181000001")
    draft = judged(justice, HEAD + "1,Đỗ Thị Em,1981,038181000002,765432,\n", by=officer)
    row = drafts.preview(draft).only(None)[0]
    assert str(row.status) == "error"
    assert "•••••••••001" in row.problem("cccd")


def test_columns_set_right_are_remembered_for_the_agency(officer, justice, an):
    draft = judged(
        justice,
        "TT,Họ và tên,Sinh ra,Mã CB,Làm gì\n1,Nguyễn Văn An,01/02/1980,012345,Trưởng phòng\n",
        by=officer,
    )
    mapping = drafts.preview(draft).facts["mapping"] | {"position": 4}
    importing.choose(draft, by=officer, mapping=mapping)
    importing.apply(ImportDraft.get(), by=officer)
    again = judged(
        justice,
        "TT,Họ và tên,Sinh ra,Mã CB,Làm gì\n1,Nguyễn Văn An,01/02/1980,012345,Phó phòng\n",
        by=officer,
    )
    assert drafts.preview(again).only(None)[0].values["position"] == "Phó phòng"


class TestTakingBack:
    def test_a_list_that_waits_is_taken_back_by_its_sender(self, sent, officer):
        importing.undo(ImportDraft.get(), by=officer)
        assert StaffList.get_by_id(sent.id).state == "withdrawn"

    def test_a_decision_is_taken_back_whole_and_the_list_waits_again(
        self, sent, an, binh, cuong, home, department
    ):
        before = {one.id: one.__data__ for one in Official.select()}
        served = [row.__data__ for row in Employment.select().order_by(Employment.id)]
        deciding.decide(sent, {row.key for row in services.rows_of(sent)}, by=department)
        assert Official.get_by_id(cuong.id).organisation_id != home.id
        deciding.undo(sent, by=department)
        assert {one.id: one.__data__ for one in Official.select()} == before
        assert [row.__data__ for row in Employment.select().order_by(Employment.id)] == served
        again = StaffList.get_by_id(sent.id)
        assert (again.state, again.counts) == ("waiting", sent.counts)
        deciding.decide(again, {row.key for row in services.rows_of(again)}, by=department)
        assert Official.get_by_id(an.id).position == "Phó trưởng phòng"

    def test_not_once_something_later_depends_on_it(self, sent, an, department):
        deciding.decide(sent, {by_status(sent)["changed"].key}, by=department)
        people.change_official(Official.get_by_id(an.id), {"position": "Giám đốc"}, by=department)
        with pytest.raises(deciding.CannotUndo, match="Nguyễn Văn An"):
            deciding.undo(sent, by=department)

    def test_the_sender_cannot_take_a_decided_list_back(self, sent, department, officer):
        deciding.decide(sent, set(), by=department)
        with pytest.raises(importing.CannotUndo):
            importing.undo(ImportDraft.get(), by=officer)

    def test_rows_of_old_decisions_go(self, sent, department, frozen):
        deciding.decide(sent, set(), by=department)
        assert services.tidy() == 0
        StaffList.update(decided_at=datetime(2020, 1, 1)).execute()
        assert services.tidy() == 1
        assert deciding.obstacles(StaffList.get())


def test_the_senders_result_file_says_what_became_of_each_row(sent, department):
    rows = by_status(sent)
    deciding.decide(sent, {rows["changed"].key}, by=department)
    outcomes = {one.number: one for one in drafts.result(ImportDraft.get()).outcomes}
    assert outcomes[rows["changed"].number].done
    assert not outcomes[rows["new"].number].done


def test_a_long_decision_is_carried_out_by_a_worker(officer, justice, department, deliver):
    text = HEAD + "".join(f"{n},Phạm Văn Dài,1980,,8{n:05d},Chuyên viên\n" for n in range(1, 121))
    made = send(justice, text, by=officer)
    run = deciding.start(made, by=department)
    assert deciding.start(made, by=department).id == run.id
    deliver()
    assert StaffList.get_by_id(made.id).counts["accepted"] == 120
    assert jobs.JobRun.get_by_id(run.id).done == 120
    assert rows_of_work.counts(run) == {"done": 120}
    assert rows_of_work.listed(run).get().label == "Phạm Văn Dài"


class TestPages:
    def test_from_the_file_to_the_decision(self, client, login, officer, department, justice, an, binh):
        login(officer)
        text = HEAD + "1,Nguyễn Văn An,01/02/1980,,012345,Phó trưởng phòng\n"
        upload = {"organisation": justice.id, "file": (io.BytesIO(text.encode()), "nhan-su.csv")}
        preview = client.post("/people/staff-lists", data=upload).location
        assert "Phó trưởng phòng" in client.get(preview).text
        client.post(f"{preview}/apply")
        assert "1 dòng đã trình người phê duyệt" in client.get(preview).text
        page = f"/people/staff-lists/{StaffList.get().id}"
        shown = client.get(page).text
        assert "Phó trưởng phòng" in shown
        assert "Tiếp nhận các dòng đã chọn" not in shown
        assert f'href="{preview}"' in shown
        ImportDraft.update(key="khong-con").execute()
        assert f'href="{preview}"' not in client.get(page).text
        key = by_status(StaffList.get())["changed"].key
        assert client.post(f"{page}/decide", data={"accept": key}).status_code == 403
        # The next list is for the same agency, already chosen.
        assert f'<option selected value="{justice.id}">' in client.get("/people/staff-lists").text
        login(department)
        marks = {"shown": key, "accept": key}
        client.post(f"{page}/decide", data=marks | {"mark": "1"})
        assert Official.get_by_id(an.id).position == "Chuyên viên"
        client.post(f"{page}/decide", data=marks)
        assert Official.get_by_id(an.id).position == "Phó trưởng phòng"
        assert "Rút lại quyết định" in client.get(page).text
        client.post(f"{page}/undo")
        assert Official.get_by_id(an.id).position == "Chuyên viên"

    def test_another_agencys_list_is_not_there(self, client, login, make, home, sent):
        login(make.user("training_officer", organisation=home))
        assert client.get(f"/people/staff-lists/{sent.id}").status_code == 404

    def test_a_file_that_is_no_table_says_so(self, client, login, officer, justice):
        login(officer)
        upload = {"organisation": justice.id, "file": (io.BytesIO(b"xin chao"), "a.txt")}
        assert client.post("/people/staff-lists", data=upload).status_code == 422
