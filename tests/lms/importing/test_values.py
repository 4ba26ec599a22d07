"""Cells are read the way their writers meant them."""

import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms import clock
from lms.importing import values
from lms.importing.values import BirthDate

D = datetime.date


@pytest.fixture(autouse=True)
def _in_2025():
    with clock.frozen(D(2025, 3, 3)):
        yield


@pytest.mark.parametrize(
    ("cell", "birth"),
    [
        ("13/3/1976", BirthDate(1976, D(1976, 3, 13))),
        ("02/10/1986", BirthDate(1986, D(1986, 10, 2))),
        ("19.08.1985", BirthDate(1985, D(1985, 8, 19))),
        ("5-3-1980", BirthDate(1980, D(1980, 3, 5))),
        (" 5 / 3 / 1980 ", BirthDate(1980, D(1980, 3, 5))),
        ("1980-03-05", BirthDate(1980, D(1980, 3, 5))),
        ("1980-03-05 00:00:00", BirthDate(1980, D(1980, 3, 5))),
        ("ngày 5 tháng 3 năm 1980", BirthDate(1980, D(1980, 3, 5))),
        ("٠٥/٠٣/١٩٨٠", BirthDate(1980, D(1980, 3, 5))),
        (D(1983, 12, 3), BirthDate(1983, D(1983, 12, 3))),
        (datetime.datetime(1983, 12, 3), BirthDate(1983, D(1983, 12, 3))),
        ("d", None),
    ],
)
def test_birth_dates_in_every_shape(cell, birth):
    read = values.birth_date(cell)
    assert read.value == birth
    assert bool(read.problem) is (birth is None)
    assert not read.notes


@pytest.mark.parametrize(
    ("cell", "birth", "note"),
    [
        ("1982", BirthDate(1982), "Only the year"),
        (1982, BirthDate(1982), "Only the year"),
        ("năm 1982", BirthDate(1982), "Only the year"),
        ("05/1976", BirthDate(1976), "no day"),
        (30654, BirthDate(1983, D(1983, 12, 4)), "in a spreadsheet"),
        ("30654", BirthDate(1983, D(1983, 12, 4)), "in a spreadsheet"),
        ("5/3/80", BirthDate(1980, D(1980, 3, 5)), "read as 1980"),
        ("5.3.07", BirthDate(2007, D(2007, 3, 5)), "read as 2007"),
    ],
)
def test_what_was_supplied_to_a_birth_date_is_said(cell, birth, note):
    read = values.birth_date(cell)
    assert (read.value, read.problem) == (birth, "")
    assert len(read.notes) == 1
    assert note in read.notes[0]


@pytest.mark.parametrize(
    ("cell", "sentence"),
    [
        ("31/02/1980", "has no day 31"),
        ("03/25/1976", "no month 25"),
        ("hôm qua", "is not a date"),
        ("1/1/2024", "age of 1"),
        ("1/1/1901", "age of 124"),
        ("12/12/20255", "is not a date"),
        (0.5, "is not a date"),
        (-5, "is not a date"),
        ("=1+1", "is not a date"),
    ],
)
def test_a_birth_date_that_cannot_be_is_answered_with_a_sentence(cell, sentence):
    read = values.birth_date(cell)
    assert read.value is None
    assert sentence in read.problem


def test_a_blank_birth_date_is_no_error_here():
    assert values.birth_date(None) == values.birth_date("  ") == values.Read()


@given(st.dates(D(1930, 1, 1), D(2009, 12, 31)))
def test_a_date_reads_the_same_in_all_its_spellings(date):
    with clock.frozen(D(2025, 3, 3)):
        spelled = [date.strftime("%d/%m/%Y"), f"{date.day}.{date.month}.{date.year}", date.isoformat(), date]
        spelled.append((date - D(1899, 12, 30)).days)
        assert {values.birth_date(cell).value for cell in spelled} == {BirthDate(date.year, date)}


