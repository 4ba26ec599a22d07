"""Devices: listed, ended from here, ended at the next request; the lean page stays lean."""

from datetime import datetime, timedelta

import pytest
from flask import g

from lms import clock
from lms.access import accounts, devices, sign_ins
from lms.access.models import SignIn, User

PASSWORD = "mat khau cua toi day"
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36"


@pytest.fixture
def user(make):
    return make.user("lecturer", password=PASSWORD)


def sign_in(app, user, **data):
    """A browser of its own, signed in with the password."""
    client = app.test_client()
    g.pop("_login_user", None)
    answer = client.post(
        "/login", data={"email": user.email, "password": PASSWORD, **data}, headers={"User-Agent": CHROME}
    )
    assert answer.status_code == 302, answer.text
    return client


def status(client):
    g.pop("_login_user", None)
    return client.get("/account").status_code


def test_a_device_is_listed_in_words(app, user):
    page = sign_in(app, user).get("/account").text
    assert "Chrome trên Windows" in page and "127.0.0.1" in page


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (CHROME, "Chrome trên Windows"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile/15E148 Safari/604.1",
            "Safari trên iPhone",
        ),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0", "Firefox trên Linux"),
        ("curl/8", "Thiết bị chưa rõ"),
    ],
)
def test_browsers_in_words(app, agent, words):
    with app.test_request_context():
        assert devices.words(agent) == words


def test_ending_another_device_works_at_its_next_request(app, user):
    here, there = sign_in(app, user), sign_in(app, user)
    other = sign_ins.of(user)[0]
    assert status(there) == 200
    g.pop("_login_user", None)
    assert here.post(f"/account/devices/{other.id}/end").location == "/account"
    assert status(there) == 302
    assert status(here) == 200


def test_ending_all_others_leaves_this_one(app, user):
    here, *others = (sign_in(app, user) for _ in range(3))
    g.pop("_login_user", None)
    here.post("/account/devices/end-others")
    assert [status(one) for one in (here, *others)] == [200, 302, 302]


def test_nobody_ends_a_device_of_somebody_else(app, user, login, make):
    sign_in(app, user)
    g.pop("_login_user", None)
    foreign = sign_ins.of(user)[0]
    assert login(make.user("lecturer")).post(f"/account/devices/{foreign.id}/end").status_code == 404
    assert len(sign_ins.of(user)) == 1


def test_a_remembered_device_is_ended_too(app, user):
    client = sign_in(app, user, remember="y")
    client.delete_cookie("session")
    assert status(client) == 200
    client.delete_cookie("session")
    sign_ins.end_all(user, by=None)
    assert status(client) == 302


def test_signing_out_ends_the_row_so_a_copied_cookie_is_worth_nothing(app, user):
    client = sign_in(app, user)
    copied = client.get_cookie("session").value
    g.pop("_login_user", None)
    client.post("/logout")
    thief = app.test_client()
    thief.set_cookie("session", copied)
    assert status(thief) == 302


def test_an_account_that_is_switched_off_is_out_at_the_next_request(app, user, make):
    client = sign_in(app, user)
    assert accounts.deactivate(user, by=make.user("platform_admin")) == 1
    assert status(client) == 302


def test_the_cookie_does_not_hold_the_accounts_own_number(app, user):
    client = sign_in(app, user)
    with client.session_transaction() as session:
        token = session["_user_id"]
    assert token not in {user.fs_uniquifier, str(user.id)}
    assert SignIn.select().where(SignIn.token_hash == token).count() == 0


def test_a_sign_in_ends_by_itself(app, user):
    client = sign_in(app, user)
    SignIn.update(ends_at=clock.now() - timedelta(seconds=1)).execute()
    assert status(client) == 302


def test_loading_the_user_and_the_device_is_one_query(app, user, max_queries):
    token = "mot-thiet-bi"
    sign_ins.begin(user, token, ends_at=datetime(2100, 1, 1), address="", agent="")
    with app.test_request_context(), max_queries(1):
        assert sign_ins.load(token) == user


def test_last_seen_is_written_at_most_every_five_minutes(app, user):
    client = sign_in(app, user)
    SignIn.update(last_seen_at=clock.now() - timedelta(minutes=4)).execute()
    before = SignIn.get().last_seen_at
    status(client)
    assert SignIn.get().last_seen_at == before
    SignIn.update(last_seen_at=clock.now() - timedelta(minutes=6)).execute()
    status(client)
    assert SignIn.get().last_seen_at > before


def test_signing_in_is_counted(app, user):
    sign_in(app, user)
    row = User.get_by_id(user.id)
    assert row.login_count == 1 and row.last_login_at
