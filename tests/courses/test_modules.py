"""The academic officer chooses which modules work in one class."""

import pytest

from lms.plugins import services, setting
from lms.plugins.switch import is_on
from tests.browser import axe, shot


@pytest.fixture
def klass(make):
    return make.klass("K01-2025", state="running")


@pytest.fixture
def officer(login, make):
    return login(make.user("academic_officer", display_name="Lê Thị Giáo Vụ"))


def test_a_module_goes_and_its_tab_with_it(officer, klass):
    attendance = f"/attendance/classes/{klass.id}"
    assert attendance in officer.get(f"/classes/{klass.id}").text
    officer.post(f"/classes/{klass.id}/modules/attendance/switch", data={"to": "off"})
    assert not is_on("attendance", klass)
    page = officer.get(f"/classes/{klass.id}/modules").text
    assert attendance not in page
    assert "Lê Thị Giáo Vụ" in page
    officer.post(f"/classes/{klass.id}/modules/attendance/switch", data={"to": "above"})
    assert attendance in officer.get(f"/classes/{klass.id}").text


def test_a_setting_of_this_class_alone(officer, klass, make):
    address = f"/classes/{klass.id}/modules/assessment/settings"
    answer = officer.post(address, data={"assessment-setting_tests_expected": "False"})
    assert answer.status_code == 303
    assert setting("assessment.tests_expected", klass) is False
    assert setting("assessment.tests_expected", make.klass("K02-2025")) is True


def test_a_wrong_value_is_answered_beside_its_field(officer, klass):
    page = officer.post(
        f"/classes/{klass.id}/modules/assessment/settings",
        data={"assessment-setting_tests_expected": "perhaps"},
    )
    assert page.status_code == 422
    assert "setting_tests_expected-errors" in page.text


def test_others_may_not(login, make, klass):
    lecturer = login(make.user("lecturer"))
    assert lecturer.get(f"/classes/{klass.id}/modules").status_code == 403
    assert (
        lecturer.post(f"/classes/{klass.id}/modules/attendance/switch", data={"to": "off"}).status_code == 403
    )
    assert is_on("attendance", klass)


def test_what_is_off_for_the_site_says_so_and_has_no_button(officer, klass):
    services.switch("attendance", False, by=None)
    page = officer.get(f"/classes/{klass.id}/modules").text
    assert f"/classes/{klass.id}/modules/attendance/switch" not in page


def test_the_page_costs_a_constant_number_of_queries(officer, klass, max_queries):
    with max_queries(30):
        assert officer.get(f"/classes/{klass.id}/modules").status_code == 200


@pytest.mark.once
def test_the_page_in_a_browser(live_server, desk, phone):
    site = live_server(demo=True)
    password = "mat-khau-cua-thu"
    site.command(
        *("user", "add", "gv@example.vn", "--name", "Nguyễn Thị Thử"),
        *("--role", "academic_officer", "--password", password),
    )
    for opened in (desk, phone):
        page = opened()
        page.goto(f"{site.url}/login")
        page.get_by_label("Thư điện tử").fill("gv@example.vn")
        page.get_by_label("Mật khẩu", exact=True).fill(password)
        page.get_by_role("button", name="Đăng nhập").click()
        page.goto(f"{site.url}/classes/1/modules")
        module = page.locator("#module-attendance")
        module.get_by_role("button", name="Tắt trong lớp này").click()
        page.get_by_role("status").filter(has_text="Dữ liệu vẫn được giữ").wait_for()
        shot(page, "class-modules")
        assert axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
        module.get_by_role("button", name="Theo thiết lập chung").click()
        assert module.get_by_role("button", name="Theo thiết lập chung").count() == 0
