"""Passwords: what is refused and why, changing one's own, choosing one by a link."""

import re

import pytest

from lms.access import links, passwords, sign_ins
from lms.access.links import LinkSpent
from lms.access.models import User
from lms.audit.models import AuditRow
from lms.errors import Invalid

GOOD = "sông mã chiều thu lặng"


@pytest.mark.parametrize(
    "password",
    [
        "ngan",
        "matkhau12345678",
        "Mật khẩu 2025!!",
        "123456789012",
        "qwertyuiopas",
        "abcabcabcabc",
        "aaaaaaaaaaaaaa",
        "password1234",
    ],
)
def test_short_and_known_passwords_are_refused(app, password):
    assert passwords.problem(password)


@pytest.mark.parametrize(
    "password", [GOOD, "correct horse battery staple", "b7 k2 m9 q4 w6", "chỉ có chữ thường thôi"]
)
def test_length_is_enough_without_capitals_or_signs(app, password):
    assert passwords.problem(password) is None


def test_the_own_name_is_refused_with_and_without_accents(app):
    for password in ("nguyen thi huong 2025", "Nguyễn Thị Hương xin chào", "huongnt ở sở nội vụ"):
        assert passwords.problem(password, email="huongnt@example.vn", name="Nguyễn Thị Hương")


def test_changing_it_needs_the_present_one_and_ends_other_devices(login, make):
    user = make.user("lecturer", password="mat khau cu cua toi")
    client = login(user)
    login(user)
    data = {"password": "sai", "new_password": GOOD, "again": GOOD}
    assert client.post("/account/password", data=data).status_code == 422
    answer = client.post("/account/password", data=data | {"password": "mat khau cu cua toi"})
    assert answer.location == "/account"
    assert passwords.is_right(User.get_by_id(user.id), GOOD)
    assert len(sign_ins.of(user)) == 1
    assert client.get("/account").status_code == 200


def test_a_refused_password_says_what_to_do(login, make):
    user = make.user("lecturer", password="mat khau cu cua toi")
    data = {"password": "mat khau cu cua toi", "new_password": "ngan", "again": "ngan"}
    page = login(user).post("/account/password", data=data).text
    assert "12" in page and "ngan" not in re.sub(r"<main.*?>", "", page)


def test_a_link_sets_the_password_once_and_looking_does_not_use_it_up(client, make):
    user = make.user("lecturer")
    address = links.for_choosing(user, by=make.user("platform_admin")).removeprefix(
        "https://kiemtra.example.vn"
    )
    assert user.email in client.get(address).text
    assert client.post(address, data={"new_password": "ngan", "again": "ngan"}).status_code == 422
    assert client.post(address, data={"new_password": GOOD, "again": GOOD}).status_code == 200
    assert passwords.is_right(User.get_by_id(user.id), GOOD)
    assert client.get(address).status_code == 404
    assert client.post("/login", data={"email": user.email, "password": GOOD}).location == "/"


def test_a_new_link_voids_the_one_before_and_none_opens_an_account_that_is_off(make):
    admin, user = make.user("platform_admin"), make.user("lecturer")
    first, second = (links.for_choosing(user, by=admin).rpartition("/")[2] for _ in range(2))
    with pytest.raises(LinkSpent):
        links.for_password(first)
    User.update(active=False).where(User.id == user.id).execute()
    with pytest.raises(LinkSpent):
        links.for_password(second)


def test_no_password_reaches_the_audit_record(make):
    user = make.user("lecturer", password="mat khau cu cua toi")
    passwords.change(user, "mat khau cu cua toi", GOOD, keep=None)
    row = AuditRow.select().where(AuditRow.deed == "access.password_changed").get()
    assert GOOD not in str(row.__data__)


def test_a_refused_password_leaves_the_link_good(make):
    user = make.user("lecturer")
    code = links.for_choosing(user, by=user).rpartition("/")[2]
    with pytest.raises(Invalid):
        links.choose_password(code, "123456789012")
    links.choose_password(code, GOOD)
