"""Every row of an agency's list is judged; nothing is dropped, nothing is guessed."""

from datetime import date

import pytest

from lms.errors import Invalid
from lms.importing import judging, sheets
from lms.importing.kinds import kind_or_404
from lms.importing.preview import Preview, Status
from lms.plugins import services as plugins
from plugins.enrolment.models import Nomination
from plugins.enrolment.services import nominating

pytestmark = pytest.mark.usefixtures("english")

BY_CCCD = "Will be nominated; recognised by citizen id."
ELSEWHERE = "Out of your scope: the official is on record in another agency."
NOT_OURS = "Out of your scope: “{}” is another agency"
NEW_AT = "Not on record: a record will be made at {}"
ZERO = "lost its leading zero"
YEAR_ONLY = "Only the year of birth is known."
NEW, CONFLICT, SKIPPED = Status.NEW, Status.CONFLICT, Status.SKIPPED
HOANG_LOC = "UBND xã Hoằng Lộc"

#: number → status, name, birth, beginning of the reason, notes that must be there (and no repairs that are not)
EXPECTED = {
    10: (NEW, "Trần Văn Ỷ", "13/03/1976", BY_CCCD, ()),
    11: (CONFLICT, "Hà Minh Chi", "02/10/1986", ELSEWHERE, ()),
    12: (NEW, "Trần Xuân Khánh", "03/12/1983", BY_CCCD, ()),
    13: (NEW, "Lương Văn Giang", "15/12/1976", BY_CCCD, ()),
    14: (NEW, "Lê Văn Long", "19/08/1985", BY_CCCD, (ZERO,)),
    15: (NEW, "Lý Thị Khánh", "20/03/1977", BY_CCCD, (ZERO,)),
    16: (CONFLICT, "Hoàng Văn Hoà", "13/11/1977", NOT_OURS.format("Văn phòng UBND tỉnh"), ()),
    17: (NEW, "Trần Quốc Sơn", "22/11/1985", BY_CCCD, (ZERO,)),
    18: (CONFLICT, "Nguyễn Văn Khánh", "12/02/1983", "The birth date on record is 21/02/1983.", ()),
    19: (NEW, "Lý Bá Hiếu", "24/06/1989", BY_CCCD, (ZERO,)),
    20: (CONFLICT, "Mai Thị Phương Vinh", "25/06/1971", ELSEWHERE, ()),
    22: (NEW, "Lý Thị Thu Hương", "26/01/1966", BY_CCCD, ()),
    23: (NEW, "Phạm Minh Hương", "03/11/1977", NEW_AT.format(HOANG_LOC), ()),
    24: (NEW, "Cầm Hữu Tuấn", "19/03/1966", BY_CCCD, (ZERO,)),
    25: (NEW, "Vũ Nga", "10/04/1974", BY_CCCD, (ZERO,)),
    26: (NEW, "Huỳnh Xuân An", "1982", NEW_AT.format(HOANG_LOC), (YEAR_ONLY,)),
    27: (NEW, "Trịnh Quốc Ánh", "25/01/1974", BY_CCCD, ()),
    28: (NEW, "Phạm Minh Tiến", "1992", BY_CCCD, ("The name was written “PHẠM MINH TIẾN”.", YEAR_ONLY)),
    29: (CONFLICT, "Hồ Quốc Hiếu", "24/04/1980", NOT_OURS.format("Văn phòng UBND tỉnh"), ()),
    30: (NEW, "Đặng Thị Phương Cường", "17/06/1978", BY_CCCD, ()),
    31: (NEW, "Hà Quốc Nga", "18/03/1978", BY_CCCD, ()),
    32: (CONFLICT, "Bùi Thị Phương Thảo", "15/02/1993", NOT_OURS.format("Sở Tư pháp"), ()),
    33: (NEW, "Đỗ Ánh", "1982", BY_CCCD, (YEAR_ONLY,)),
    34: (CONFLICT, "Vũ Ngọc Hương", "1982", "The citizen id is on record for “Vũ Ngọc Hường”.",
         ("The name was written “VŨ NGỌC HƯƠNG”.", YEAR_ONLY)),
    35: (NEW, "Đặng Thị Trang", "08/10/1975", NEW_AT.format(HOANG_LOC), ("The name was written “ĐẶNG THỊ TRANG”.",)),
}  # fmt: skip
LEFT = {
    "title": (1, 2, 4, 5), "blank": (3, 6, 36, 38, 40, 41, 42), "header": (7, 8), "section": (9, 21), "footer": (37, 39, 43),
}  # fmt: skip
REPAIRS = (ZERO, YEAR_ONLY, "The name was written", "in a spreadsheet", "was read as", "no day")


