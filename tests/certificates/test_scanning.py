"""Somebody scans a paper: the script of the public page in a real browser, answered by the application itself."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from playwright.sync_api import Page, Route

from certificates import services
from certificates.token import address, fragment, path_id
from certificates.token.digits import from_digits, to_digits
from lms.crypto import keyed_hash
from lms.people.models import Official
from tests.browser import axe, shot
from tests.certificates.make_vectors import STRANGER, public_key, sign

HTTPS, HTTP = "https://kiemtra.example.vn", "http://kiemtra.example.vn"
DECISION = {"decision_no": "15/QĐ-TCT", "decided_on": date(2025, 4, 2)}

pytestmark = pytest.mark.once

Scan = Callable[..., Page]


@pytest.fixture
def scan(client: Any, phone: Any) -> Scan:
    """Open an address on a phone; every request it makes is answered by the application under test."""
    asked: list[str] = []

    def answer(route: Route) -> None:
        asked.append(route.request.url)
        path = route.request.url.split("/", 3)[3]
        sent = route.request
        got = client.open(
            "/" + path,
            method=sent.method,
            data=sent.post_data_buffer,
            content_type=sent.headers.get("content-type"),
        )
        route.fulfill(status=got.status_code, headers=dict(got.headers), body=got.data)

    def open_page(url: str, *, change: Callable[[bytes], bytes] | None = None, **options: Any) -> Page:
        page = phone(**options)
        page.asked = asked
        page.complaints = []
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.on(
            "console",
            lambda message: page.complaints.append(message.text) if message.type == "error" else None,
        )
        page.route("**/*", answer)
        if change:
            page.route(re.compile(r"/c/[0-9a-z]{16}$"), lambda route: _changed(route, client, change))
        page.goto(url)
        if options.get("java_script_enabled", True) and "#" in url:
            page.locator("html[data-checked]").wait_for(state="attached")
        return page

    return open_page


@pytest.fixture
def row(school):
    return school.issued("Nguyễn Phúc Công Huyền Tôn Nữ Hoàng Ngân Khánh")[0]


def title(page: Page) -> str:
    return page.locator(".verdict-title").inner_text()


def test_threat_04_a_genuine_paper_shows_every_line_from_the_signed_data_large_enough_to_compare(scan, row):
    page = scan(address(HTTPS, bytes(row.token)))
    assert title(page) == "CHỨNG CHỈ THẬT"
    lines = page.locator("#lines").inner_text()
    for fact in (
        row.name,
        "01/02/1980",
        row.programme_title,
        row.serial,
        row.register_text,
        "03/03/2025",
        "02/04/2025",
    ):
        assert fact in lines, fact
    sizes = "[...document.querySelectorAll('[data-f]')].map((one) => [one.dataset.f, parseFloat(getComputedStyle(one).fontSize)])"
    shown = dict(page.evaluate(sizes))
    assert shown["name"] > 19 and min(shown.values()) >= 15, shown
    assert page.complaints == []
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    shot(page, "certificate-genuine")


def test_threat_21_the_fragment_leaves_the_address_bar_and_is_never_sent(scan, row):
    page = scan(address(HTTPS, bytes(row.token)))
    assert page.url == f"{HTTPS}/c/{row.id16}"
    digits = fragment(bytes(row.token))
    assert all(digits[:40] not in url for url in page.asked)
    assert {url.split("/")[2] for url in page.asked} == {"kiemtra.example.vn"}


def test_up_to_the_button_it_fits_a_small_phone(scan, school):
    row = school.issued("Nguyễn Thị Phương Thảo")[0]
    page = scan(address(HTTPS, bytes(row.token)), viewport={"width": 360, "height": 640})
    box = page.locator(".mismatch > summary").bounding_box()
    assert box["y"] + box["height"] <= 640


def test_threat_30_an_old_phone_without_webcrypto_verifies_with_the_fallback(scan, row):
    page = scan(address(HTTP, bytes(row.token)))
    assert page.evaluate("globalThis.crypto.subtle === undefined")
    assert title(page) == "CHỨNG CHỈ THẬT"
    assert any("noble" in url for url in page.asked)
    flipped = to_digits(from_digits(fragment(bytes(row.token)))[:-1] + b"\x00")
    assert title(scan(f"{HTTP}/c/{row.id16}#{flipped}")) == "KHÔNG PHẢI CHỨNG CHỈ THẬT"


def test_threat_30_without_webcrypto_an_es256_signature_is_amber_never_green_or_red(scan, school):
    """P-256 is the browser's own or not there: such a phone says what it cannot do, and shows no lines."""
    services.create_key(school.issuer, date(2025, 4, 1), date(2025, 12, 31), by=None, algorithm="ES256")
    row = school.issued("Trần Văn Ba")[0]
    code = address(HTTPS, bytes(row.token))
    assert title(scan(code)) == "CHỨNG CHỈ THẬT"
    old = scan(code.replace(HTTPS, HTTP))
    assert old.locator(".verdict.warn").count() == 1
    looks_sound(old, HTTP, "THIẾT BỊ NÀY KHÔNG KIỂM TRA ĐƯỢC", "certificate-unable")
    assert "Trần Văn Ba" not in old.content()
    assert old.locator("#lines").count() == 0


