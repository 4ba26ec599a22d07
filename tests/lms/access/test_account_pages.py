"""Accounts and roles for administrators: pages, links shown once, constant queries."""

import re

import pytest

from lms.access import grants
from lms.access.models import User
from lms.access.services import give_role
from lms.approvals.models import Approval
from lms.plugins.switch import refresh


@pytest.fixture
def admin(make):
    return make.user("platform_admin")


def test_an_account_is_added_and_its_link_shown_once(login, admin, make):
    make.organisation("so-y-te")
    client = login(admin)
    data = {
        "display_name": "Lê Thị Mới",
        "email": "moi@example.vn",
        "role": "training_officer",
        "organisation": "so-y-te",
    }
    answer = client.post("/accounts/new", data=data)
    assert re.search(r"/set-password/[0-9A-Z]{20}", answer.text)
    assert answer.headers["Cache-Control"] == "no-store"
    made = User.get(User.email == "moi@example.vn")
    assert made.roles[0].organisation.code == "so-y-te"
    assert client.post("/accounts/new", data=data).status_code == 422
    assert client.post("/accounts/new", data=data | {"organisation": "khong-co"}).status_code == 422


def test_an_account_is_switched_off_and_on(login, admin, make):
    user = make.user("lecturer")
    client = login(admin)
    client.post(f"/accounts/{user.id}/off")
    assert not User.get_by_id(user.id).active
    client.post(f"/accounts/{user.id}/on")
    assert User.get_by_id(user.id).active
    assert client.post(f"/accounts/{admin.id}/off").status_code == 409


def test_a_role_is_given_and_taken(login, admin, make):
    user = make.user("lecturer")
    client = login(admin)
    assert client.post(f"/accounts/{user.id}/roles", data={"role": "inspector"}).status_code == 302
    page = client.get(f"/accounts/{user.id}").text
    assert "Giảng viên" in page and "Thanh tra" in page
    held = next(row for row in User.get_by_id(user.id).roles if row.name == "inspector")
    client.post(f"/accounts/{user.id}/roles/{held.id}/take")
    assert User.get_by_id(user.id).role_names == {"lecturer"}
    mine = admin.roles[0]
    assert client.post(f"/accounts/{user.id}/roles/{mine.id}/take").status_code == 404


def test_the_list_finds_by_name_address_and_role(login, admin, make):
    make.user("lecturer", display_name="Đỗ Văn Tìm")
    make.user("inspector", display_name="Vũ Văn Khác")
    client = login(admin)
    assert "Đỗ Văn Tìm" in client.get("/accounts?q=Tìm").text
    page = client.get("/accounts?role=inspector").text
    assert "Vũ Văn Khác" in page and "Đỗ Văn Tìm" not in page


def test_the_list_asks_as_often_for_fifty_as_for_five(login, admin, make, max_queries):
    organisation = make.organisation()
    for _ in range(5):
        give_role(make.user("lecturer"), "training_officer", by=None, organisation=organisation)
    client = login(admin)
    client.get("/accounts")
    refresh()  # both visits find the plugins' switches stale, however long the test takes
    with max_queries(30) as few:
        client.get("/accounts")
    for _ in range(45):
        give_role(make.user("lecturer"), "training_officer", by=None, organisation=organisation)
    refresh()
    with max_queries(len(few)):
        client.get("/accounts")


def test_roles_in_sentences_a_preview_and_the_change(login, admin, make):
    lecturer = make.user("lecturer", display_name="Trần Thị Giảng")
    client = login(admin)
    assert "Xem nhật ký" in client.get("/accounts/roles").text
    ticked = sorted(grants.permissions_of("lecturer") | {"platform.audit"})
    page = client.post("/accounts/roles/lecturer/preview", data={"permissions": ticked}).text
    assert "Trần Thị Giảng" in page and "1 tài khoản" in page
    assert "lecturer" not in grants.roles_of("platform.audit")
    client.post("/accounts/roles/lecturer", data={"permissions": ticked})
    assert "lecturer" in grants.roles_of("platform.audit")
    assert login(lecturer).get("/audit").status_code == 200


def test_a_sensitive_tick_waits_and_the_second_administrator_sees_it_at_home(login, admin, make):
    second = make.user("platform_admin")
    ticked = sorted(grants.permissions_of("lecturer") | {"people.reveal"})
    answer = login(admin).post(
        "/accounts/roles/lecturer", data={"permissions": ticked, "reason": "Cần đối chiếu"}
    )
    assert answer.location == "/approvals?show=mine"
    asked = Approval.get()
    client = login(second)
    assert "/approvals" in client.get("/").text
    assert "Cần đối chiếu" in client.get("/approvals").text
    client.post(f"/approvals/{asked.id}/approve")
    assert "lecturer" in grants.roles_of("people.reveal")
    for shown in ("mine", "decided"):
        assert client.get(f"/approvals?show={shown}").status_code == 200


def test_a_role_of_the_sites_own_from_the_page(login, admin):
    client = login(admin)
    answer = client.post("/accounts/roles/new", data={"title": "Văn thư", "reach": "own"})
    assert answer.location == "/accounts/roles/van_thu"
    assert "Văn thư" in client.get(answer.location).text


@pytest.mark.parametrize(
    "page", ["/accounts", "/accounts/new", "/accounts/roles", "/accounts/roles/lecturer"]
)
def test_for_administrators_only(login, make, page):
    assert login(make.user("academic_officer")).get(page).status_code == 403


def test_a_stand_in_from_the_page(login, make):
    head, deputy = make.user("school_head"), make.user("lecturer", display_name="Lê Văn Phó")
    client = login(head)
    data = {"email": deputy.email, "from_date": "2099-07-01", "until_date": "2099-07-05"}
    assert client.post("/account/stand-in", data=data).location == "/account/stand-in"
    assert "Lê Văn Phó" in client.get("/account/stand-in").text
    assert client.post("/account/stand-in", data=data | {"email": "khong@example.vn"}).status_code == 422
