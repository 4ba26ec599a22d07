"""Exported cells keep their type and run nothing."""

import datetime
import io
import re
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.exporting import Column, workbook, xlsx
from lms.importing import sheets

pytestmark = pytest.mark.once

RISKY = ["=1+1", "+84", "-5", "@SUM(A1)", "\t=1", '=HYPERLINK("http://x","y")', "http://example.org"]


def part(data, name):
    return zipfile.ZipFile(io.BytesIO(data)).read(name).decode()


def test_types_come_back_as_they_went():
    columns = [Column("Họ tên"), Column("CCCD", "code"), Column("Ngày"), Column("Điểm"), Column("Đạt")]
    row = ("Đặng Thị Ánh", "038305040048", datetime.date(1980, 2, 1), 8.5, True)
    grid = sheets.read(workbook(columns, [row], sheet="Kết quả"), "x.xlsx")
    assert grid.rows == (("Họ tên", "CCCD", "Ngày", "Điểm", "Đạt"), row)
    assert grid.name == "Kết quả"


def test_long_numbers_stay_whole():
    assert sheets.read(xlsx.sheet_of_cells([[38607356478, 12]], sheet="x"), "x.xlsx").rows == (
        ("38607356478", 12),
    )


@pytest.mark.parametrize("text", RISKY)
def test_threat_22_nothing_in_a_cell_runs(text):
    data = workbook([Column("a")], [(text,)])
    assert "<f>" not in part(data, "xl/worksheets/sheet1.xml")
    assert "hyperlink" not in part(data, "xl/worksheets/sheet1.xml").lower()
    assert ('quotePrefix="1"' in part(data, "xl/styles.xml")) is xlsx.is_risky(text)


def test_threat_22_csv_cells_that_would_run_get_an_apostrophe():
    assert [xlsx.csv_safe(text)[:1] for text in RISKY] == ["'"] * 6 + ["h"]


@settings(max_examples=40)
@given(st.lists(st.text(max_size=30), min_size=1, max_size=5))
def test_any_text_gives_a_workbook_that_opens(texts):
    grid = sheets.read(workbook([Column("đầu"), *map(Column, texts)], [("x", *texts)]), "x.xlsx")
    assert grid.rows[1][0] == "x"


def test_a_title_stands_above_the_header_and_the_name_of_the_sheet_is_cut():
    data = workbook([Column("a")], [("b",)], title="Danh sách", sheet="[một] tên: rất dài " * 4)
    grid = sheets.read(data, "x.xlsx")
    assert [row[0] for row in grid.rows] == ["Danh sách", None, "a", "b"]
    assert len(grid.name) == 31
    assert not re.search(r"[\[\]:]", grid.name)
