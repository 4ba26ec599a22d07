"""Lists in a real browser: chosen, judged, corrected, applied, taken back, at a desk and on a phone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser import axe, shot
from tests.web.test_browser import PASSWORD, sign_in

FIXTURES = Path(__file__).parent.parent / "fixtures"
LIST = """DANH SÁCH CÁN BỘ, CÔNG CHỨC

STT;Họ và tên;Ngày sinh;Số CCCD;Mã CB;Cơ quan;Chức vụ
I. Khối cơ quan;;;;;;
1;ĐẶNG THỊ ÁNH;3.2.76;;123;Sở Nội vụ;Trưởng phòng
2;Lò Văn Hạnh;31/02/1980;;124;Sở Nội vụ;Chuyên viên
3;Hà Minh Khánh;1985;;125;Sở Không Có;Chuyên viên
4;Phạm Thị Loan;12/09/1990;;126;Sở Nội vụ;Chuyên viên
"""


@pytest.fixture(scope="module")
def site(live_module_server):
    site = live_module_server()
    for name, role in (("so", "department_officer"), ("daotao", "academic_officer")):
        email = f"{name}@example.vn"
        site.command("user", "add", email, "--name", "Nguyễn Thị Thử", "--role", role, "--password", PASSWORD)
    return site


def send(page, name: str, data: bytes):
    page.locator("input[type=file]").set_input_files({"name": name, "mimeType": "text/csv", "buffer": data})
    page.get_by_role("button", name="Kiểm tra danh sách").click()
    page.wait_for_url("**/imports/**")


@pytest.mark.once
def test_officials_from_upload_to_taking_back(site, desk):
    page = desk()
    complaints = sign_in(page, site, "so")
    page.goto(f"{site.url}/organisations")
    page.get_by_role("link", name="Nhập", exact=True).click()
    send(page, "co-quan.csv", "Mã cơ quan;Tên cơ quan;Loại\nso-noi-vu;Sở Nội vụ;Cơ quan\n".encode())
    page.get_by_role("button", name="Ghi 1 dòng").click()
    page.goto(f"{site.url}/people")
    page.get_by_text("Xuất", exact=True).click()
    shot(page, "import-list-page")
    assert axe(page) == []
    page.get_by_role("link", name="Nhập", exact=True).click()
    shot(page, "import-form")
    assert axe(page) == []
    send(page, "can-bo.csv", LIST.encode())
    shot(page, "import-preview")
    assert axe(page) == []
    wrong = page.locator("#row-6")
    wrong.get_by_label("Ngày sinh").fill("28/02/1980")
    wrong.get_by_role("button", name="Kiểm tra lại").click()
    page.get_by_role("button", name="Ghi 3 dòng").click()
    page.get_by_role("link", name="Tệp kết quả").wait_for()
    shot(page, "import-result")
    assert axe(page) == []
    page.get_by_role("button", name="Hoàn tác lần nhập").click()
    page.get_by_text("Đã hoàn tác", exact=True).first.wait_for()
    page.goto(f"{site.url}/imports")
    shot(page, "import-history")
    assert axe(page) == []
    assert complaints == []


@pytest.mark.once
def test_an_old_register_on_a_phone(site, phone):
    page = phone()
    complaints = sign_in(page, site, "daotao")
    page.goto(f"{site.url}/lists/certificates.old_register/import")
    shot(page, "import-old-form")
    send(page, "so-cu.csv", (FIXTURES / "so-cap-chung-chi-cu-tcvn3.csv").read_bytes())
    assert page.get_by_text("TCVN3").first.is_visible()
    shot(page, "import-old-register")
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert complaints == []
