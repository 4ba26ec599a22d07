"""Accounts in a real browser: passkeys with Chromium's own virtual authenticator, and what axe says of the pages."""

from __future__ import annotations

import base64
import hmac
import io
import re
import struct
import time
from urllib.parse import parse_qs, urlsplit

import pytest
import zxingcpp
from PIL import Image

from tests.browser import axe, shot

pytestmark = pytest.mark.once

PASSWORD = "bốn từ không liên quan"


@pytest.fixture(scope="module")
def site(live_module_server):
    site = live_module_server()
    for name, role in (
        ("quantri", "platform_admin"),
        ("giangvien", "lecturer"),
        ("giaovu", "academic_officer"),
    ):
        email = f"{name}@example.vn"
        site.command("user", "add", email, "--name", "Nguyễn Thị Thử", "--role", role, "--password", PASSWORD)
    # Passkeys belong to a name, never to a number: the same server under its name.
    site.named = site.url.replace("127.0.0.1", "localhost")
    return site


def authenticator(page) -> None:
    """A fingerprint reader in the browser that always recognises its holder."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )


def password_step(page, url: str, name: str) -> None:
    page.goto(f"{url}/login")
    page.get_by_label("Thư điện tử").fill(f"{name}@example.vn")
    page.get_by_label("Mật khẩu", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập", exact=True).click()


def watch(page) -> list[str]:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return complaints


def sign_out(page) -> None:
    page.locator("summary", has_text="Menu").click()
    page.get_by_role("button", name="Đăng xuất").last.click()
    page.wait_for_load_state()


def test_a_passkey_is_made_asked_for_and_signs_in_alone(site, phone):
    page = phone()
    complaints = watch(page)
    authenticator(page)
    password_step(page, site.named, "giangvien")
    page.wait_for_url(f"{site.named}/")
    page.goto(f"{site.named}/account")
    page.get_by_label("Tên khoá truy cập mới").fill("Điện thoại của tôi")
    page.get_by_role("button", name="Thêm khoá truy cập").click()
    page.get_by_role("heading", name="Mã khôi phục").wait_for()
    shot(page, "access-codes")
    assert axe(page) == []
    assert len(re.findall(r"[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}", page.inner_text(".code-list"))) == 8
    page.goto(f"{site.named}/account")
    assert page.get_by_text("Điện thoại của tôi").is_visible()
    shot(page, "access-account")
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    sign_out(page)

    password_step(page, site.named, "giangvien")
    page.get_by_role("heading", name="Bước thứ hai").wait_for()
    shot(page, "access-second")
    assert axe(page) == []
    page.get_by_role("button", name="Dùng khoá truy cập").click()
    page.wait_for_url(f"{site.named}/")
    sign_out(page)

    page.goto(f"{site.named}/login")
    shot(page, "access-sign-in")
    assert axe(page) == []
    page.get_by_role("button", name="Dùng khoá truy cập").click()
    page.wait_for_url(f"{site.named}/")
    assert complaints == []


def test_an_authenticator_is_set_up_from_the_code_on_the_screen(site, desk):
    """The phone's part is played by a QR reader and the arithmetic of RFC 6238, written out here."""
    page = desk()
    password_step(page, site.url, "giaovu")
    page.wait_for_url(f"{site.url}/")
    page.goto(f"{site.url}/account/authenticator")
    picture = Image.open(io.BytesIO(page.locator("img.qr").screenshot()))
    scanned = urlsplit(zxingcpp.read_barcodes(picture)[0].text)
    assert scanned.scheme == "otpauth" and "giaovu%40example.vn" in scanned.path.replace("@", "%40")
    secret = parse_qs(scanned.query)["secret"][0]
    page.get_by_label("Mã", exact=True).fill(rfc6238(secret))
    page.get_by_role("button", name="Thiết lập").click()
    page.get_by_role("heading", name="Mã khôi phục").wait_for()
    code = page.locator(".code-list li").first.inner_text()
    page.goto(f"{site.url}/account")
    page.locator("summary", has_text="Nguyễn Thị Thử").click()
    page.get_by_role("button", name="Đăng xuất", exact=True).last.click()
    page.wait_for_url(f"{site.url}/")
    password_step(page, site.url, "giaovu")
    page.get_by_label("Mã", exact=True).fill(code.upper())
    page.get_by_role("button", name="Đăng nhập", exact=True).click()
    page.wait_for_url(f"{site.url}/")


def rfc6238(secret: str) -> str:
    """The six digits an app shows now."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", int(time.time()) // 30), "sha1").digest()
    at = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[at : at + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"


def test_a_browser_without_the_passkey_says_so_in_words(site, phone):
    page = phone()
    page.goto(f"{site.url}/login")
    page.get_by_role("button", name="Dùng khoá truy cập").click()
    page.get_by_role("alert").filter(has_text="Chưa dùng được khoá truy cập").wait_for()


def test_pages_of_accounts_at_a_desk(site, desk):
    page = desk()
    complaints = watch(page)
    password_step(page, site.url, "quantri")
    page.wait_for_url(f"{site.url}/")
    for name, address in (
        ("accounts", "/accounts"),
        ("new-account", "/accounts/new"),
        ("account-page", "/accounts/2"),
        ("roles", "/accounts/roles"),
        ("role", "/accounts/roles/lecturer"),
        ("own-account", "/account"),
        ("password", "/account/password"),
        ("authenticator", "/account/authenticator"),
        ("stand-in", "/account/stand-in"),
        ("approvals", "/approvals"),
    ):
        page.goto(site.url + address)
        shot(page, f"access-{name}")
        assert axe(page) == [], name
    page.goto(f"{site.url}/accounts/roles/lecturer")
    page.get_by_label("Xem nhật ký").check()
    page.get_by_role("button", name="Xem thay đổi").click()
    page.locator("#preview").wait_for()
    shot(page, "access-role-preview")
    assert axe(page) == []
    assert page.get_by_role("button", name="Thay đổi vai trò").is_visible()
    assert complaints == []
