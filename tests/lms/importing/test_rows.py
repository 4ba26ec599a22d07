"""Every physical row of the lists agencies send gets its kind."""

from pathlib import Path

import pytest

from lms.errors import Invalid
from lms.importing import headers, rows, sheets
from lms.importing.headers import Column
from lms.importing.rows import Kind

FIXTURES = Path(__file__).parents[2] / "fixtures"
COLUMNS = (
    Column("number", "TT", ("TT", "STT")),
    Column("name", "Họ và tên", ("Họ và tên", "Họ tên"), required=True),
    Column("birth", "Ngày sinh", ("Ngày tháng năm sinh", "Ngày sinh", "Năm sinh")),
    Column("birth_male", "Ngày sinh (nam)", ("Ngày tháng năm sinh / Nam", "Năm sinh / Nam")),
    Column("birth_female", "Ngày sinh (nữ)", ("Ngày tháng năm sinh / Nữ", "Năm sinh / Nữ")),
    Column("unit", "Đơn vị", ("Đơn vị công tác", "Đơn vị")),
)
BIRTH = (("birth", "birth_male", "birth_female"),)
TIMETABLE = (
    Column("week", "Tuần", ("Tuần",)),
    Column("day", "Thứ", ("Thứ",)),
    Column("date", "Ngày", ("Ngày",), required=True),
    Column("part", "Buổi", ("Buổi",)),
    Column("topic", "Chuyên đề", ("Chuyên đề", "Nội dung"), required=True),
)


def kinds(grid, header, **options):
    return [row.kind for row in rows.body(grid, header, primary=("name",), number="number", **options)]


def listed(*lines, merged=()):
    width = max(len(line) for line in lines)
    return sheets.Grid(
        rows=tuple(tuple(line) + (None,) * (width - len(line)) for line in lines), merged=merged
    )


@pytest.fixture(scope="module")
def nominations():
    return sheets.read((FIXTURES / "danh-sach-cu-di-hoc.xlsx").read_bytes(), "ds.xlsx")


def test_a_two_row_header_with_merged_cells_is_found_under_the_titles(nominations):
    header = headers.find(nominations, COLUMNS, any_of=BIRTH)
    assert (header.first, header.last) == (6, 7)
    assert header.columns == {"number": 0, "name": 1, "birth_male": 2, "birth_female": 3, "unit": 6}
    assert header.labels[3] == "Ngày, tháng, năm sinh / Nữ"
    assert header.unknown == {4: "Số CCCD", 5: "Chức vụ, chức danh", 7: "Mã CB", 8: "Quy hoạch", 9: "Ghi chú"}


def test_every_row_of_the_list_has_its_kind(nominations):
    header = headers.find(nominations, COLUMNS, any_of=BIRTH)
    assert kinds(nominations, header) == [
        Kind.TITLE, Kind.TITLE, Kind.BLANK, Kind.TITLE, Kind.TITLE, Kind.BLANK, Kind.HEADER, Kind.HEADER, Kind.SECTION,
        *[Kind.DATA] * 11,
        Kind.SECTION,
        *[Kind.DATA] * 14,
        Kind.BLANK, Kind.FOOTER, Kind.BLANK, Kind.FOOTER, Kind.BLANK, Kind.BLANK, Kind.BLANK, Kind.FOOTER,
    ]  # fmt: skip


def test_rows_know_the_section_they_stand_under(nominations):
    body = rows.data(
        rows.body(nominations, headers.find(nominations, COLUMNS), primary=("name",), number="number")
    )
    assert [row.section for row in body] == ["I. Khối các phòng, ban"] * 11 + ["II. Khối xã, thị trấn"] * 14
    assert (body[0].number, body[-1].number) == (10, 35)


def test_the_same_header_without_merge_marks():
    grid = listed(
        ("TT", "Họ và tên", "Ngày, tháng, năm sinh", None, "Đơn vị"),
        (None, None, "Nam", "Nữ", None),
        (1, "Lê Văn Long", "19.08.1985", None, "Sở Tư pháp"),
    )
    header = headers.find(grid, COLUMNS, any_of=BIRTH)
    assert (header.last, header.columns["birth_male"], header.columns["birth_female"]) == (1, 2, 3)
    assert kinds(grid, header) == [Kind.HEADER, Kind.HEADER, Kind.DATA]


