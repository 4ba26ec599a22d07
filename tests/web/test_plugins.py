"""The administrator's pages on plugins: settings, impact, scopes and wiring."""

import re

import pytest

from lms.audit.models import AuditRow
from lms.events import Delivery, EventRow
from lms.jobs import JobRun
from lms.plugins import setting
from lms.plugins.contract import Setting
from lms.plugins.models import PluginChoice
from lms.plugins.registry import registry
from lms.plugins.switch import is_on


@pytest.fixture
def admin(login, make):
    return login(make.user("platform_admin", display_name="Phạm Quản Trị"))


def sent(name, **values):
    return {f"{name}-setting_{key}": value for key, value in values.items()}


@pytest.fixture
def more_settings():
    """Attendance with a setting of every other type."""
    plugin = registry.found["attendance"].plugin
    before = plugin.settings
    plugin.settings = (
        *before,
        Setting("gateway_key", str, "", "Gateway key", secret=True),
        Setting("share", float, 0.5, "Share", minimum=0, maximum=1),
        Setting("method", str, "paper", "Method", choices=(("paper", "On paper"), ("code", "By code"))),
    )
    yield
    plugin.settings = before


class TestOnePlugin:
    def test_it_says_what_the_plugin_is_needs_and_brings(self, admin, make):
        page = admin.get("/plugins/attendance").text
        for words in (
            "attendance_mark",
            "RollLocked",
            "completion_conditions",
            "/attendance/",
            "Lưu vĩnh viễn",
            "Cán bộ giáo vụ",
        ):
            assert words in page, words

    def test_only_administrators_see_it(self, login, make):
        client = login(make.user("academic_officer"))
        for address in ("/plugins/attendance", "/plugins/wiring", "/plugins/attendance/where"):
            assert client.get(address).status_code == 403

    def test_an_unknown_plugin_is_not_found(self, admin):
        for address in ("", "/switch", "/where"):
            assert admin.get(f"/plugins/nobody{address}").status_code == 404

    def test_every_plugin_has_a_page_at_a_constant_price(self, admin, max_queries):
        for found in registry.in_order():
            with max_queries(30 + len(found.plugin.tables)):
                assert admin.get(f"/plugins/{found.name}").status_code == 200


class TestSettings:
    def test_values_are_saved_and_audited(self, admin):
        answer = admin.post(
            "/plugins/attendance/settings", data=sent("attendance", undo_minutes="7", lock_at_day_end="y")
        )
        assert answer.status_code == 303
        assert setting("attendance.undo_minutes") == 7
        assert AuditRow.get(AuditRow.deed == "plugins.setting").details == {
            "setting": "attendance.undo_minutes",
            "value": 7,
        }

    def test_a_value_outside_the_range_is_refused_beside_its_field(self, admin):
        page = admin.post("/plugins/attendance/settings", data=sent("attendance", undo_minutes="100000"))
        assert page.status_code == 422
        assert re.search(r'id="attendance-setting_undo_minutes-errors"', page.text)
        assert PluginChoice.select().count() == 0

    def test_words_instead_of_a_number_are_refused(self, admin):
        page = admin.post("/plugins/attendance/settings", data=sent("attendance", undo_minutes="mười"))
        assert page.status_code == 422
        assert "undo_minutes-errors" in page.text

    def test_back_to_the_default_forgets_the_choice(self, admin):
        spec = next(one for one in registry.found["attendance"].plugin.settings if one.name == "undo_minutes")
        data = sent("attendance", undo_minutes="7", lock_at_day_end="y")
        admin.post("/plugins/attendance/settings", data=data)
        data |= sent("attendance", undo_minutes=str(spec.default))
        admin.post("/plugins/attendance/settings", data=data)
        assert PluginChoice.select().count() == 0

    def test_a_secret_never_reaches_the_page_and_empty_keeps_it(self, admin, more_settings):
        rest = sent("attendance", undo_minutes="7", lock_at_day_end="y", share="0.5", method="paper")
        admin.post("/plugins/attendance/settings", data=rest | sent("attendance", gateway_key="s3cret-word"))
        assert setting("attendance.gateway_key") == "s3cret-word"
        assert "s3cret-word" not in admin.get("/plugins/attendance").text
        admin.post("/plugins/attendance/settings", data=rest | sent("attendance", gateway_key=""))
        assert setting("attendance.gateway_key") == "s3cret-word"
        kept = PluginChoice.get(PluginChoice.key == "gateway_key")
        assert "s3cret-word" not in kept.value
        assert "s3cret-word" not in str([row.details for row in AuditRow.select()])

    def test_choices_and_shares(self, admin, more_settings):
        good = sent("attendance", undo_minutes="7", share="0.25", method="code")
        assert admin.post("/plugins/attendance/settings", data=good).status_code == 303
        assert (setting("attendance.share"), setting("attendance.method")) == (0.25, "code")
        for wrong in ({"share": "1.5"}, {"method": "fax"}, {"share": "nan"}):
            page = admin.post("/plugins/attendance/settings", data=good | sent("attendance", **wrong))
            assert page.status_code == 422, wrong