def judge_list(grid, klass, *, by, fixes=None):
    """The preview of a nomination list, as its pages show it."""
    kind = kind_or_404("enrolment.nominate")
    return judging.judge(kind, judging.read(kind, grid, fixes=fixes), by=by, target=klass).preview


@pytest.fixture
def judged(province, sample):
    return judge_list(sample, province.klass, by=province.officer)


def test_each_person_of_the_sample_list(judged):
    found = {}
    for row in judged.rows:
        if row.status is not SKIPPED:
            repairs = tuple(note for note in row.notes if any(repair in note for repair in REPAIRS))
            found[row.number] = (row.status, row.values["name"], row.values["birth"], row.reason, repairs)
    assert found.keys() == EXPECTED.keys()
    for number, (status, name, birth, reason, notes) in EXPECTED.items():
        assert found[number][:3] == (status, name, birth), number
        assert found[number][3].startswith(reason), number
        assert len(found[number][4]) == len(notes), number
        assert all(wanted in note for wanted, note in zip(notes, found[number][4], strict=True)), number


def test_every_physical_row_is_answered_once(judged):
    assert [row.number for row in judged.rows] == list(range(1, 44))
    kinds = {}
    for row in judged.only(SKIPPED):
        kinds[row.facts["kind"]] = (*kinds.get(row.facts["kind"], ()), row.number)
    assert kinds == LEFT
    assert [row.number for row in judged.only(None)] == sorted(EXPECTED)
    assert judged.counts() == {
        Status.ERROR: 0, CONFLICT: 7, NEW: 18, Status.CHANGED: 0, Status.SAME: 0, SKIPPED: 18,
    }  # fmt: skip


def test_sections_decision_and_gender_are_read(judged):
    assert judged.row(10).section == "I. Khối các phòng, ban"
    assert judged.row(35).section == "II. Khối xã, thị trấn"
    assert judged.facts["decision_number"] == "125/QĐ-UBND"
    assert judged.facts["decision_date"] == "2025-02-03"
    assert judged.notes == ("Sending decision: no. 125/QĐ-UBND of 03/02/2025.",)
    assert (judged.row(10).values["gender"], judged.row(12).values["gender"]) == ("Male", "Female")


def test_a_mark_for_succession_planning_is_said_in_words(judged):
    assert judged.row(12).values["planning"] == "in succession planning"
    assert judged.row(10).values["planning"] == "Quy hoạch PGĐ"


def test_citizen_ids_are_masked_wherever_they_are_shown(judged, sample):
    whole = {str(cell).zfill(12) for row in sample.rows[9:35] for cell in [row[4]] if cell}
    shown = Preview(judged.columns, judged.rows).to_json()
    visible = [*(" ".join(row.values.values()) + row.reason + "".join(row.notes) for row in judged.rows)]
    assert len(whole) == 25
    assert not [cccd for cccd in whole for text in visible if cccd in text]
    assert judged.row(10).values["cccd"] == "•••••••••048"
    assert Preview.from_json(shown) == Preview(judged.columns, judged.rows)


def test_a_list_costs_the_same_number_of_questions_whatever_its_length(province, sample, listed, max_queries):
    lines = [
        (n, f"Lê Văn {chr(65 + n % 20)}n", "01/02/1980", f"{38080000000 + n:012d}", None, None)
        for n in range(400)
    ]
    long = listed(*lines)
    with max_queries(16):
        assert len(judge_list(long, province.klass, by=province.officer).applicable) == 400


