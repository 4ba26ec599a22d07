"""One search over everything the reader may see, and nothing else."""

from __future__ import annotations

import re

import pytest

from lms.access import services as access
from tests.browser import axe, shot

PASSWORD = "mot-mat-khau-dai-14"


def hits(client, words: str) -> list[str]:
    """What a search shows, as "group: title"."""
    html = client.get(f"/search?part=1&q={words}").get_data(as_text=True)
    found = []
    for section in html.split('<section class="hits">')[1:]:
        group = re.search(r"<h2>(.*?)</h2>", section).group(1)
        found += [f"{group}: {title}" for title in re.findall(r'<span class="strong">(.*?)</span>', section)]
    return found


@pytest.fixture
def province(make):
    one, two = make.organisation(name="Sở Tư pháp"), make.organisation(name="Sở Xây dựng")
    make.official(full_name="Đặng Thị Ánh Tuyết", organisation=one)
    make.official(full_name="Đặng Văn Ánh", organisation=two)
    return one, two


def test_names_are_found_without_accents(province, make, login) -> None:
    client = login(make.user("department_officer"))

    assert hits(client, "dang anh") == [
        "Cán bộ, công chức, viên chức: Đặng Văn Ánh",
        "Cán bộ, công chức, viên chức: Đặng Thị Ánh Tuyết",
    ]


def test_an_agency_finds_its_own_people_only(province, make, login) -> None:
    officer = make.user()
    access.give_role(officer, "training_officer", organisation=province[0], by=None)

    assert hits(login(officer), "dang anh") == ["Cán bộ, công chức, viên chức: Đặng Thị Ánh Tuyết"]


def test_classes_pages_and_settings(make, login) -> None:
    make.klass(title="Bồi dưỡng lãnh đạo cấp phòng", code="K77-2025", search_folded="k77-2025 boi duong")
    assert "Lớp học: Bồi dưỡng lãnh đạo cấp phòng" in hits(login(make.user("academic_officer")), "k77")

    administrator = login(make.user("platform_admin"))
    assert "Các trang: Nhật ký kiểm toán" in hits(administrator, "nhat ky")
    assert any(hit.startswith("Thiết lập: ") for hit in hits(administrator, "tests_expected"))


def test_a_trainee_finds_nobody(province, make, login) -> None:
    assert hits(login(make.user("trainee")), "dang anh") == []


def test_short_and_hopeless_words_are_answered(make, login) -> None:
    client = login(make.user("department_officer"))

    assert "ít nhất hai chữ" in client.get("/search?q=a").get_data(as_text=True)
    assert "Không tìm thấy gì" in client.get("/search?q=zzqqy<b>").get_data(as_text=True)
    assert "<b>" not in client.get("/search?q=zzqqy<b>").get_data(as_text=True)


def test_few_questions_to_the_database(province, make, login, max_queries) -> None:
    client = login(make.user("department_officer"))
    client.get("/search?part=1&q=dang")
    with max_queries(12):
        client.get("/search?part=1&q=dang")


@pytest.fixture(scope="module")
def site(live_module_server):
    site = live_module_server()
    site.command(
        "user",
        "add",
        "quantri@example.vn",
        "--name",
        "Nguyễn Thị Thử",
        "--role",
        "platform_admin",
        "--password",
        PASSWORD,
    )
    return site


@pytest.mark.once
@pytest.mark.parametrize("device", ["phone", "desk"])
def test_the_box_is_worked_by_keyboard(site, request, device) -> None:
    page = request.getfixturevalue(device)()
    page.goto(f"{site.url}/login")
    page.locator("input[name=email]").fill("quantri@example.vn")
    page.locator("input[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{site.url}/")

    page.keyboard.press("Control+k")
    page.locator("dialog input[type=search]").fill("nhat ky")
    page.locator("dialog .hits a", has_text="Nhật ký").wait_for()
    shot(page, "web-search")
    assert axe(page) == []
    page.keyboard.press("Enter")
    page.wait_for_url(f"{site.url}/audit")
