"""Officials come in as a list and go out again: judged, corrected, applied once, taken back."""

from __future__ import annotations

import io
from datetime import datetime

import pytest

from lms.importing import drafts, services, sheets
from lms.importing.kinds import kind_or_404, known
from lms.importing.models import ImportDraft
from lms.importing.preview import Status
from lms.jobs import rows as rows_of_work
from lms.people.models import Employment, Official

HEADER = "STT;Họ và tên;Ngày sinh;Số CCCD;Mã CB;Đơn vị;Chức vụ\n"


@pytest.fixture
def agency(make):
    return make.organisation("so-noi-vu", name="Sở Nội vụ")


@pytest.fixture
def officer(make, agency):
    return make.user("training_officer", organisation=agency)


def take_in(officer, text, name="ds.csv"):
    return services.take_in(kind_or_404("people.officials"), text.encode(), name, by=officer)


def statuses(draft):
    return [row.status.value for row in drafts.preview(draft).only(None)]


def test_new_officials_are_put_on_record_once(officer):
    text = (
        HEADER
        + "1;NGUYỄN VĂN AN;3.2.76;;123;;Chuyên viên\n2;Lê Thị Bình;1980;;124;Sở Nội vụ;Phó trưởng phòng\n"
    )
    draft = take_in(officer, text)
    assert statuses(draft) == ["new", "new"]
    services.start(draft, by=officer)

    first = Official.get(Official.code == "000123")
    assert (first.full_name, str(first.birth_date), first.organisation.name) == (
        "Nguyễn Văn An",
        "1976-02-03",
        "Sở Nội vụ",
    )
    assert statuses(take_in(officer, text)) == ["same", "same"]


def test_a_changed_cell_is_named_and_an_empty_one_erases_nothing(make, officer, agency):
    person = make.official("Lê Thị Bình", agency, code="000124", birth_year=1980, position="Chuyên viên")
    draft = take_in(officer, HEADER + "1;Lê Thị Bình;;;124;;Trưởng phòng\n")
    row = drafts.preview(draft).only(None)[0]
    assert (row.status, "Trưởng phòng" in row.reason) == (Status.CHANGED, True)
    services.start(draft, by=officer)
    person = Official.get_by_id(person.id)
    assert (person.position, person.birth_year) == ("Trưởng phòng", 1980)
    assert Employment.get(Employment.official == person).position == "Trưởng phòng"


def test_another_agencys_official_is_a_conflict(make, officer):
    make.official("Trần Văn Xa", make.organisation(), code="000900", birth_year=1970)
    assert statuses(take_in(officer, HEADER + "1;Trần Văn Xa;1970;;900;;\n")) == ["conflict"]


def test_the_same_name_and_birth_asks_who_is_meant(make, officer, agency):
    known = make.official("Lê Thị Bình", agency, birth_year=1980)
    draft = take_in(officer, HEADER + "1;Lê Thị Bình;1980;;;;Trưởng phòng\n")
    row = drafts.preview(draft).only(None)[0]
    assert row.status is Status.CONFLICT
    assert [choice.value for choice in row.choices] == [str(known.id), "new"]
    services.correct(draft, row.number, {"record_chosen": str(known.id)}, by=officer)
    assert statuses(drafts.by_key(draft.key, by=officer)) == ["changed"]


def test_a_row_is_corrected_in_place_and_the_rest_stays(officer):
    draft = take_in(officer, HEADER + "1;Lê Thị Bình;31/02/1980;;;;\n2;Phạm Văn Cường;1975;;;;\n")
    assert statuses(draft) == ["error", "new"]
    row = drafts.preview(draft).rows[1]
    services.correct(draft, row.number, {"birth": "28/02/1980"}, by=officer)
    assert statuses(drafts.by_key(draft.key, by=officer)) == ["new", "new"]