# --- who is meant ------------------------------------------------------------------------------


def only_row(listed, province, *cells, fixes=None):
    return judge_list(listed((1, *cells)), province.klass, by=province.officer, fixes={2: fixes or {}}).row(2)


def test_the_staff_code_recognises_when_there_is_no_citizen_id(listed, province):
    row = only_row(listed, province, "Vũ Nga", "10/04/1974", None, None, 65689)
    assert (row.status, row.facts["official"]) == (NEW, province.officials["065689"].id)
    assert "recognised by staff code" in row.reason
    assert "restored" in row.notes[0]


def test_two_codes_of_two_people_ask_who_is_meant(listed, province):
    row = only_row(listed, province, "Vũ Nga", "10/04/1974", "038580786858", None, "085320")
    assert row.status is CONFLICT
    assert {choice.value for choice in row.choices} == {
        str(province.officials[c].id) for c in ("065689", "085320")
    }


def test_name_and_birth_only_suggest_somebody(listed, province):
    same = province.officials["065689"]
    row = only_row(listed, province, "vũ nga", "10.4.1974")
    assert (row.status, row.facts["official"]) == (CONFLICT, None)
    assert [choice.value for choice in row.choices] == [str(same.id), "new"]
    chosen = only_row(listed, province, "vũ nga", "10.4.1974", fixes={"record_chosen": str(same.id)})
    assert (chosen.status, chosen.facts["official"]) == (NEW, same.id)
    fresh = only_row(listed, province, "vũ nga", "10.4.1974", fixes={"record_chosen": "new"})
    assert (fresh.status, fresh.facts["official"], fresh.facts["home"]) == (
        NEW, None, province.organisations["xa-hoang-hoa"].id,
    )  # fmt: skip


def test_names_that_differ_in_one_tone_are_not_the_same_person(listed, province):
    assert only_row(listed, province, "Vũ Ngã", "10/04/1974", "038580786858").status is CONFLICT
    # the two spellings of one name are
    assert only_row(listed, province, "Hà Quốc Nga", "18/03/1978", "038271820026").status is NEW


def test_nobody_of_another_agency_can_be_chosen(listed, province):
    theirs = province.officials["075643"]
    row = only_row(listed, province, "Hà Minh Chi", "02/10/1986", fixes={"record_chosen": str(theirs.id)})
    assert row.facts["official"] is None
    assert row.choices == ()
    assert "Sở Tư pháp" not in row.reason


def test_the_same_person_twice_in_one_list(listed, province):
    grid = listed(
        (1, "Vũ Nga", "10/04/1974", "038580786858"),
        (2, "Vũ Nga", "10/04/1974", None, None, "065689"),
        (3, "Lê Mới", "01/02/1980", "038080000001"),
        (4, "Lê Mới Hai", "01/02/1981", "038080000001"),
    )
    rows = judge_list(grid, province.klass, by=province.officer).rows
    assert [row.status for row in rows[1:]] == [NEW, CONFLICT, NEW, CONFLICT]
    assert rows[2].reason.startswith("The same person as in row 2.")


def test_unreadable_cells_are_errors_beside_their_column(listed, province):
    row = only_row(listed, province, "Vũ Nga 2", "31/02/1974", "12", None, None)
    assert row.status is Status.ERROR
    assert [problem.column for problem in row.problems] == ["name", "birth", "cccd"]
    missing = only_row(listed, province, "Lê Mới")
    assert (missing.status, missing.problem("birth")) == (
        Status.ERROR, "The birth date is missing; a new official needs one.",
    )  # fmt: skip


def test_a_correction_is_judged_instead_of_the_cell(listed, province):
    row = only_row(
        listed,
        province,
        "Vũ Nga",
        "31/02/1974",
        "12",
        fixes={"birth": "10/04/1974", "cccd": "-", "code": "065689"},
    )
    assert (row.status, row.facts["official"]) == (NEW, province.officials["065689"].id)
    assert set(row.fixed) == {"birth", "cccd", "code"}


