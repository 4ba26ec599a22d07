"""Tokens, the description and webhooks in a real browser: nothing axe finds, no page wider than the phone."""

from __future__ import annotations

import pytest

from tests.browser import axe, shot
from tests.web.test_browser import PASSWORD, sign_in

pytestmark = pytest.mark.once


@pytest.fixture(scope="module")
def site(live_module_server):
    site = live_module_server(LMS_WEBHOOK_PRIVATE="1")
    for name, role in (("quantri", "platform_admin"), ("giaovu", "academic_officer")):
        email = f"{name}@example.vn"
        site.command("user", "add", email, "--name", "Nguyễn Thị Thử", "--role", role, "--password", PASSWORD)
    return site


@pytest.mark.parametrize("device", ["phone", "desk"])
def test_the_pages_for_programs(site, request, device):
    page = request.getfixturevalue(device)()
    complaints = sign_in(page, site, "giaovu")
    for name, address in (("tokens", "/me/tokens"), ("docs", "/api/v1/docs")):
        page.goto(site.url + address)
        if name == "docs":
            page.locator("summary", has_text="nominations").click()
        shot(page, f"api-{name}")
        assert axe(page) == [], name
        width = page.viewport_size["width"]
        assert page.evaluate("document.documentElement.scrollWidth") == width, name
    assert complaints == []


@pytest.mark.parametrize("device", ["phone", "desk"])
def test_a_webhook_from_adding_to_a_failed_trial(site, request, device):
    page = request.getfixturevalue(device)()
    complaints = sign_in(page, site, "quantri")
    page.goto(f"{site.url}/platform/webhooks/new")
    page.get_by_label("Hệ thống nào nhận?").fill("Kho dữ liệu của tỉnh")
    page.get_by_label("Địa chỉ", exact=True).fill("http://127.0.0.1:9/hook")
    page.get_by_label("courses.ClassClosed").check()
    shot(page, "api-webhook-new")
    page.get_by_role("button", name="Thêm webhook").click()
    assert page.get_by_label("Khoá bí mật").input_value().startswith("whsec_")
    page.get_by_role("link", name="Đến webhook").click()
    page.get_by_role("button", name="Gửi thử").click()
    failure = page.get_by_text("Không kết nối được")
    for _ in range(20):
        if failure.count():
            break
        page.wait_for_timeout(500)
        page.reload()
    assert failure.count()
    shot(page, "api-webhook")
    assert axe(page) == []
    width = page.viewport_size["width"]
    assert page.evaluate("document.documentElement.scrollWidth") == width
    page.goto(f"{site.url}/platform/webhooks/")
    shot(page, "api-webhooks")
    assert axe(page) == []
    page.goto(f"{site.url}/platform/tokens")
    assert axe(page) == []
    assert complaints == []
