"""The offline check in a real browser: opened once, then without any network; and the same as one file from a disk."""

from __future__ import annotations

import base64
import html
import io
import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page

from certificates import keys, services
from certificates.keyset import pinned
from certificates.keyset.document import Root
from certificates.log import checkpoints
from certificates.offline import making
from certificates.paper import drawing, qr
from certificates.token import address, join, message, split
from lms import clock
from lms.config import settings
from tests.browser import axe, shot
from tests.certificates import sheets
from tests.certificates.offline_site import OfflineSite, running
from tests.certificates.tampering import build_log_anew, drop_guards, run
from tests.certificates.test_press import a_paper

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
    const picture = Object.assign(new Image(), {src: address});
    await picture.decode();
    brush.drawImage(picture, 0, 0, 640, 640);
  };
  brush.fillStyle = "white";
  brush.fillRect(0, 0, 640, 640);
  setInterval(() => brush.fillRect(0, 0, 1, 1), 50);
  return canvas.captureStream(20);
};
"""


def test_threat_18_26_33_the_page_works_without_network_and_learns_of_a_revocation_with_it(
    school, rows, site, phone, rules
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
    assert paste(page, code(rows[2])) == "CHỨNG CHỈ THẬT"
    note = page.locator("[data-latest] .posts-now").inner_text()
    for said in (
        "Quy định đã thay đổi sau ngày cấp",
        "Tính thêm cho, ngày 03/05/2025:",
        "Chức danh theo luật cũ",
    ):
        assert said in note
    assert axe(page) == []
    shot(page, "offline-rules-changed")
    assert any("/log/proof/consistency" in path for path in site.asked)
    assert not any(code(row).split("#")[1] in path for row in rows for path in site.asked)
    assert not [
        one
        for one in page.complaints
        if "ERR_INTERNET_DISCONNECTED" not in one and "ERR_CONNECTION" not in one
    ]


def test_threat_13_16_a_rewritten_log_and_another_root_are_loud_and_the_evidence_is_offered(
    school, rows, site, phone
):
    """The state of before is remembered across visits; the file with both states is downloaded."""
    page = opened(phone(), f"{site.url}/offline/")
    page.locator("html[data-updated=yes]").wait_for(state="attached")
    before = making.bundle_path().read_text()
    drop_guards()
    run(
        "UPDATE certificates_log SET entry = entry || ' ' WHERE seq = (SELECT min(seq) FROM certificates_log)"
    )
    build_log_anew()
    checkpoints.copy_path().unlink(missing_ok=True)
    (making.folder() / "facts.json").unlink()
    publish()
    site.ask("/offline/bundle.json")
    page.locator("[data-update]").click()
    alarm = page.locator("[data-alarm]")
    alarm.wait_for()
    assert "SỔ CÔNG KHAI TỰ MÂU THUẪN" in alarm.inner_text()
    assert paste(page, code(rows[0])) == "CHỮ KÝ THẬT, CHƯA XÁC NHẬN ĐƯỢC TRẠNG THÁI"
    with page.expect_download() as download:
        page.locator("[data-alarm-save]").click()
    kept = json.loads(download.value.path().read_text())
    assert (kept["kind"], kept["before"]["note"]) == ("fork", json.loads(before)["checkpoint"])
    assert kept["now"]["note"] == json.loads(making.bundle_path().read_text())["checkpoint"]
    assert axe(page) == []
    shot(page, "offline-alarm")
    page.reload()
    alarm.wait_for()

    # The same site sends a page that believes a root of its own: nothing is checked until a person has compared.
    stranger = keys.new_signer()
    other = Root("offline", stranger.algorithm, stranger.public_key)
    change(site, "/offline/", html.escape(pinned.root().pin), html.escape(other.pin))
    change(site, "/offline/worker.js", 'const VERSION = "', 'const VERSION = "other')
    page.reload()
    page.get_by_role("button", name="Mở bản mới").click()
    page.get_by_text("KHOÁ GỐC KHÁC TRƯỚC").wait_for()
    assert paste(page, code(rows[0])) == "CHƯA CÓ DỮ LIỆU ĐỂ KIỂM TRA"
    shot(page, "offline-root")
    page.get_by_role("button", name="Đúng với bản in: tin khoá này").click()
    assert paste(page, code(rows[0])) == "CHƯA CÓ DỮ LIỆU ĐỂ KIỂM TRA"
    assert page.complaints == []


def change(site: OfflineSite, path: str, before: str, after: str) -> None:
    status, headers, body = site.answers[path]
    assert before in body.decode()
    site.answers[path] = (status, headers, body.decode().replace(before, after).encode())


# ---------------------------------------------------------------- the file


def wait_for(page: Page, count: int) -> None:
    page.locator(f"html[data-checked='{count}']").wait_for(state="attached")


def papers(page: Page) -> list[tuple[str, str]]:
    """Who or what, and the verdict, of every line of the list, the latest first."""
    lines = page.locator("[data-papers] button").all()
    return [(one.locator(".strong").inner_text(), one.locator(".what").inner_text()) for one in lines]


def own_key(row: Any) -> str:
    """The same facts, signed by somebody else's key under the genuine key's name."""
    token = split(bytes(row.token))
    stranger = keys.new_signer()
    raw = token.body.encode()
    return address(settings().base_url, join(token.kid, raw, stranger.sign(message(token.kid, raw))))


def swapped(row: Any, other: Any) -> str:
    """The code of one paper under the id of another."""
    return f"{code(other).split('#')[0]}#{code(row).split('#')[1]}"


def test_threat_01_03_18_the_file_opened_from_a_disk_reads_pictures_and_pdfs_and_talks_to_nobody(
    rows, desk, tmp_path
):
    """A real paper, scans under a seal, a forged, a swapped and an empty page; then a month later nothing."""
    genuine = drawing.full(a_paper(name=rows[0].name), qr.symbol(code(rows[0])))
    files = {
        "that.pdf": genuine,
        "quet.pdf": sheets.pdf(
            [sheets.page(code(rows[1])), None, sheets.page(code(rows[2]), code(rows[3]), seal=True)]
        ),
        "gia.jpg": sheets.jpeg(sheets.page(own_key(rows[2]))),
        "trao.jpg": sheets.jpeg(sheets.page(swapped(rows[2], rows[3]))),
        "anh.jpg": b"no picture",
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    page = desk()
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url))
    opened(page, making.file_path().as_uri())
    assert (reach(page), axe(page)) == ("fresh", [])
    for name, count in (("that.pdf", 1), ("quet.pdf", 5), ("gia.jpg", 6), ("trao.jpg", 7), ("anh.jpg", 8)):
        page.locator("[data-files]").set_input_files(tmp_path / name)
        wait_for(page, count)
    read = papers(page)
    assert read[0][1] == "KHÔNG ĐỌC ĐƯỢC TỆP"
    forgeries = [who for who, verdict in read if verdict == "KHÔNG PHẢI CHỨNG CHỈ THẬT"]
    assert forgeries == ["trao.jpg, trang 1", "gia.jpg, trang 1"]
    assert ("quet.pdf, trang 2", "KHÔNG ĐỌC ĐƯỢC MÃ") in read
    assert (rows[1].name, "ĐÃ THU HỒI") in read
    assert {one for one in read if one[1] == "CHỨNG CHỈ THẬT"} == {
        (row.name, "CHỨNG CHỈ THẬT") for row in (rows[0], rows[2], rows[3])
    }
    assert axe(page) == []
    shot(page, "offline-file")
    page.locator(".about summary").click()
    about = page.locator(".about").inner_text()
    assert "Tệp lập ngày 02/04/2025" in about
    assert f"{settings().base_url.partition('//')[2]}/offline/file" in about
    assert "{" not in page.locator("body").inner_text()
    later(page, 31)
    assert paste(page, code(rows[0])) == "DỮ LIỆU QUÁ CŨ, KHÔNG KIỂM TRA"
    with clock.frozen(NOW + timedelta(days=31)):
        publish()
    page.locator("[data-files]").set_input_files(making.bundle_path())
    page.locator("html[data-far=fresh]").wait_for(state="attached")
    assert paste(page, code(rows[0])) == "CHỨNG CHỈ THẬT"
    assert {one.partition(":")[0] for one in asked} <= {"file", "blob", "data"}
    assert page.complaints == []


def test_threat_30_the_camera_reads_paper_after_paper_also_without_webcrypto_and_webassembly(rows, phone):
    """An old telephone: neither crypto.subtle nor WebAssembly; noble and jsQR do the work."""
    page = phone()
    page.add_init_script(
        "Object.defineProperty(crypto, 'subtle', {value: undefined}); delete window.WebAssembly;"
    )
    page.add_init_script(CAMERA)
    opened(page, making.file_path().as_uri())
    page.locator("[data-camera-start]").click()
    for count, row in enumerate((rows[0], rows[1]), 1):
        picture = sheets.page(code(row)).crop((60, 1000, 420, 1360)).resize((640, 640))
        page.evaluate("picture => hold(picture)", as_address(picture))
        wait_for(page, count)
    assert page.locator(".result .verdict-title").inner_text() == "ĐÃ THU HỒI"
    shot(page, "offline-camera")
    page.locator("[data-camera-stop]").click()
    assert [verdict for _who, verdict in papers(page)] == ["ĐÃ THU HỒI", "CHỨNG CHỈ THẬT"]
    assert page.complaints == []


def as_address(picture: Image.Image) -> str:
    out = io.BytesIO()
    picture.save(out, "PNG")
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()