def test_threat_05_the_identity_card_is_compared_from_the_scanned_page(scan, row):
    Official.update(cccd_hash=keyed_hash("038080012345")).where(Official.id == row.official_id).execute()
    page = scan(address(HTTPS, bytes(row.token)))
    page.get_by_role("link", name="Đối chiếu thẻ căn cước").click()
    page.locator("html[data-ready]").wait_for(state="attached")
    assert page.url == f"{HTTPS}/c/{row.id16}/identity"
    assert page.get_by_label("Mã trên bản giấy").is_hidden()
    shot(page, "identity-asked")
    page.get_by_label("Số CCCD").fill("038 080 012 345")
    page.get_by_role("button", name="Đối chiếu số").click()
    page.locator(".verdict").wait_for()
    looks_sound(page, HTTPS, "ĐÚNG NGƯỜI", "identity-same")
    digits = fragment(bytes(row.token))
    assert all(digits[:40] not in url and "012345" not in url for url in page.asked)
    page.get_by_role("link", name="Về trang kiểm tra").click()
    page.locator("html[data-checked]").wait_for(state="attached")
    assert title(page) == "CHỨNG CHỈ THẬT"


def test_threat_05_without_a_script_the_code_is_pasted(scan, row):
    page = scan(f"{HTTPS}/c/{row.id16}/identity", java_script_enabled=False)
    page.get_by_label("Số CCCD").fill("038080012345")
    page.get_by_label("Mã trên bản giấy").fill(address(HTTPS, bytes(row.token)))
    shot(page, "identity-plain")
    page.get_by_role("button", name="Đối chiếu số").click()
    assert title(page) == "CHƯA XÁC NHẬN ĐƯỢC"
    shot(page, "identity-other")


def test_threat_01_02_03_forged_and_swapped_codes_are_red_and_show_no_lines(scan, school, row):
    other = school.issued("Trần Văn Ba")[0]
    raw = bytes(row.token)
    own_key = sign(raw[4:-64], STRANGER, public_key(STRANGER, 1).kid)
    copied_kid = sign(raw[4:-64], STRANGER, raw[:4])
    digits = {
        "own key": fragment(own_key),
        "own key, copied kid": fragment(copied_kid),
        "another paper's digits": fragment(bytes(other.token)),
        "one digit changed": fragment(raw)[:-1] + str((int(fragment(raw)[-1]) + 1) % 10),
        "not digits": "javascript:alert(1)",
    }
    for why, text in digits.items():
        page = scan(f"{HTTPS}/c/{row.id16}#{text}")
        assert title(page) == "KHÔNG PHẢI CHỨNG CHỈ THẬT", why
        assert page.locator("#lines").count() == 0
        assert "Trần Văn" not in page.content()


def test_a_register_that_differs_from_the_signed_lines_is_red(scan, row):
    """The server's page is changed on its way: the extract's signature no longer holds."""
    page = scan(
        address(HTTPS, bytes(row.token)),
        change=lambda body: body.replace(b'\\"place\\":\\"Thanh', b'\\"place\\":\\"Hanh'),
    )
    assert title(page) == "HỒ SƠ BỊ SỬA ĐỔI"


BANDS = {"revoke": "ĐÃ THU HỒI", "supersede": "ĐÃ ĐƯỢC THAY THẾ", "suspend": "ĐANG TẠM ĐÌNH CHỈ"}

#: Phones with WebCrypto see the site under HTTPS; without, under plain HTTP, the fallback checks the signature.
every_phone = pytest.mark.parametrize("site", [HTTPS, HTTP], ids=["webcrypto", "fallback"])


