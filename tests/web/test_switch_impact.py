"""Before a plugin is switched off, whoever depends on it says how much, with numbers."""

from datetime import date

import pytest

from certificates import services as certificates
from lms.plugins import Plugin, ask, hookimpl
from lms.plugins.registry import Found, registry
from tests.certificates.school import found_school


@pytest.fixture(autouse=True)
def _in_april_2025(frozen):
    with frozen(date(2025, 4, 1)):
        yield


@pytest.fixture
def said(app):
    """The sentences about one plugin with their numbers, as people read them."""

    def ask_for(name):
        with app.test_request_context(headers={"Accept-Language": "en"}):
            return {str(one.sentence): one.count for one in ask("switch_impact", name=name)}

    return ask_for


def number(sentences, *words):
    [found] = [count for sentence, count in sentences.items() if all(word in sentence for word in words)]
    return found


def test_standards_that_ask_for_certificates_are_counted(said):
    for name in ("certificates", "eligibility"):
        assert number(said(name), "tiêu chuẩn") >= 5
    assert not [one for one in said("assessment") if "tiêu chuẩn" in one]


def test_rules_that_ask_for_attendance_and_tests_are_counted(said):
    assert number(said("attendance"), "chuyên cần") >= 1
    assert number(said("assessment"), "bài kiểm tra") >= 1


def test_codes_nobody_could_check_and_values_on_prepared_certificates(said, make, monkeypatch):
    assert number(said("certificates"), "Mã của") == 0
    school = found_school(make)
    school.prepared(school.closed_class("Nguyễn Thị Hoa"))
    issued = school.closed_class("Lê Văn Chi", "Trần Thị Bình")
    certificates.approve_and_issue(school.prepared(issued), by=school.head)
    assert number(said("certificates"), "Mã của") == 2

    class Grades:
        @hookimpl
        def certificate_fields(self, klass, memberships):
            return []

    plugin = type("GradesPlugin", (Plugin,), {"name": "grades", "title": "Grades"})
    monkeypatch.setitem(registry.found, "grades", Found("grades", "lms", plugin, built_in=False))
    registry.add_answers("grades", Grades())
    try:
        assert number(said("grades"), "chưa cấp") == 1
    finally:
        registry.remove_answers("grades")
