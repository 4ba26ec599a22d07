"""The pages of reports, receipts and holders as people see them, on a phone and at a desk."""

from __future__ import annotations

import io
import re

import pytest
from PIL import Image

from lms.demo import PASSWORD
from tests.browser import axe, shot

pytestmark = pytest.mark.once


@pytest.fixture(scope="module")
def site(live_module_server):
    return live_module_server(demo=True)


def sign_in(page, site, who: str) -> list[str]:
    """Sign in and collect whatever the browser complains about from then on."""
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{site.url}/login")
    page.locator("input[name=email]").fill(f"{who}@kimbang.example")
    page.locator("input[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{site.url}/")
    return complaints


def paper() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (1200, 850), (244, 238, 222)).save(made, "JPEG")
    return made.getvalue()


@pytest.mark.parametrize("width", ["phone", "desk"])
def test_the_trainee_shares_and_the_public_reports(site, request, width):
    page = request.getfixturevalue(width)()
    complaints = sign_in(page, site, "hocvien")
    page.goto(f"{site.url}/certificates/mine")
    assert axe(page) == []
    shot(page, "holder-mine")
    page.get_by_role("link", name="Chia sẻ và lượt tra cứu").first.click()
    page.get_by_label("Gửi cho ai?").fill("Sở Nội vụ, hồ sơ bổ nhiệm")
    page.get_by_role("button", name="Tạo đường dẫn").click()
    address = page.locator("input.address").first.input_value()
    check = page.get_by_role("link", name="Mở trang kiểm tra").get_attribute("href")

    public = request.getfixturevalue(width)()
    with public.expect_request("**/c/seen") as told:
        public.goto(address)
    assert told.value.response().status == 204
    assert axe(public) == []
    shot(public, "holder-shared")
    with public.expect_request("**/c/seen") as told:
        public.goto(f"{site.url}{check}")
    assert told.value.response().status == 204
    assert axe(public) == []
    for fold in public.locator("details.fold, details.mismatch").all():
        fold.evaluate("fold => { fold.open = true }")
    public.wait_for_timeout(800)
    shot(public, "holder-check")
    public.get_by_role("link", name=re.compile(r"^\w{4}-\w{4}-\w{4}$")).click()
    assert axe(public) == []
    shot(public, "holder-receipt")
    public.goto(f"{site.url}{check}/report")
    public.get_by_label("Xếp loại không khớp").check()
    public.get_by_label("Bản giấy ghi gì?").fill("Giấy ghi loại Giỏi, trang kiểm tra ghi loại Khá.")
    public.get_by_label("Ảnh chụp bản giấy").set_input_files(
        {"name": "giay.jpg", "mimeType": "image/jpeg", "buffer": paper()}
    )
    assert axe(public) == []
    shot(public, "holder-report")
    public.get_by_role("button", name="Gửi phản ánh").click()
    public.get_by_text("Đơn vị cấp đã nhận phản ánh").wait_for()
    assert axe(public) == []
    shot(public, "holder-reported")
    public.goto(f"{site.url}{check}/counts")
    shot(public, "holder-counts")
    assert axe(public) == []

    page.reload()
    assert page.get_by_text(re.compile(r"đường dẫn của ông/bà: \d")).is_visible()
    assert axe(page) == []
    shot(page, "holder-own")
    assert complaints == []


@pytest.mark.parametrize("width", ["phone", "desk"])
def test_the_head_answers_a_report(site, request, width):
    page = request.getfixturevalue(width)()
    complaints = sign_in(page, site, "hieutruong")
    shot(page, "holder-home")
    page.goto(f"{site.url}/certificates/reports")
    assert axe(page) == []
    shot(page, "holder-reports")
    page.get_by_role("link", name="Xếp loại không khớp").first.click()
    assert axe(page) == []
    shot(page, "holder-case")
    page.get_by_label("Bản giấy là giả hoặc đã bị sửa đổi").check()
    page.get_by_role("textbox", name="Trả lời").fill("Bản giấy đã bị tẩy xoá phần xếp loại.")
    page.get_by_role("button", name="Trả lời và kết thúc").click()
    page.get_by_role("status").filter(has_text="Đã trả lời phản ánh").wait_for()
    assert complaints == []