class TestSwitching:
    def test_the_impact_is_shown_before_the_deed(self, admin, make):
        make.klass("K01-2025", state="running")
        page = admin.get("/plugins/attendance/switch").text
        for words in ("completion_conditions", "/attendance/", "attendance_mark"):
            assert words in page
        assert "1 lớp" in page
        assert is_on("attendance")

    def test_what_others_need_names_them_and_offers_no_button(self, admin):
        needed = next(
            (
                need
                for found in registry.in_order()
                for need in found.plugin.requires
                if not registry.found[need].plugin.required
            ),
            None,
        )
        page = admin.get(f"/plugins/{needed or 'courses'}/switch").text
        assert "/off" not in page

    def test_off_and_on_again_in_two_steps(self, admin):
        admin.post("/plugins/attendance/off")
        assert not is_on("attendance")
        page = admin.get("/plugins/attendance/switch").text
        assert "/plugins/attendance/on" in page
        admin.post("/plugins/attendance/on")
        assert is_on("attendance")


class TestScopes:
    def test_search_choose_and_see_who_chose(self, admin, make):
        klass = make.klass("K07-2025")
        programme = klass.programme_version.programme_id
        found = admin.get("/plugins/attendance/where?kind=programme&q=lanh dao").text
        assert f"/plugins/attendance/at/programme/{programme}" in found
        address = f"/plugins/attendance/at/programme/{programme}"
        assert admin.post(f"{address}/switch", data={"to": "off"}).status_code == 303
        assert not is_on("attendance", klass)
        page = admin.get("/plugins/attendance/where").text
        assert "Phạm Quản Trị" in page
        assert "Bồi dưỡng lãnh đạo" in page
        admin.post(f"{address}/switch", data={"to": "above"})
        assert is_on("attendance", klass)

    def test_a_place_that_does_not_exist_is_not_found(self, admin):
        for place in ("class/999", "planet/1", "organisation/999"):
            assert admin.get(f"/plugins/attendance/at/{place}").status_code == 404

    def test_a_setting_is_left_to_what_stands_above_when_empty(self, admin, make):
        klass = make.klass("K07-2025")
        address = f"/plugins/assessment/at/class/{klass.id}"
        admin.post(f"{address}/settings", data=sent("assessment", tests_expected="False"))
        assert setting("assessment.tests_expected", klass) is False
        admin.post(f"{address}/settings", data=sent("assessment", tests_expected=""))
        assert setting("assessment.tests_expected", klass) is True
        assert PluginChoice.select().count() == 0

    def test_the_list_of_choices_costs_the_same_for_1_and_30(self, admin, make, max_queries):
        for count in (1, 30):
            for _ in range(count):
                PluginChoice.create(
                    kind="class", scope_id=make.klass().id, plugin="attendance", key="", value=False
                )
            with max_queries(20):
                assert admin.get("/plugins/attendance/where").status_code == 200


class TestWiring:
    @pytest.fixture
    def failed(self, app):
        event = EventRow.create(name="courses.ClassClosed", payload={"class_id": 1})
        for number in range(3):
            Delivery.create(
                event=event,
                handler=f"certificates.handlers.h{number}",
                plugin="certificates",
                state="failed",
                attempts=5,
                error="OSError: no paper",
            )

    def test_it_names_who_asks_answers_publishes_and_hears(self, admin):
        page = admin.get("/plugins/wiring").text
        for words in ("closing_checks", "courses.ClassClosed", "issue"):
            assert words in page

    def test_failed_deliveries_can_be_tried_again_one_or_all(self, admin, failed):
        assert "OSError: no paper" in admin.get("/plugins/wiring").text
        first = Delivery.select().first()
        admin.post(f"/plugins/wiring/{first.id}/retry")
        assert Delivery.get_by_id(first.id).state == "due"
        assert admin.post(f"/plugins/wiring/{first.id}/retry").status_code == 409
        admin.post("/plugins/wiring/retry")
        assert Delivery.select().where(Delivery.state == "failed").count() == 0
        assert [row.details for row in AuditRow.select().where(AuditRow.deed == "events.retry_all")] == [
            {"count": 2}
        ]

    def test_failed_work_has_a_link(self, admin):
        JobRun.create(kind="x.y", title="x", args={}, state="failed")
        assert "/jobs?state=failed" in admin.get("/plugins/wiring").text
