"""Codes as people type them."""

from __future__ import annotations

import pytest

from evaluation.codes import LENGTH, new_code, printed, read_code
from lms.access.links import ALPHABET


@pytest.mark.parametrize(
    "typed", ["K7Q2M9XPRT", "k7q2m-9xprt", " K7Q2M 9XPRT ", "K7Q2M - 9XPRT", "K7-Q2-M9-XP-RT"]
)
def test_a_code_is_read_however_it_is_typed(typed: str) -> None:
    assert read_code(typed) == "K7Q2M9XPRT"


def test_letters_people_confuse_are_read_as_digits() -> None:
    assert read_code("OoIiL-l0101") == "0011110101"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "K7Q2M-9XPR",
        "K7Q2M-9XPRTT",
        "K7Q2M-9XPRU",
        "K7Q2M-9XPR١",
        "K7Q2M-9XPR\0",
        "' OR 1=1--",
        "A" * 5000,
    ],
)
def test_what_cannot_be_a_code_is_none(typed: str) -> None:
    assert read_code(typed) is None


def test_new_codes_use_the_whole_alphabet_and_read_back() -> None:
    codes = [new_code() for _ in range(400)]
    assert len(set(codes)) == 400
    assert {letter for code in codes for letter in code} == set(ALPHABET)
    assert all(len(code) == LENGTH and read_code(printed(code)) == code for code in codes)
