"""The offline check in a real browser: opened once, then without any network; and the same as one file from a disk."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page

from certificates import services
from certificates.log import checkpoints
from certificates.offline import making
from certificates.token import address
from lms import clock
from lms.config import settings
from tests.browser import axe, shot
from tests.certificates.offline_site import OfflineSite, running

pytestmark = [pytest.mark.once, pytest.mark.browser]

NOW = datetime(2025, 4, 2, 9, 0)
DECISION = {"decision_no": "15/QĐ-TCT", "decided_on": date(2025, 4, 2)}


def publish() -> None:
    """What the worker does every day and minute."""
    services.renew(by=None)
    services.publish_status_lists()
    checkpoints.make()
    making.make()


def code(row: Any) -> str:
    return address(settings().base_url, bytes(row.token))


@pytest.fixture
def rows(school) -> list[Any]:
    with clock.frozen(NOW):
        found = school.issued("Nguyễn Thị Phương Thảo", "Trần Đặng Quỳnh Như", "Lê An", "Y Bliă Êban")
        services.revoke(found[1], ground=2, **school.two, **DECISION)
        publish()
    return found


@pytest.fixture
def site(client, rows) -> Iterator[OfflineSite]:
    with running(client) as site:
        yield site


def opened(page: Page, url: str, now: datetime = NOW) -> Page:
    page.complaints = []
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.on("console", lambda one: page.complaints.append(one.text) if one.type == "error" else None)
    page.clock.set_fixed_time(clock_time(now))
    page.goto(url)
    page.locator("html[data-ready]").wait_for(state="attached")
    return page


def clock_time(local: datetime) -> str:
    return f"{local.isoformat()}+07:00"


def paste(page: Page, text: str) -> str:
    """Paste a link; returns the title of the verdict."""
    done = int(page.locator("html").get_attribute("data-checked") or 0)
    page.locator("#links").fill(text)
    page.locator("[data-paste] button").click()
    page.locator(f"html[data-checked='{done + 1}']").wait_for(state="attached")
    return page.locator(".result .verdict-title").inner_text()


def reach(page: Page) -> str:
    return page.locator("html").get_attribute("data-far") or ""


def later(page: Page, days: float) -> None:
    """The device's clock goes on; the page looks at it when it is opened."""
    page.clock.set_fixed_time(clock_time(NOW + timedelta(days=days)))
    page.reload()
    page.locator("html[data-ready]").wait_for(state="attached")


def forged(row: Any) -> str:
    text = code(row)
    return text[:-1] + str((int(text[-1]) + 1) % 10)


#: A camera that sees what the test holds before it.
CAMERA = """
navigator.mediaDevices.getUserMedia = async () => {
  const canvas = Object.assign(document.createElement("canvas"), {width: 640, height: 640});
  const brush = canvas.getContext("2d");
  window.hold = async (address) => {
    const picture = await createImageBitmap(await (await fetch(address)).blob());
    brush.drawImage(picture, 0, 0, 640, 640);
  };
  brush.fillStyle = "white";
  brush.fillRect(0, 0, 640, 640);
  setInterval(() => brush.fillRect(0, 0, 1, 1), 50);
  return canvas.captureStream(20);
};
"""


def test_threat_18_26_the_page_works_without_network_and_learns_of_a_revocation_with_it(
    school, rows, site, phone
):
    """Opened once; then in a place without network; amber, refused; back in the network the revocation is there."""
    page = opened(phone(), f"{site.url}/offline/")
    page.locator("html[data-updated=yes]").wait_for(state="attached")
    page.locator("html[data-installed=yes]").wait_for(state="attached")
    shot(page, "offline-empty")
    assert (reach(page), axe(page)) == ("fresh", [])

    page.context.set_offline(True)
    site.go_away()
    later(page, 0.5)
    assert paste(page, code(rows[0])) == "CHỨNG CHỈ THẬT"
    words = page.locator("[data-latest]").inner_text()
    for said in (
        rows[0].name,
        "01/02/1980",
        "Bồi dưỡng lãnh đạo, quản lý cấp phòng",
        rows[0].serial,
        "02/04/2025 09:00",
    ):
        assert said in words
    shot(page, "offline-genuine")
    assert paste(page, code(rows[1])) == "ĐÃ THU HỒI"
    shot(page, "offline-revoked")
    assert paste(page, forged(rows[2])) == "KHÔNG PHẢI CHỨNG CHỈ THẬT"
    assert axe(page) == []
    shot(page, "offline-forged")
    page.get_by_role("button", name="English").click()
    assert page.locator(".result .verdict-title").inner_text() == "NOT GENUINE"
    page.get_by_role("button", name="Tiếng Việt").click()

    later(page, 2)
    assert (reach(page), paste(page, code(rows[0]))) == (
        "stale",
        "CHỮ KÝ THẬT, CHƯA XÁC NHẬN ĐƯỢC TRẠNG THÁI",
    )
    assert axe(page) == []
    shot(page, "offline-amber")
    later(page, -900)
    assert (reach(page), paste(page, code(rows[0]))) == (
        "clock",
        "CHỮ KÝ THẬT, CHƯA XÁC NHẬN ĐƯỢC TRẠNG THÁI",
    )
    assert "Đồng hồ thiết bị" in page.locator("section.reach").inner_text()
    later(page, 31)
    assert (reach(page), paste(page, code(rows[0]))) == ("old", "DỮ LIỆU QUÁ CŨ, KHÔNG KIỂM TRA")
    assert rows[0].name not in page.locator("main").inner_text()
    shot(page, "offline-refused")

    before = checkpoints.published()
    with clock.frozen(NOW + timedelta(days=31)):
        services.revoke(rows[0], ground=2, **school.two, **DECISION)
        publish()
    site.ask(
        "/offline/bundle.json", f"/log/proof/consistency?first={before}&second={checkpoints.published()}"
    )
    site.start()
    page.context.set_offline(False)
    page.locator("[data-update]").click()
    page.locator("html[data-far=fresh]").wait_for(state="attached")
    assert paste(page, code(rows[0])) == "ĐÃ THU HỒI"
    assert any("/log/proof/consistency" in path for path in site.asked)
    assert not any(code(row).split("#")[1] in path for row in rows for path in site.asked)
    assert not [
        one
        for one in page.complaints
        if "ERR_INTERNET_DISCONNECTED" not in one and "ERR_CONNECTION" not in one
    ]
