"""Every threat has its row, what the product does against it, and tests that are there."""

import pytest

from tests import threats

pytestmark = pytest.mark.once


def test_the_table_has_a_row_for_every_threat():
    rows = threats.table()
    assert list(rows) == list(range(1, threats.ROWS + 1))
    for row, (attack, answer, _tests) in rows.items():
        assert len(attack) > 15 and len(answer) > 30, row


def test_every_threat_has_a_test_and_every_such_test_stands_in_the_table():
    there = threats.tests_by_row()
    assert set(there) == set(range(1, threats.ROWS + 1)), (
        "a threat that no test answers for, or a test of none"
    )
    said = {row: tests for row, (_attack, _answer, tests) in threats.table().items() if tests}
    assert said == there, "run `python -m tests.threats`"