@given(
    st.one_of(
        st.text(max_size=30), st.integers(), st.floats(), st.times(), st.dates(), st.booleans(), st.none()
    )
)
def test_no_cell_breaks_a_reader(cell):
    readers = (values.birth_date, values.plain_date, values.cccd, values.staff_code, values.name, values.gender,
               values.time_of_day, values.number, values.whole_number)  # fmt: skip
    for reader in readers:
        read = reader(cell)
        assert read.value is None or not read.problem


@pytest.mark.parametrize(
    ("cell", "digits", "notes"),
    [
        ("038305040048", "038305040048", ()),
        (38607356478, "038607356478", ("lost its leading zero",)),
        ("38607356478", "038607356478", ("lost its leading zero",)),
        (1082113815, "001082113815", ("lost its leading zero",)),
        ("038 082 113 815", "038082113815", ()),
        ("171717171", None, ("old identity card",)),
    ],
)
def test_citizen_ids(cell, digits, notes):
    read = values.cccd(cell)
    assert (read.value, read.problem) == (digits, "")
    assert [wanted in note for wanted, note in zip(notes, read.notes, strict=True)] == [True] * len(notes)


@pytest.mark.parametrize(
    ("gender", "year", "note"),
    [
        ("F", 1980, None),
        ("M", 1980, "does not fit the gender in"),
        ("F", 1981, "does not fit the year of birth in"),
        ("M", 1981, "does not fit the gender and the year"),
        (None, None, None),
    ],
)
def test_a_citizen_id_is_compared_with_gender_and_year(gender, year, note):
    notes = values.cccd_doubts("038180113815", gender=gender, birth_year=year)
    assert (notes == ()) if note is None else (note in notes[0])


def test_a_citizen_id_of_no_province_is_doubted():
    assert "No province has the code 100" in values.cccd_doubts("100082113815")[0]


@pytest.mark.parametrize("cell", ["0383050400", "0383050400481", "0383O5040048", "٠٣٨٣٠٥٠٤٠٠٤٨", 12.5])
def test_a_citizen_id_of_the_wrong_length_or_letters(cell):
    read = values.cccd(cell)
    assert read.value is None
    assert read.problem


def test_staff_codes_get_their_zeros_back():
    assert values.staff_code("085320") == values.Read("085320")
    assert values.staff_code(1514).value == "001514"
    assert "restored" in values.staff_code(1514).notes[0]
    assert values.staff_code("=cmd()").problem


def test_names_are_repaired_with_a_note():
    assert values.name("  PHẠM MINH TIẾN ").value == "Phạm Minh Tiến"
    assert "PHẠM MINH TIẾN" in values.name("  PHẠM MINH TIẾN ").notes[0]
    assert values.name("Vũ Nga") == values.Read("Vũ Nga")
    assert values.name("").problem
    assert "=HYPERLINK" in values.name('=HYPERLINK("http://x")').problem


@pytest.mark.parametrize(
    ("cell", "time"),
    [
        ("7:30", datetime.time(7, 30)),
        ("7h30", datetime.time(7, 30)),
        ("07g30", datetime.time(7, 30)),
        ("13 giờ 30 phút", datetime.time(13, 30)),
        ("7h", datetime.time(7, 0)),
        (0.3125, datetime.time(7, 30)),
        (datetime.time(7, 30, 20), datetime.time(7, 30)),
        ("25:00", None),
        ("sáng", None),
    ],
)
def test_times(cell, time):
    assert values.time_of_day(cell).value == time


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("8,5", Decimal("8.5")),
        ("8.5", Decimal("8.5")),
        (8, Decimal(8)),
        ("1.234,5", Decimal("1234.5")),
        ("tám", None),
    ],
)
def test_numbers_with_comma_or_point(cell, number):
    assert values.number(cell).value == number


def test_numbers_have_bounds():
    assert "outside 0–10" in values.number("11", least=Decimal(0), most=Decimal(10)).problem
    assert values.whole_number("4").value == 4
    assert values.whole_number("4,5").problem
