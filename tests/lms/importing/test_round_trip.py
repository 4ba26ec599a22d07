"""Whatever text is on record, a file of it that comes back says the same: nothing runs, nothing is lost."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.exporting import text, xlsx
from lms.importing import legacy, sheets, values
from lms.text import clean_line

#: Stored text is one clean line; the first letters are those that spreadsheets run.
LETTERS = st.characters(codec="utf-8", exclude_categories=("Cs", "Co", "Cn"))
STORED = st.builds(
    lambda first, rest: clean_line(first + rest),
    st.sampled_from(["", "=", "+", "-", "@", "'", "'=", "''-", '"', ";", "0012"]),
    st.text(LETTERS, max_size=20),
).filter(bool)


@given(st.lists(STORED, min_size=1, max_size=6))
@settings(max_examples=60)
def test_text_survives_a_csv_file(stored):
    data = text.table(["Cột", "Thêm"], [[cell, "x"] for cell in stored])
    grid = sheets.read(data, "x.csv", encoding="Unicode")
    assert [values.text(row[0]) for row in grid.rows[1:]] == stored


@given(st.lists(STORED, min_size=1, max_size=6))
@settings(max_examples=15)
def test_text_survives_a_workbook(stored):
    data = xlsx.workbook([xlsx.Column("Cột"), xlsx.Column("Thêm")], [[cell, "x"] for cell in stored])
    grid = sheets.read(data, "x.xlsx", encoding="Unicode")
    assert [values.text(row[0]) for row in grid.rows[1:]] == stored


def test_signs_inside_quotation_marks_separate_nothing():
    data = text.table(["Cột", "Thêm"], [[cell, "x"] for cell in ("|", ";|", ";|")])
    assert [row[0] for row in sheets.read(data, "x.csv").rows[1:]] == ["|", ";|", ";|"]


@pytest.mark.parametrize("start", ["=1+1", "+84", "-x", "@SUM", "\t=1", "\r=1"])
def test_nothing_in_a_csv_file_runs(start):
    line = text.table(["A"], [[start]]).decode("utf-8-sig").split("\r\n", 1)[1]
    assert line.lstrip('"').startswith("'")


SENTENCE = (
    "Nguyễn Thị Ánh Tuyết, Trường Chính trị tỉnh, huyện Quảng Xương: lý luận, quản lý nhà nước, bồi dưỡng"
)


@pytest.mark.parametrize("encoding", [legacy.TCVN3, legacy.VNI])
def test_old_fonts_are_told_apart_and_converted(encoding):
    table = legacy._TCVN3 if encoding == legacy.TCVN3 else legacy._VNI
    back = {letter: sign for sign, letter in table.items()}
    typed = "".join(back.get(c, back.get(c.lower(), c)) for c in SENTENCE)
    assert legacy.detect([typed]) == encoding
    assert legacy.convert(typed, encoding).lower() == SENTENCE.lower()


@pytest.mark.parametrize(
    "words", [SENTENCE, "H'Hen Niê, Y Bliă Êban", "Café Müller, Straße 5", "plain ASCII"]
)
def test_unicode_is_left_alone(words):
    assert legacy.detect([words]) == legacy.UNICODE


def test_a_workbook_typed_in_an_old_font_is_converted_too():
    back = {letter: sign for sign, letter in legacy._TCVN3.items()}
    rows = [
        ["".join(back.get(c, c) for c in cell) for cell in row]
        for row in (["Họ và tên", "Đơn vị"], ["Đặng Thị Phương", "Sở Nội vụ"])
    ]
    grid = sheets.read(xlsx.sheet_of_cells(rows, sheet="A"), "x.xlsx")
    assert (grid.encoding, grid.rows[1]) == ("TCVN3", ("Đặng Thị Phương", "Sở Nội vụ"))
