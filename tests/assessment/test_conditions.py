"""“Every required test passed” under every rule on record."""

from __future__ import annotations

from decimal import Decimal

import pytest

from courses.models import Klass
from lms.plugins import services as plugins
from lms.plugins.switch import refresh
from plugins.assessment import hooks, services
from plugins.assessment.services import Cell
from tests.assessment.conftest import a_school


@pytest.fixture(autouse=True)
def in_a_request(app):
    """Answers carry addresses; the platform asks them in a request, these tests call them by themselves."""
    with app.test_request_context():
        yield


def condition(school, person=0):
    klass = Klass.get_by_id(school.klass.id)
    return hooks.completion_conditions(klass, school.learners)[person]


@pytest.mark.parametrize(
    ("year", "regime", "rule", "source"),
    [
        (2020, "home_affairs", "TT01-2018", "Thông tư 01/2018/TT-BNV"),
        (2025, "home_affairs", "TT03-2023", "Thông tư 03/2023/TT-BNV, Điều 6"),
        (2026, "commune_political_centre", "QD1147-2025", "Quyết định 1147-QĐ/BTGDVTW, Điều 6, Điều 9"),
    ],
)
@pytest.mark.parametrize(
    ("first", "second", "met"),
    [
        ("5", "10", True),
        ("4,99", "10", False),
        ("10", "", None),
        ("4", "", False),
        ("", "", None),
        ("0", "0", False),
    ],
)
def test_half_of_the_scale_in_every_test(make, year, regime, rule, source, first, second, met):
    school = a_school(make, year=year, regime=regime)
    school.enter(school.cell(0, first), school.cell(0, second, test=1))

    answer = condition(school)
    assert (answer.met, answer.rule_id, answer.legal_source) == (met, rule, source)


def test_the_scale_is_the_tests_own(make):
    school = a_school(make, tests=1)
    big = services.plan_test(school.klass, "Đề án", kind="project", scale_max=Decimal(100), by=school.officer)
    school.enter(school.cell(0, "5"), Cell(big.id, school.learners[0].id, 1, "49,5"))
    assert condition(school).met is False
    school.enter(Cell(big.id, school.learners[0].id, 2, "50"))
    assert condition(school).met is True


def test_the_last_attempt_counts_and_is_named(make):
    school = a_school(make, year=2026, regime="commune_political_centre", tests=1)
    school.enter(school.cell(0, "4"))
    assert condition(school).met is False
    school.enter(school.cell(0, "5", attempt=2))
    assert condition(school).met is True
    assert "2" in condition(school).actual


def test_optional_tests_do_not_count(make):
    school = a_school(make, tests=1)
    extra = services.plan_test(school.klass, "Thảo luận", required=False, by=school.officer)
    school.enter(school.cell(0, "6"), Cell(extra.id, school.learners[0].id, 1, "2"))
    assert condition(school).met is True


def test_no_rule_on_record_is_never_guessed(make):
    school = a_school(make, regime="party")
    school.enter(school.cell(0, "9"), school.cell(0, "9", test=1))
    assert (condition(school).met, condition(school).rule_id) == (None, "")


def test_a_class_without_tests_says_so_unless_none_are_expected(make):
    school = a_school(make, tests=0)
    assert condition(school).met is None
    check = hooks.closing_checks(school.klass)[0]
    assert (check.met, check.blocking) == (False, True)
    plugins.change_setting("assessment.tests_expected", False, by=None, scope=("class", school.klass.id))
    refresh()
    assert hooks.completion_conditions(school.klass, school.learners) is None
    assert hooks.closing_checks(school.klass) is None


def test_closing_waits_for_every_score(make):
    school = a_school(make, people=2, tests=1)
    school.enter(school.cell(0, "6"))
    assert hooks.closing_checks(school.klass)[0].met is False
    assert "1" in str(hooks.closing_checks(school.klass)[0].detail)
    school.enter(school.cell(1, "3"))
    assert hooks.closing_checks(school.klass)[0].met is True


def test_conditions_cost_the_same_for_30_and_200(make, max_queries):
    for people in (30, 200):
        school = a_school(make, people=people)
        klass = Klass.get_by_id(school.klass.id)
        school.enter(*(school.cell(n, "7") for n in range(people)))
        with max_queries(6):
            hooks.completion_conditions(klass, school.learners)
