"""A plugin on here and off there: the narrowest choice decides, and the page can say whose it was."""

import pytest
from flask import has_request_context

from lms.audit.models import AuditRow
from lms.errors import Conflict, Invalid
from lms.plugins import effective, scopes, services, setting
from lms.plugins.models import PluginChoice
from lms.plugins.switch import ON, is_on, refresh

EXPECTED = "assessment.tests_expected"


@pytest.fixture
def school(make):
    return make.organisation("truong-chinh-tri", kind="school", parent=make.organisation("tinh"))


@pytest.fixture
def klass(make, school):
    return make.klass("K01-2025", organiser=school)


def around(klass):
    return {
        "organisation": ("organisation", klass.organiser_id),
        "province": ("organisation", klass.organiser.parent_id),
        "programme": ("programme", klass.programme_version.programme_id),
        "class": ("class", klass.id),
    }


def test_an_organisation_without_the_plugin_has_classes_without_it(klass, make):
    elsewhere = make.klass("K02-2025")
    services.switch_at("attendance", around(klass)["organisation"], False, by=None)
    assert not is_on("attendance", klass)
    assert is_on("attendance", elsewhere)
    assert is_on("attendance")


@pytest.mark.parametrize("broad", ["province", "organisation", "programme"])
def test_the_class_decides_against_whatever_stands_above(klass, broad):
    services.switch_at("attendance", around(klass)[broad], False, by=None)
    services.switch_at("attendance", around(klass)["class"], True, by=None)
    assert is_on("attendance", klass)


def test_the_programme_is_narrower_than_the_organisation_and_a_unit_than_the_province(klass):
    services.switch_at("attendance", around(klass)["province"], False, by=None)
    services.switch_at("attendance", around(klass)["organisation"], True, by=None)
    assert is_on("attendance", klass)
    services.switch_at("attendance", around(klass)["programme"], False, by=None)
    assert not is_on("attendance", klass)


def test_off_for_the_site_is_off_everywhere(klass):
    services.switch_at("attendance", around(klass)["class"], True, by=None)
    services.switch("attendance", False, by=None)
    assert not is_on("attendance", klass)


def test_following_again_what_stands_above_forgets_the_choice(klass):
    services.switch_at("attendance", around(klass)["class"], False, by=None)
    services.switch_at("attendance", around(klass)["class"], None, by=None)
    assert is_on("attendance", klass)
    assert PluginChoice.select().count() == 0


def test_the_core_stays_on_in_every_class(klass):
    with pytest.raises(Conflict):
        services.switch_at("certificates", around(klass)["class"], False, by=None)


def test_a_setting_comes_from_the_narrowest_scope_that_has_one(klass, make):
    assert setting(EXPECTED, klass) is True
    services.change_setting(EXPECTED, False, by=None, scope=around(klass)["programme"])
    assert setting(EXPECTED, klass) is False
    services.change_setting(EXPECTED, True, by=None, scope=around(klass)["class"])
    assert setting(EXPECTED, klass) is True
    assert setting(EXPECTED, make.klass("K02-2025")) is False


def test_a_setting_of_the_site_cannot_differ_in_a_class(klass):
    with pytest.raises(Invalid):
        services.change_setting("enrolment.new_officials", False, by=None, scope=around(klass)["class"])


def test_who_chose_it_and_when_is_known_and_on_record(klass, make):
    officer = make.user("academic_officer", display_name="Lê Thị Giáo Vụ")
    services.switch_at("attendance", around(klass)["organisation"], False, by=officer)
    found = effective.effective("attendance", ON, around(klass)["class"])
    assert (found.value, found.choice.by_name, found.own) == (False, "Lê Thị Giáo Vụ", False)
    assert found.source == around(klass)["organisation"]
    row = AuditRow.get(AuditRow.deed == "plugins.scope_off")
    assert row.details == {
        "plugin": "attendance",
        "scope": f"organisation {klass.organiser_id}",
        "place": klass.organiser.name,
    }


def test_a_hundred_classes_cost_as_many_queries_as_one(klass, make, max_queries):
    classes = [klass, *(make.klass(organiser=klass.organiser) for _ in range(30))]
    services.switch_at("attendance", around(klass)["organisation"], False, by=None)
    with max_queries(5):
        assert [is_on("attendance", one) for one in classes] == [False] * 31
        assert [setting(EXPECTED, one) for one in classes] == [True] * 31
    with max_queries(0):
        assert not is_on("attendance", klass.id)


def test_without_any_choice_nobody_is_asked_about_scopes(klass, max_queries):
    refresh()
    with max_queries(3):
        assert is_on("attendance", klass)
        assert setting(EXPECTED, klass) is True


def test_another_process_sees_a_choice_made_elsewhere(klass, monkeypatch):
    assert is_on("attendance", klass)
    PluginChoice.create(kind="class", scope_id=klass.id, plugin="attendance", key=ON, value=False)
    monkeypatch.setattr("lms.plugins.switch.SECONDS_FRESH", -1.0)
    assert not is_on("attendance", klass)
    PluginChoice.delete().execute()
    assert is_on("attendance", klass)


def test_a_choice_for_a_class_can_be_made_where_there_is_no_page(klass):
    """From the command line or a job: the record names the class although nobody asked for a page."""
    assert not has_request_context()
    services.switch_in_class("attendance", klass.id, False, by=None)
    assert not is_on("attendance", klass)
    [row] = AuditRow.select().where(AuditRow.deed == "plugins.scope_off")
    assert "K01-2025" in row.details["place"]
    assert scopes.named({("class", klass.id)})["class", klass.id].url == f"/classes/{klass.id}/modules"
