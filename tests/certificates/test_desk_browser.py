"""The verify desk in a real browser: a hand scanner, a camera that sees one paper after the other, dropped files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page, Route

from certificates.desk.models import PileLine, PileReport
from certificates.token import address
from lms.config import settings
from tests.browser import ARGUMENTS, COMMON, PHONE, axe, chromium, shot
from tests.certificates import sheets

pytestmark = [pytest.mark.once, pytest.mark.browser]

SITE = "https://kiemtra.example.vn"


def answered_by(client: Any, page: Page) -> Page:
    """Every request of the page is answered by the application under test, as the signed-in officer."""
    page.complaints = []
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.on("console", lambda one: page.complaints.append(one.text) if one.type == "error" else None)

    def answer(route: Route) -> None:
        asked = route.request
        kind = asked.headers.get("content-type", "")
        got = client.open(
            "/" + asked.url.split("/", 3)[3],
            method=asked.method,
            data=asked.post_data_buffer,
            content_type=kind or None,
        )
        if got.status_code in (
            302,
            303,
        ):  # a browser without a head does not ask us again for a page it is sent on to
            route.fulfill(
                body=f'<meta http-equiv="refresh" content="0; url={got.location}">', content_type="text/html"
            )
            return
        route.fulfill(status=got.status_code, headers=dict(got.headers), body=got.data)

    page.route("**/*", answer)
    return page


@pytest.fixture
def client(login: Any, make: Any) -> Any:
    return login(make.user("appointing_officer", display_name="Trần Thị Bổ"))


@pytest.fixture
def open_desk(client: Any, desk: Any, phone: Any) -> Callable[..., Page]:
    def open_page(kind: str = "desk", path: str = "/certificates/desk") -> Page:
        page = answered_by(client, {"desk": desk, "phone": phone}[kind]())
        page.goto(SITE + path)
        return page

    return open_page


def code(row: Any) -> str:
    return address(settings().base_url, bytes(row.token))


def test_thirty_papers_by_hand_scanner_cost_thirty_scans_and_nothing_else(school, open_desk):
    """One press opens the desk; every scan is typed and ends with Enter, wherever the focus is."""
    rows = school.issued(
        *[f"Nguyễn Văn {letter}" for letter in "ABCDEFGHIKLMNOPQRSTUVXY"], *["Lê Thị Hoa"] * 7
    )
    page = open_desk()
    page.locator("h1").click()
    for row in rows:
        page.keyboard.insert_text(code(row)) if row is not rows[0] else page.keyboard.type(code(row))
        page.keyboard.press("Enter")
    page.get_by_text("Cả 30 bản là thật, còn hiệu lực").wait_for()
    assert page.complaints == []
    assert "/certificates/desk/" in page.url
    assert page.locator("#text").input_value() == ""
    shot(page, "desk-thirty")
    page.get_by_role("button", name="Kết thúc và lập biên bản").click()
    page.get_by_text("Đã lập 1 biên bản").wait_for()
    assert axe(page) == []
    shot(page, "desk-finished")
    page.goto(f"{SITE}/c/r/{PileReport.get().id16}")
    assert page.get_by_text("BIÊN BẢN CÓ TRONG SỔ").is_visible()
    assert axe(page) == []
    shot(page, "desk-report")


def test_a_pasted_list_needs_no_press(school, open_desk):
    rows = school.issued("Nguyễn Văn An", "Trần Thị Bình")
    page = open_desk()
    page.evaluate(
        "text => { const field = document.getElementById('text'); field.value = text;"
        " field.dispatchEvent(new ClipboardEvent('paste')); }",
        "\n".join([*map(code, rows), "https://kiemtra.example.vn.evil.com/c/0123456789abcdef"]),
    )
    page.get_by_text("1 bản không chấp nhận").wait_for()
    assert page.locator("tbody tr").first.inner_text().count("kiemtra.example.vn.evil.com") == 1
    assert axe(page) == []
    shot(page, "desk-list")


def test_on_a_phone(school, open_desk):
    rows = school.issued("Nguyễn Phúc Công Huyền Tôn Nữ Hoàng Ngân Khánh", "Trần Thị Bình")
    page = open_desk("phone")
    shot(page, "desk-empty")
    assert axe(page) == []
    page.locator("#text").fill("\n".join([*map(code, rows), "https://evil.com/x"]))
    page.get_by_role("button", name="Kiểm tra", exact=True).click()
    page.get_by_text("1 bản không chấp nhận").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert axe(page) == []
    shot(page, "desk-list")


def test_dropped_files_are_followed_until_they_are_read(open_desk, deliver, tmp_path):
    """A browser under test does not hand on what is in a file; an empty one shows the way as well."""
    (tmp_path / "rong.pdf").write_bytes(b"")
    page = open_desk()
    page.locator("#files").set_input_files(tmp_path / "rong.pdf")
    page.get_by_text("Đang chờ đến lượt").wait_for()
    shot(page, "desk-reading")
    deliver()
    page.get_by_text("1 bản không chấp nhận").wait_for()
    assert "rong.pdf" in page.locator("tbody").inner_text()


@pytest.fixture
def filmed(tmp_path: Path, browser: Any) -> Iterator[Callable[..., Page]]:
    """A browser whose camera sees these pictures in turn, a second each."""
    started: list[Any] = []

    def film(client: Any, pictures: list[Image.Image], device: dict[str, Any]) -> Page:
        reel = tmp_path / "camera.mjpeg"
        reel.write_bytes(b"".join(sheets.jpeg(one, 70) * 30 for one in pictures))
        launched = browser.browser_type.launch(
            executable_path=chromium(),
            args=[
                *ARGUMENTS,
                "--use-fake-device-for-media-stream",
                "--use-fake-ui-for-media-stream",
                f"--use-file-for-fake-video-capture={reel}",
            ],
        )
        started.append(launched)
        context = launched.new_context(**(COMMON | device))
        context.set_default_timeout(20_000)
        return answered_by(client, context.new_page())

    yield film
    for one in started:
        one.close()


def before_the_camera(text: str) -> Image.Image:
    """A paper held before the camera: the code's corner of the sheet, in the shape of a video."""
    sheet = sheets.page(text, dpi=150)
    height = sheet.height
    return sheet.crop((0, height - 720, 1240, height)).resize((1240, 720))


def test_the_camera_reads_paper_after_paper_without_a_tap(school, client, filmed):
    rows = school.issued("Nguyễn Văn An", "Trần Thị Bình")
    pictures = [
        before_the_camera(code(rows[0])),
        before_the_camera(code(rows[1])),
        before_the_camera(FOREIGN),
    ]
    page = filmed(client, pictures, PHONE)
    page.goto(f"{SITE}/certificates/desk")
    page.get_by_role("button", name="Quét bằng máy ảnh").click()
    page.get_by_text("1 bản không chấp nhận").wait_for()
    page.locator("tbody tr").nth(2).wait_for()
    page.wait_for_timeout(2500)  # the reel has begun again: the same papers stay one line each
    assert PileLine.select().count() == 3
    assert page.complaints == []
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    shot(page, "desk-camera")


FOREIGN = "https://evil.example.com/c/0123456789abcdef"
