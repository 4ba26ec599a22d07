"""Text is stored once, found without accents and hides nothing."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms import text

ANY = st.text(max_size=40)
VIETNAMESE = st.text("aăâbcdđeêghiklmnoôơpqrstuưvxyÁẮẤÉẾỐỚỨỴỹ ẫ'", max_size=40)


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Đặng Thị Ánh", "dang thi anh"),
        ("  ĐẶNG\u00a0THỊ \n TRANG ", "dang thi trang"),
        (unicodedata.normalize("NFD", "Bùi Thị Phương Thảo"), "bui thi phuong thao"),
        ("Ðỗ Ánh", "do anh"),  # Icelandic eth typed for đ
        ("H\u2019Hen Niê", "h'hen nie"),
        ("Y Bliă Êban", "y blia eban"),
        ("Ngu\u200byễn\u202e", "nguyen"),
        ("", ""),
    ],
)
def test_fold_gives_the_word_people_type(written, folded):
    assert text.fold(written) == folded


@given(ANY)
def test_folding_twice_changes_nothing(written):
    once = text.fold(written)
    assert text.fold(once) == once
    assert not any(unicodedata.combining(c) for c in once)


@given(VIETNAMESE)
def test_composed_and_decomposed_spellings_are_one(written):
    decomposed = unicodedata.normalize("NFD", written)
    assert text.fold(decomposed) == text.fold(written)
    assert text.clean_line(decomposed) == text.clean_line(written)
    assert text.fold(written).isascii()


@given(ANY)
def test_a_clean_line_has_nothing_hidden_and_stays_clean(written):
    line = text.clean_line(written)
    assert not text.has_control(line)
    assert "  " not in line
    assert text.clean_line(line) == line


@pytest.mark.parametrize(
    "mark", ["\u202e", "\u2066", "\u200b", "\u200d", "\ufeff", "\x00", "\x1b", "\u00ad", "\n", "\ue000"]
)
def test_hidden_characters_are_noticed(mark):
    assert text.has_control(f"Nguyễn{mark} An")


@pytest.mark.parametrize("fine", ["Nguyễn Văn An", "H'Bơ Rơ-Châm", "số 12/2019", "a\u0302n"])
def test_ordinary_text_is_not_suspected(fine):
    assert not text.has_control(fine)


def test_labels_compare_by_words_only():
    assert text.fold_words("Ngày, tháng,\nnăm sinh") == "ngay thang nam sinh"