def test_a_row_left_out_by_hand(listed, province):
    row = only_row(listed, province, "Vũ Nga", "10/04/1974", "038580786858", fixes={"skip": "1"})
    assert (row.status, row.reason) == (SKIPPED, "Skipped: you left this row out.")


def test_both_birth_columns_filled(listed, province):
    grid = sheets.Grid(
        rows=(
            ("TT", "Họ và tên", "Năm sinh", None),
            (None, None, "Nam", "Nữ"),
            (1, "Lê Mới", "1980", "1980"),
        )
    )
    assert "Both birth-date columns" in judge_list(grid, province.klass, by=province.officer).row(3).reason


# --- standing ----------------------------------------------------------------------------------


def test_standing_to_the_class(listed, province, make):
    vu_nga, my, tuan = (province.officials[code] for code in ("065689", "085320", "060995"))
    nominating.nominate_one(province.klass, vu_nga, vu_nga.organisation, by=province.officer)
    Nomination.update(position="Chuyên viên cũ").execute()
    nominating.nominate_one(province.klass, tuan, province.organisations["so-tu-phap"], by=province.stranger)
    make.learner(province.klass, official=my)
    grid = listed(
        (1, "Vũ Nga", "10/04/1974", "038580786858"),
        (2, "Trần Văn Ỷ", "13/03/1976", "038305040048"),
        (3, "Cầm Hữu Tuấn", "19/03/1966", "038150771719"),
    )
    rows = judge_list(grid, province.klass, by=province.officer).rows[1:]
    assert [row.status for row in rows] == [Status.CHANGED, Status.SAME, CONFLICT]
    assert rows[2].reason == "Another agency has nominated this official for the class."


def test_somebody_no_longer_serving_is_not_nominated(listed, province):
    official = province.officials["065689"]
    official.active = False
    official.save()
    assert "no longer serving" in only_row(listed, province, "Vũ Nga", "10/04/1974", "038580786858").reason


def test_new_people_only_where_the_site_allows_them(listed, province):
    plugins.change_setting("enrolment.new_officials", False, by=None)
    row = only_row(listed, province, "Lê Mới", "01/02/1980")
    assert (row.status, row.reason) == (
        CONFLICT,
        "Not on record. Ask the Department to add this official first.",
    )


# --- about the file ----------------------------------------------------------------------------


def test_remarks_about_the_file(province):
    grid = sheets.Grid(
        rows=(
            ("Danh sách cử đi học lớp Trung cấp lý luận chính trị",),
            ("TT", "Họ và tên", "Năm sinh"),
            (1, "Lê Mới", "1980"),
            ("Danh sách này có 3 người.",),
        ),
        other_sheets=("Phụ lục",),
        name="DS",
    )
    notes = judge_list(grid, province.klass, by=province.officer).notes
    assert [note.split(":")[0].split(";")[0] for note in notes] == [
        "Only the sheet “DS” was read",
        "The list says it has 3 people",
        f"The title of the list names another class than “{province.klass.title}”. Check that you chose the right one.",
    ]


def test_a_file_without_a_header(province):
    with pytest.raises(Invalid, match="No header row"):
        judge_list(sheets.Grid(rows=(("a", "b"), ("c", "d"))), province.klass, by=province.officer)


def test_dates_of_the_decision_in_words(province):
    grid = sheets.Grid(
        rows=(
            ("Kèm theo Công văn số 12/CV-UBND, ngày 3 tháng 2 năm 2025",),
            ("TT", "Họ tên", "Năm sinh"),
            (1, "Lê Mới", 1980),
        )
    )
    facts = judge_list(grid, province.klass, by=province.officer).facts
    assert (facts["decision_number"], facts["decision_date"]) == ("12/CV-UBND", date(2025, 2, 3).isoformat())