@every_phone
@pytest.mark.parametrize("deed", BANDS)
def test_a_genuine_signature_does_not_turn_a_red_status_green(scan, school, row, deed, site):
    who = {"by": school.head} if deed == "suspend" else school.two
    getattr(services, deed)(row, **who, **DECISION, **({"ground": 1} if deed == "revoke" else {}))
    page = scan(address(site, bytes(row.token)))
    assert row.name in page.locator("#lines").inner_text()
    looks_sound(page, site, BANDS[deed], f"certificate-{deed}")


@every_phone
def test_an_altered_register_is_red_on_every_phone(scan, row, site):
    page = scan(
        address(site, bytes(row.token)),
        change=lambda body: body.replace(b'\\"place\\":\\"Thanh', b'\\"place\\":\\"Hanh'),
    )
    looks_sound(page, site, "HỒ SƠ BỊ SỬA ĐỔI", "certificate-altered")


@every_phone
def test_an_altered_paper_is_red_on_every_phone(scan, row, site):
    digits = fragment(bytes(row.token))
    page = scan(f"{site}/c/{row.id16}#{digits[:-1]}{(int(digits[-1]) + 1) % 10}")
    assert page.locator("#lines").count() == 0
    looks_sound(page, site, "KHÔNG PHẢI CHỨNG CHỈ THẬT", "certificate-forged")


def looks_sound(page: Page, site: str, band: str, name: str) -> None:
    """The verdict by word, nothing blocked, nothing axe finds, nothing wider than the phone; kept as a picture."""
    assert page.evaluate("globalThis.crypto.subtle !== undefined") is (site == HTTPS)
    assert title(page) == band
    # A browser tells that it does not heed this header on a site without TLS; that is no fault of the page.
    assert [one for one in page.complaints if "Cross-Origin-Opener-Policy" not in one] == []
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    shot(page, name if site == HTTPS else f"{name}-fallback")


def test_threat_30_without_javascript_status_and_mask(scan, row):
    page = scan(address(HTTPS, bytes(row.token)), java_script_enabled=False)
    assert title(page) == "CÓ TRONG SỔ, CÒN HIỆU LỰC"
    assert "Khánh" not in page.content()


def test_without_a_fragment_the_page_asks_to_scan(scan, row):
    page = scan(f"{HTTPS}/c/{path_id(bytes(row.token)[7:17])}")
    assert "Hãy quét mã QR" in page.locator("#verdict").inner_text()


def test_the_posts_are_read_when_somebody_wants_to_know(scan, row):
    page = scan(address(HTTPS, bytes(row.token)))
    assert not any("/counts" in url for url in page.asked)
    page.get_by_text("Được tính cho chức vụ nào").click()
    page.locator("#counts a").wait_for(state="detached")
    assert any("/counts" in url for url in page.asked)


def test_the_language_switch_carries_the_code_along(scan, row):
    page = scan(address(HTTPS, bytes(row.token)))
    link = page.get_by_role("link", name="English")
    assert link.get_attribute("href").endswith("#" + fragment(bytes(row.token)))


def test_threat_16_a_list_of_keys_that_the_root_did_not_sign_is_named_and_shows_no_lines(scan, row):
    url = address(HTTPS, bytes(row.token))
    assert title(scan(url)) == "CHỨNG CHỈ THẬT"
    swapped = scan(url, change=lambda body: body.replace(b'\\"issuer\\":1', b'\\"issuer\\":2'))
    assert title(swapped) == "DANH SÁCH KHOÁ KHÔNG THẬT"
    assert swapped.locator("#lines").count() == 0
    shot(swapped, "certificate-keys-not-genuine")


def test_threat_16_a_device_that_saw_a_later_list_refuses_an_older_one(scan, row):
    page = scan(address(HTTPS, bytes(row.token)))
    later = "for (const name of Object.keys(localStorage)) if (name.startsWith('keys ')) localStorage[name] = '999'"
    page.evaluate(later)
    page.goto("about:blank")
    page.goto(address(HTTPS, bytes(row.token)))
    page.locator("html[data-checked]").wait_for(state="attached")
    assert title(page) == "DANH SÁCH KHOÁ KHÔNG THẬT"


def _changed(route: Route, client: Any, change: Callable[[bytes], bytes]) -> None:
    got = client.get("/" + route.request.url.split("/", 3)[3])
    body = change(got.data)
    assert body != got.data
    route.fulfill(status=got.status_code, headers=dict(got.headers), body=body)
