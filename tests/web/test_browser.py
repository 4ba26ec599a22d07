"""The shell in a real browser: nothing blocked by its own policy, nothing axe finds, every deed asks first."""

import pytest

from tests.browser import axe, shot

pytestmark = pytest.mark.once

PASSWORD = "mat-khau-cua-thu"


@pytest.fixture(scope="module")
def site(live_module_server):
    site = live_module_server()
    for name, role in (("quantri", "platform_admin"), ("giangvien", "lecturer"), ("thanhtra", "inspector")):
        email = f"{name}@example.vn"
        site.command("user", "add", email, "--name", "Nguyễn Thị Thử", "--role", role, "--password", PASSWORD)
    return site


def sign_in(page, site, name: str):
    """Sign in and collect whatever the browser complains about from then on."""
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{site.url}/login")
    page.get_by_label("Thư điện tử").fill(f"{name}@example.vn")
    page.get_by_label("Mật khẩu", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()
    page.wait_for_url(f"{site.url}/")
    return complaints


def test_strangers_pages_on_a_phone(site, phone):
    page = phone()
    for name, address in (("welcome", "/"), ("sign-in", "/login"), ("missing", "/not-there")):
        page.goto(site.url + address)
        shot(page, f"web-{name}")
        assert axe(page) == [], name
        assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_targets_on_a_phone_are_large_enough(site, phone):
    page = phone()
    page.goto(f"{site.url}/login")
    small = page.evaluate(
        """() => [...document.querySelectorAll('a, button, input:not([type=hidden]), summary')]
            .filter(e => !e.classList.contains('skip') && !e.closest('p') && e.type !== 'checkbox')
            .map(e => [e.textContent.trim() || e.id, e.getBoundingClientRect()])
            .filter(([, box]) => box.width && box.height < 44).map(([name]) => name)"""
    )
    assert small == []


def test_the_menu_opens_without_script(site, phone):
    page = phone(java_script_enabled=False)
    page.goto(f"{site.url}/login")
    page.get_by_label("Thư điện tử").fill("giangvien@example.vn")
    page.get_by_label("Mật khẩu", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()
    page.locator("summary", has_text="Menu").click()
    assert page.get_by_role("button", name="Đăng xuất").is_visible()


def test_desk_pages_of_the_administrator(site, desk):
    page = desk()
    complaints = sign_in(page, site, "quantri")
    for name, address in (("home", "/"), ("plugins", "/plugins"), ("jobs", "/jobs"), ("admin", "/admin/")):
        page.goto(site.url + address)
        shot(page, f"web-{name}")
        assert axe(page) == [], name
    assert complaints == []


def test_the_audit_record(site, desk):
    page = desk()
    complaints = sign_in(page, site, "thanhtra")
    page.goto(f"{site.url}/audit")
    assert axe(page) == []
    page.get_by_role("link", name="Kiểm tra chuỗi nhật ký").click()
    assert page.get_by_role("heading", name="Chuỗi nhật ký nguyên vẹn").is_visible()
    assert complaints == []


def test_switching_a_plugin_off_shows_its_impact_first(site, desk):
    page = desk()
    sign_in(page, site, "quantri")
    page.goto(f"{site.url}/plugins")
    row = page.get_by_role("row").filter(has_text="attendance")
    row.get_by_role("link", name="Tắt").click()
    assert "Ngừng hoạt động khi tắt" in page.locator("main").inner_text()
    shot(page, "web-plugin-switch")
    assert axe(page) == []
    page.get_by_role("button", name="Tắt trên toàn hệ thống").click()
    page.get_by_role("status").filter(has_text="Dữ liệu vẫn được giữ").wait_for()
    page.get_by_role("link", name="Bật", exact=True).click()
    page.get_by_role("button", name="Bật", exact=True).click()
    page.get_by_role("status").filter(has_text="Đã bật").wait_for()


@pytest.mark.parametrize("width", ["desk", "phone"])
def test_the_pages_on_plugins(site, request, width):
    page = request.getfixturevalue(width)()
    complaints = sign_in(page, site, "quantri")
    for name, address in (
        ("plugins", "/plugins"),
        ("plugin", "/plugins/attendance"),
        ("plugin-wiring", "/plugins/wiring"),
        ("plugin-where", "/plugins/attendance/where?kind=organisation"),
        ("plugin-switch", "/plugins/eligibility/switch"),
        ("plugin-preflight", "/plugins/preflight"),
        ("plugin-purge", "/plugins/attendance/purge"),
    ):
        page.goto(site.url + address)
        shot(page, f"web-{name}")
        assert axe(page) == [], name
        assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"], name
    assert complaints == []


def tab_to(page, words: str) -> None:
    """Press Tab until what has the focus is called so."""
    for _ in range(120):
        page.keyboard.press("Tab")
        called = page.evaluate("document.activeElement.ariaLabel || document.activeElement.innerText")
        if words in (called or ""):
            return
    pytest.fail(f"Tab never reaches “{words}”", pytrace=False)


@pytest.mark.parametrize("script", [True, False])
def test_many_rows_at_once_by_keyboard_alone_with_and_without_script(site, desk, script):
    page = desk(java_script_enabled=script)
    sign_in(page, site, "quantri")
    page.goto(f"{site.url}/accounts?role=lecturer")
    tab_to(page, "Chọn Nguyễn Thị Thử")
    page.keyboard.press("Space")
    tab_to(page, "Khoá")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Khoá được 1 tài khoản").wait_for()
    assert not script or axe(page) == []  # axe itself is a script
    tab_to(page, "Khoá 1 tài khoản")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Đã khoá 1 tài khoản").wait_for()
    tab_to(page, "Hoàn tác")
    page.keyboard.press("Enter")
    page.get_by_text("Đã hoàn tác: 1 dòng").wait_for()
    page.goto(f"{site.url}/accounts?role=lecturer&state=on")
    assert page.get_by_role("row").filter(has_text="giangvien@example.vn").count() == 1


class TestReferenceData:
    """Flask-Admin's pages do their work under the strict policy."""

    @pytest.fixture
    def page(self, site, desk):
        page = desk()
        page.complaints = sign_in(page, site, "quantri")
        yield page
        assert page.complaints == []

    def test_add_filter_and_look_without_barriers(self, site, page):
        page.goto(f"{site.url}/admin/organisations/new/")
        # The choosers the library brings (select2) give their focus catcher a role it should not have.
        assert axe(page, leave_out=("aria-allowed-role",)) == []
        page.locator("#code").fill("xa-thu")
        page.locator("#name").fill("Xã Thử")
        page.locator("#kind").select_option("commune")
        page.get_by_role("button", name="Lưu", exact=True).click()
        page.get_by_text("Đã thêm một mục.").wait_for()
        shot(page, "web-admin-list")
        page.get_by_role("link", name="Xã Thử").wait_for()
        assert axe(page) == []
        page.get_by_role("button", name="Thêm bộ lọc").click()
        page.locator(".field-filters a").first.click()
        assert page.locator("table.filters tr").count() == 1

    def test_deleting_asks_and_a_no_is_a_no(self, site, page):
        page.goto(f"{site.url}/admin/roles/")
        assert axe(page) == []
        before = page.locator("table.model-list tr").count()
        asked = []
        page.once("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
        page.get_by_role("button", name="Xoá “Nguyễn Thị Thử”").last.click()
        page.reload()
        assert asked == ["Xoá “Nguyễn Thị Thử”?"]
        assert page.locator("table.model-list tr").count() == before

    def test_a_bulk_action_asks_and_runs(self, site, page):
        page.goto(f"{site.url}/admin/roles/")
        page.locator(".action-checkbox").first.check()
        page.get_by_role("button", name="Với các mục đã chọn").click()
        page.once("dialog", lambda dialog: dialog.accept())
        page.locator("[data-bulk-action=delete]").click()
        # The first role is the last administrator's: the whole deed is refused.
        page.get_by_text("Hệ thống phải có người quản trị").wait_for()
