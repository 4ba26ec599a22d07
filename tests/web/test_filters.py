"""How dates, numbers and lists are written."""

from datetime import date, datetime, time
from decimal import Decimal

import pytest

from lms.web import filters


@pytest.fixture
def vietnamese(app):
    with app.test_request_context():
        yield


@pytest.fixture
def english(app):
    with app.test_request_context(headers={"Cookie": "kb_language=en"}):
        yield


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (date(1980, 2, 1), "01/02/1980"),
        (1980, "1980"),
        ("1980", "1980"),
        ("2025-03-05", "05/03/2025"),
        (datetime(2025, 3, 2, 18, 30), "03/03/2025"),  # evening in UTC is the next day here
        (None, "–"),
        ("", "–"),
    ],
)
def test_date(value, written):
    assert filters.date(value) == written


def test_times_are_shown_where_the_users_are():
    assert filters.datetime(datetime(2025, 3, 3, 0, 30)) == "03/03/2025 07:30"
    assert filters.time(datetime(2025, 3, 3, 0, 30)) == "07:30"
    assert filters.time(time(7, 30)) == "07:30"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (1234, "1.234"),
        (1234.5, "1.234,5"),
        (Decimal("8.25"), "8,25"),
        (8.0, "8"),
        (0, "0"),
        (-3.5, "-3,5"),
        (None, "–"),
    ],
)
def test_numbers_in_vietnamese(vietnamese, value, written):
    assert filters.number(value) == written


def test_numbers_in_english(english):
    assert filters.number(1234.5) == "1,234.5"
    assert filters.percent(0.964, 1) == "96.4%"


def test_a_share_in_vietnamese(vietnamese):
    assert filters.percent(0.964, 1) == "96,4\u00a0%"


def test_words_in_a_sentence(vietnamese):
    assert filters.vi_list([]) == ""
    assert filters.vi_list(["An"]) == "An"
    assert filters.vi_list(["An", "Bình", "Chi"]) == "An, Bình và Chi"