def test_an_import_is_taken_back_whole(make, officer, agency):
    person = make.official("Lê Thị Bình", agency, code="000124", birth_year=1980, position="Chuyên viên")
    other = make.organisation("chi-cuc", name="Chi cục Dân số", parent=agency)
    before = Official.select().count()
    draft = take_in(
        officer, HEADER + "1;Lê Thị Bình;;;124;Chi cục Dân số;Trưởng phòng\n2;Phạm Văn Cường;1975;;;;\n"
    )
    services.start(draft, by=officer)
    assert Official.get_by_id(person.id).organisation == other
    draft = drafts.by_key(draft.key, by=officer)

    assert services.undo(draft, by=officer) == 2
    back = Official.get_by_id(person.id)
    assert (back.organisation, back.position, Official.select().count()) == (agency, "Chuyên viên", before)
    only = Employment.get(Employment.official == person)
    assert (only.organisation, only.to_date) == (agency, None)


def test_what_stands_in_the_way_of_taking_back_is_named(make, officer):
    draft = take_in(officer, HEADER + "1;Phạm Văn Cường;1975;;;;\n")
    services.start(draft, by=officer)
    make.learner(make.klass(), official=Official.get(Official.full_name == "Phạm Văn Cường"))
    draft = drafts.by_key(draft.key, by=officer)
    with pytest.raises(services.CannotUndo, match="Phạm Văn Cường"):
        services.undo(draft, by=officer)
    assert Official.select().where(Official.full_name == "Phạm Văn Cường").exists()


def test_columns_chosen_once_are_remembered_for_the_sender(officer):
    text = "Mục;Người;Sinh;Việc\n1;Phạm Văn Cường;1975;Chuyên viên\n".replace("Mục", "STT")
    text = text.replace("Người", "Họ tên").replace("Việc", "Việc làm")
    draft = take_in(officer, text)
    assert "position" not in drafts.preview(draft).facts["mapping"]
    services.choose(draft, by=officer, mapping={"position": 3, "birth": 2})
    services.start(drafts.by_key(draft.key, by=officer), by=officer)
    assert Official.get(Official.full_name == "Phạm Văn Cường").position == "Chuyên viên"
    again = take_in(officer, text.replace("Cường", "Dũng"))
    assert drafts.preview(again).facts["mapping"]["position"] == 3


def test_an_old_font_is_said_and_can_be_chosen_otherwise(officer):
    from lms.importing import legacy

    table = {letter: code for code, letter in legacy._TCVN3.items()}
    text = "STT;Họ tên;Ngày sinh;Đơn vị\n1;Đặng Thị Phương;1975;Sở Nội vụ\n2;Lò Ngọc Hạnh;1971;Sở Nội vụ\n"
    data = "".join(table.get(c, c) for c in text).encode("latin-1")
    draft = services.take_in(kind_or_404("people.officials"), data, "cu.csv", by=officer)
    preview = drafts.preview(draft)
    assert (preview.facts["encoding"], "Đặng Thị Phương" in preview.facts["sample"]) == ("TCVN3", True)


def test_a_long_list_is_applied_in_the_background(officer, deliver):
    lines = "".join(f"{n};Người Thứ {chr(65 + n % 20)};{1960 + n % 30};;{n:06d};;\n" for n in range(1, 141))
    draft = take_in(officer, HEADER + lines + "141;Sai Ngày;không rõ;;000141;;\n")
    run = services.start(draft, by=officer)
    assert run is not None
    assert services.start(drafts.by_key(draft.key, by=officer), by=officer) == run
    assert Official.select().count() == 0
    deliver()
    assert Official.select().count() == 140
    assert drafts.result(ImportDraft.get_by_id(draft.id)).counts["new"] == 140
    assert rows_of_work.counts(run) == {"failed": 1, "done": 140}
    wrong = rows_of_work.listed(run, "failed").get()
    assert "Sai Ngày" in wrong.label and wrong.message


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_an_export_that_comes_back_changes_nothing(make, officer, agency, login, ending):
    make.official(
        "Đặng Thị Ánh", agency, code="000007", birth_year=1980, cccd="038180000001", position="=HYPERLINK(1)"
    )
    make.official("H'Hen Niê", agency, birth_year=1990, position="'-nghỉ", gender="F", kind="vien_chuc")
    make.official("Trùng Tên", agency, birth_year=1991)
    make.official("Trùng Tên", agency, birth_year=1991)
    client = login(officer)
    data = client.get(f"/lists/people.officials/export.{ending}").data
    draft = services.take_in(kind_or_404("people.officials"), data, f"x.{ending}", by=officer)
    assert statuses(draft) == ["same"] * 4, [row.reason for row in drafts.preview(draft).rows]


