"""Files of every kind become a grid, or a sentence."""

import datetime
import io
import subprocess
import zipfile
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.errors import Invalid
from lms.exporting import xlsx
from lms.importing import sheets

pytestmark = pytest.mark.once

FIXTURES = Path(__file__).parents[2] / "fixtures"
LINES = "Họ và tên;Ngày sinh\nĐặng Thị Ánh;01/02/1980\nHoàng Văn Hoà;1982\n"
ROWS = (("Họ và tên", "Ngày sinh"), ("Đặng Thị Ánh", "01/02/1980"), ("Hoàng Văn Hoà", "1982"))


def a_workbook(*rows, **options):
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        page = book.add_worksheet("Trang 1")
        for number, row in enumerate(rows):
            page.write_row(number, 0, row)
        if options.get("far_cell"):
            page.write(1_048_575, 16_383, "x")
        for name in options.get("more_sheets", ()):
            book.add_worksheet(name).write(0, 0, "x")
    return stream.getvalue()


def test_a_workbook_keeps_types_merges_and_row_numbers():
    grid = sheets.read((FIXTURES / "danh-sach-cu-di-hoc.xlsx").read_bytes(), "danh-sach.xlsx")
    assert (len(grid.rows), grid.width, grid.name) == (43, 10, "DS")
    assert grid.cell(11, 3) == datetime.date(1983, 12, 3)
    assert grid.cell(13, 4) == 38607356478
    assert (6, 2, 6, 3) in grid.merged
    assert sheets.Grid.from_json(grid.to_json()) == grid


@pytest.mark.parametrize(
    ("encoded", "encoding"),
    [
        (LINES.encode(), "UTF-8"),
        (b"\xef\xbb\xbf" + LINES.encode(), "UTF-8"),
        (LINES.encode("utf-16"), "UTF-16"),
        (LINES.encode("utf-16-le"), "UTF-16"),
        (LINES.encode("utf-16-be"), "UTF-16"),
        (LINES.replace("\n", "\r\n").replace(";", ",").encode(), "UTF-8"),
        (("sep=;\n" + LINES).encode(), "UTF-8"),
        (LINES.replace(";", "\t").encode(), "UTF-8"),
    ],
)
def test_text_files_in_the_encodings_agencies_use(encoded, encoding):
    grid = sheets.read(encoded, "ds.csv")
    assert grid.rows == ROWS
    assert grid.encoding == encoding


def test_windows_1258_writes_tones_as_marks_of_their_own():
    encoded = "Họ;Tên\nHoàng;Hoà\n".translate(
        {ord("ọ"): "o\u0323", ord("à"): "a\u0300", ord("ê"): "ê"}
    ).encode("cp1258")
    grid = sheets.read(encoded, "ds.csv")
    assert (grid.rows[0], grid.rows[1], grid.encoding) == (("Họ", "Tên"), ("Hoàng", "Hoà"), "Windows-1258")


def test_a_register_in_the_old_tcvn3_font_reads_as_vietnamese():
    grid = sheets.read((FIXTURES / "so-cap-chung-chi-cu-tcvn3.csv").read_bytes(), "so.csv")
    assert grid.encoding == "TCVN3"
    assert grid.rows[0] == (
        "Số vào sổ", "Họ và tên", "Ngày sinh", "Đơn vị", "Tên chương trình", "Từ ngày", "Đến ngày", "Xếp loại", "Số hiệu",
    )  # fmt: skip
    assert grid.rows[1][1:5] == (
        "Dương Thị Thu Quỳnh",
        "27/02/1980",
        "Phòng Nội vụ huyện Hoằng Hoá",
        "Trung cấp lý luận chính trị - hành chính",
    )
    assert len(grid.rows) == 61


def test_a_file_that_is_vietnamese_in_no_encoding_is_refused_with_their_names():
    with pytest.raises(Invalid, match="TCVN3"):
        sheets.read(bytes(range(128, 256)) * 3 + b";x\n", "so.csv")


def test_pasted_cells():
    assert sheets.read_text("Họ tên\tSố CCCD\nLê Văn Long\t038607356478\n").rows[1] == (
        "Lê Văn Long",
        "038607356478",
    )
    with pytest.raises(Invalid, match="Nothing was pasted"):
        sheets.read_text(" \n ")


def test_an_apostrophe_put_there_by_an_export_is_taken_off():
    assert sheets.read_text(f"a;b\n{xlsx.csv_safe('=1+1')};{xlsx.csv_safe('-5')}\n").rows[1] == ("=1+1", "-5")


def test_sheets_that_were_not_read_are_named():
    assert sheets.read(
        a_workbook(("a", "b"), more_sheets=("Phụ lục", "Tổng hợp")), "x.xlsx"
    ).other_sheets == (
        "Phụ lục",
        "Tổng hợp",
    )


def _zip(**parts):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name.replace("__", "/"), content)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "empty"),
        (b"\n \n", "empty"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"\x89PNG\r\n\x1a\n", "picture"),
        (b"<html><table><tr><td>x</td></tr></table>", "web page"),
        (b"\xef\xbb\xbf<?xml version='1.0'?>", "web page"),
        (b"PK\x03\x04 not really", "cannot be opened"),
        (_zip(a__txt="x"), "archive"),
        (_zip(word__document="x"), "text document"),
        (_zip(xl__workbook="x"), "cannot be opened"),
        (lambda: _zip(xl__bomb=b"\x00" * (sheets.MOST_UNPACKED + 1)), "unpacks"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 2000, "cannot be opened"),
        (b"\x01\x00\x00\x02" * 50, "cannot be opened"),
        (lambda: b"x" * (sheets.MOST_BYTES + 1), "MB"),
        (("a;b\n" * (sheets.MOST_ROWS + sheets.SPARE_ROWS + 1)).encode(), "10201 rows"),
        ((";" * 300).encode() + b"x", "columns"),
        (b'a;b\n"' + b"x" * 200_000 + b'";1\n', "cannot be opened"),
    ],
)
def test_what_cannot_be_read_is_answered_with_a_sentence(data, sentence):
    with pytest.raises(Invalid, match=sentence):
        sheets.read(data() if callable(data) else data, "x.xlsx")


def test_one_cell_in_the_last_corner_does_not_take_the_memory():
    with pytest.raises(Invalid, match=r"cannot be opened|rows"):
        sheets.read(a_workbook(("a", "b"), far_cell=True), "x.xlsx")


def test_a_workbook_with_too_many_rows():
    with pytest.raises(Invalid, match="10201 rows"):
        sheets.read(a_workbook(*[("a", "b")] * 10_201), "x.xlsx")


def test_a_reader_that_hangs_is_stopped(monkeypatch):
    def hang(*_args, **_kwargs):
        raise subprocess.TimeoutExpired("workbook", 30)

    monkeypatch.setattr(sheets.subprocess, "run", hang)
    with pytest.raises(Invalid, match="cannot be opened"):
        sheets.read(a_workbook(("a", "b")), "x.xlsx")


@settings(max_examples=60)
@given(st.binary(max_size=200))
def test_any_bytes_give_a_grid_or_a_sentence(data):
    problem = ""
    grid = None
    try:
        grid = sheets.read(data, "x")
    except Invalid as caught:
        problem = str(caught)
    assert bool(problem) is (grid is None)
    assert grid is None or grid.rows
