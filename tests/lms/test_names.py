"""Names keep their shape, and lists follow the Vietnamese order."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms import names, text
from tests.lms.test_choices_migration import load

WORD = st.text("aăâbcdđeêghiklmnoôơpqrstuưvxyàáảãạẳễộợữÁĐÊ", min_size=1, max_size=8)
NAME = st.lists(WORD, min_size=1, max_size=5).map(" ".join)
LONG = "Hồ Lê Nguyễn Công Tằng Tôn Nữ Hoàng Thị Anh Thư"


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("  PHẠM MINH TIẾN ", "Phạm Minh Tiến"),
        (unicodedata.normalize("NFD", "  ĐẶNG THỊ TRANG "), "Đặng Thị Trang"),
        ("nguyễn văn an", "Nguyễn Văn An"),
        ("Trần Văn Ỷ", "Trần Văn Ỷ"),
        ("H\u2019Hen Niê", "H'Hen Niê"),
        ("H' Hen Niê", "H'Hen Niê"),
        ("SIU H'BƠ RƠ CHÂM KRÔNG", "Siu H'Bơ Rơ Châm Krông"),
        ("Y BLIĂ ÊBAN", "Y Bliă Êban"),
        ("Ðỗ\u00a0Ánh", "Đỗ Ánh"),
        ("KHÁNH", "Khánh"),
        ("Ka-Sô-Liễng", "Ka-Sô-Liễng"),
        ("McDonald Lê", "McDonald Lê"),
    ],
)
def test_a_name_is_stored_as_its_owner_writes_it(typed, stored):
    assert names.clean_name(typed) == stored


@given(NAME)
def test_cleaning_twice_changes_nothing(name):
    once = names.clean_name(name)
    assert names.clean_name(once) == once
    assert names.clean_name(unicodedata.normalize("NFD", name)) == once


@pytest.mark.parametrize("name", ["Khánh", "H'Hen Niê", "Siu H'Bơ Rơ Châm Krông", "Lê Văn A.", LONG])
def test_real_shapes_are_plausible(name):
    assert names.is_plausible(name)
    assert len(names.sort_key(name)) <= 400


@pytest.mark.parametrize("name", ["", "A", "Nguyễn Văn 2", "=HYPERLINK(1)", "<b>An</b>", "'An", "An" * 80])
def test_what_is_no_name_is_noticed(name):
    assert not names.is_plausible(name)


def test_the_given_name_comes_first_then_family_then_middle():
    people = ["Trần Thị Bình", "Nguyễn Văn An", "Lê Đức Anh", "Lê Bá Anh", "Đỗ Ánh", "Phạm Văn Ân", "Cao Ăn"]
    assert sorted(people, key=names.sort_key) == [
        "Nguyễn Văn An",
        "Lê Bá Anh",
        "Lê Đức Anh",
        "Đỗ Ánh",
        "Cao Ăn",
        "Phạm Văn Ân",
        "Trần Thị Bình",
    ]


def test_letters_follow_the_alphabet_and_tones_the_dictionary():
    tones = ["Ma", "Mà", "Mả", "Mã", "Má", "Mạ", "Mă", "Mâ", "Mân"]
    assert sorted(reversed(tones), key=names.sort_key) == tones
    letters = ["Da", "Đa", "E", "Ê", "O", "Ô", "Ơ", "U", "Ư", "Y"]
    assert sorted(reversed(letters), key=names.sort_key) == letters


def test_both_spellings_of_one_name_sort_together():
    assert names.sort_key("Hoàng Văn Hoà") == names.sort_key("Hoàng Văn Hòa")
    assert names.sort_key("TRẦN VĂN Ỷ") == names.sort_key("Trần Văn Ỷ")


@given(NAME)
def test_the_key_is_digits_so_every_database_sorts_alike(name):
    key = names.sort_key(name)
    assert key.isdigit()
    assert names.sort_key(unicodedata.normalize("NFD", name)) == key


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Nguyễn Văn An", "NA"),
        ("Khánh", "K"),
        ("H'Hen Niê", "HN"),
        ("Đỗ Ánh", "ĐÁ"),
        ("", ""),
        ("y bliă êban", "YÊ"),
    ],
)
def test_initials(name, short):
    assert names.initials(name) == short


def test_the_given_name_is_split_off():
    assert (names.before_given("Mai Thị Phương Vinh"), names.given("Mai Thị Phương Vinh")) == (
        "Mai Thị Phương",
        "Vinh",
    )
    assert (names.before_given("Khánh"), names.given("Khánh")) == ("", "Khánh")


def test_names_of_accounts_on_record_get_the_order_of_new_ones():
    """What the database step works out for accounts there already is what a new account gets."""
    step = load("0016_accounts_by_name")
    for name in (
        "Đỗ Thị Ước",
        "H'Hen Niê",
        "Y Bliă Êban",
        "Siu H'Bơ Rơ Châm Krông",
        "Khánh",
        "NGUYỄN VĂN Hoà",
        "Lê Hòa",
        "demo 2",
    ):
        assert step.sort_key(name) == names.sort_key(name), name
        assert step.folded(name) == text.fold(name), name