def test_citizen_ids_leave_masked_unless_a_permission_says_otherwise(make, officer, agency, login):
    make.official("Đặng Thị Ánh", agency, birth_year=1980, cccd="038180000001")
    client = login(officer)
    assert b"038180000001" not in client.get("/lists/people.officials/export.csv").data
    assert client.post("/lists/people.officials/export.csv").status_code == 403
    department = make.user("department_officer")
    assert b"038180000001" in login(department).post("/lists/people.officials/export.csv").data


def test_an_export_keeps_to_the_filter_and_the_scope(make, officer, agency, login):
    make.official("Đặng Thị Ánh", agency)
    make.official("Lê Văn Tám", agency)
    make.official("Đặng Thị Xa", make.organisation())
    data = login(officer).get("/lists/people.officials/export.csv?q=dang").data
    assert [row[1] for row in sheets.read(data, "x.csv").rows[1:]] == ["Đặng Thị Ánh"]


def test_the_pages_from_upload_to_taking_back(make, officer, agency, login):
    client = login(officer)
    assert "/lists/people.officials/import" in client.get("/people").text
    assert client.get("/lists/people.officials/import").status_code == 200
    sent = client.post(
        "/lists/people.officials/import",
        data={"file": (io.BytesIO((HEADER + "1;Phạm Văn Cường;1975;;;;\n2;Lỗi;x;;;;\n").encode()), "ds.csv")},
    )
    page = sent.headers["Location"]
    assert "Phạm Văn Cường" in client.get(page).text
    assert client.post(f"{page}/rows/3", data={"skip": "1"}).status_code == 302
    assert client.post(f"{page}/apply").status_code == 302
    assert "Phạm Văn Cường" in client.get(page).text
    result = sheets.read(client.get(f"{page}/result.xlsx").data, "x.xlsx")
    assert (result.rows[1][-2], result.rows[1][-1].startswith("Đã thêm.")) == ("Mới", True)
    client.post(f"{page}/undo")
    assert not Official.select().where(Official.full_name == "Phạm Văn Cường").exists()
    assert client.get("/imports").status_code == 200
    stranger = login(make.user("training_officer", organisation=make.organisation()))
    assert stranger.get(page).status_code == 404


def test_a_long_list_costs_as_many_questions_as_a_short_one(officer, max_queries):
    lines = "".join(f"{n};Người Thứ {chr(65 + n % 20)};{1960 + n % 30};;{n:06d};;\n" for n in range(1, 301))
    draft = take_in(officer, HEADER + lines)
    with max_queries(20):
        services.judge(draft, by=officer)


def test_taking_back_asks_again_after_ten_minutes_and_stays_in_the_history(officer, login, frozen):
    client = login(officer)
    with frozen(datetime(2026, 3, 2, 8, 0)):
        draft = take_in(officer, HEADER + "1;Phạm Văn Cường;1975;;;;\n")
        services.start(draft, by=officer)
        assert "confirm-panel" not in client.get(f"/imports/{draft.key}").text
    with frozen(datetime(2026, 3, 2, 8, 11)):
        assert f"/imports/{draft.key}" in client.get("/imports").text
        assert "confirm-panel" in client.get(f"/imports/{draft.key}").text


def test_a_result_file_keeps_the_sender_own_name(officer, login):
    """Headers hold no Vietnamese letters: a real server refuses them, though the test client does not."""
    client = login(officer)
    sent = client.post(
        "/lists/people.officials/import",
        data={
            "file": (
                io.BytesIO((HEADER + "1;Phạm Văn Cường;1975;;;;\n").encode()),
                "Danh sách xã Hoằng Lộc.csv",
            )
        },
    )

    given = client.get(f"{sent.headers['Location']}/result.xlsx").headers["Content-Disposition"]

    assert given.isascii()
    assert "filename*=UTF-8''Danh%20s%C3%A1ch%20x%C3%A3%20Ho%E1%BA%B1ng%20L%E1%BB%99c-ket-qua.xlsx" in given


def test_the_empty_form_of_every_list_has_a_name(app):
    """The form may be asked for before a class or an agency is chosen."""
    assert [kind.key for kind in known() if kind.imports and not kind.filename(None)] == []