def test_a_one_row_header_at_the_top():
    grid = listed(("Họ tên", "Năm sinh"), ("Lê Văn Long", "1985"))
    assert headers.find(grid, COLUMNS, any_of=BIRTH).columns == {"name": 0, "birth": 1}


def test_missing_columns_are_named():
    with pytest.raises(Invalid, match=r"row 2.*Họ và tên, Ngày sinh"):
        headers.find(listed(("Danh sách",), ("TT", "Đơn vị công tác", "Lớp")), COLUMNS, any_of=BIRTH)
    with pytest.raises(Invalid, match=r"No header row.*Họ và tên"):
        headers.find(listed(("Lê Văn Long", "1985")), COLUMNS, any_of=BIRTH)


def test_a_header_repeated_on_every_page_is_no_data():
    grid = listed(
        ("TT", "Họ và tên", "Đơn vị"),
        (1, "Lê Văn Long", "A"),
        ("TT", "Họ và tên", "Đơn vị"),
        (2, "Vũ Nga", "B"),
    )
    assert kinds(grid, headers.find(grid, COLUMNS))[2] is Kind.HEADER


def test_a_signature_block_with_two_signers_is_the_footer():
    grid = listed(
        ("TT", "Họ và tên", "Đơn vị"),
        (1, "Lê Văn Long", "A"),
        (2, "Vũ Nga", "B"),
        (None, "NGƯỜI LẬP BIỂU", "THỦ TRƯỞNG ĐƠN VỊ"),
        (None, "Lê Thị Mẫu", "Trần Văn Ví"),
    )
    assert kinds(grid, headers.find(grid, COLUMNS))[3:] == [Kind.FOOTER, Kind.FOOTER]


def test_a_total_in_the_middle_does_not_end_a_numbered_list():
    grid = listed(
        ("TT", "Họ và tên", "Đơn vị"),
        ("I", "Khối xã"),
        (1, "Lê Văn Long", "A"),
        (None, "Tổng số: 1 người"),
        (2, "Vũ Nga", "B"),
        (3, None, None),
    )
    assert kinds(grid, headers.find(grid, COLUMNS))[1:] == [
        Kind.SECTION, Kind.DATA, Kind.DATA, Kind.DATA, Kind.BLANK
    ]  # fmt: skip


def test_a_row_with_only_a_name_is_data_so_that_it_is_judged():
    grid = listed(
        ("TT", "Họ và tên", "Đơn vị"), (1, "Lê Văn Long", "A"), (None, "Vũ Nga"), (3, "Đỗ Ánh", "A")
    )
    assert kinds(grid, headers.find(grid, COLUMNS)) == [Kind.HEADER, Kind.DATA, Kind.DATA, Kind.DATA]


def test_a_timetable_carries_week_day_and_date_down():
    grid = sheets.read((FIXTURES / "lich-hoc.xlsx").read_bytes(), "lich.xlsx")
    body = rows.body(grid, headers.find(grid, TIMETABLE), primary=("topic",))
    filled = rows.data(rows.carry_down(body, ("week", "day", "date")))
    assert len(filled) == 40
    assert all(row.cells["date"] and row.cells["week"] for row in filled)
    assert [
        (r.cells["week"], r.cells["day"], r.cells["date"].day, r.cells["part"]) for r in filled[9:12]
    ] == [
        (1, "Thứ 6", 7, "Chiều"),
        (2, "Thứ 2", 10, "Sáng"),
        (2, "Thứ 2", 10, "Chiều"),
    ]


def test_a_new_day_does_not_keep_the_old_date():
    grid = listed(
        ("Tuần", "Thứ", "Ngày", "Chuyên đề"), (1, "Thứ 2", "03/03/2025", "A"), (None, "Thứ 3", None, "B")
    )
    body = rows.carry_down(
        rows.body(grid, headers.find(grid, TIMETABLE), primary=("topic",)), ("week", "day", "date")
    )
    assert body[2].cells["date"] is None
    assert body[2].cells["week"] == 1
