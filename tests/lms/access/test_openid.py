"""Signing in at the province's provider: a real one on loopback, and every way in which its answer must be refused."""

from __future__ import annotations

import http.client
import time
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from flask import g
from joserfc.jwk import RSAKey

from lms import config
from lms.access import second
from lms.access.models import OpenIdentity, SignIn, User
from tests.lms.access.provider import CLIENT, SECRET, Provider


@pytest.fixture(scope="module")
def running():
    provider = Provider()
    yield provider
    provider.stop()


@pytest.fixture
def provider(app, running):
    before = config.settings()
    config.use(
        replace(
            before,
            oidc_issuer=running.issuer,
            oidc_client_id=CLIENT,
            oidc_client_secret=SECRET,
            oidc_title="Đăng nhập bằng tài khoản tỉnh",
        )
    )
    running.forged, running.signing_key = {}, running.key
    running.person = {"sub": "nguoi-17", "email": "huong@example.vn", "email_verified": True}
    yield running
    config.use(before)


@pytest.fixture
def user(make):
    return make.user("lecturer", email="huong@example.vn")


def go(client, start="/sign-in/openid?next=/people"):
    """To the provider, which agrees at once; returns the address it sends the browser back to."""
    g.pop("_login_user", None)
    there = urlsplit(client.get(start).location)
    visit = http.client.HTTPConnection(there.hostname, there.port, timeout=10)
    visit.request("GET", f"{there.path}?{there.query}")
    back = urlsplit(visit.getresponse().headers["Location"])
    visit.close()
    return f"{back.path}?{back.query}"


def test_an_account_is_found_by_its_verified_address_and_tied(client, provider, user):
    assert "Đăng nhập bằng tài khoản tỉnh" in client.get("/login").text
    answer = client.get(go(client))
    assert answer.status_code == 302 and answer.location == "/people"
    assert client.get("/account").status_code == 200
    assert SignIn.get().via == "openid"
    assert OpenIdentity.get().subject == "nguoi-17"
    assert User.get_by_id(user.id).role_names == {"lecturer"}


def test_once_tied_the_address_does_not_matter(app, provider, user):
    client = app.test_client()
    client.get(go(client))
    provider.person = {"sub": "nguoi-17", "email": "moi@example.vn", "email_verified": False}
    client = app.test_client()
    assert client.get(go(client)).location == "/people"


@pytest.mark.parametrize(
    "forged",
    [
        {"aud": "mot-ung-dung-khac"},
        {"iss": "https://ke-gia.example"},
        {"exp": int(time.time()) - 600},
        {"nonce": "cu"},
    ],
    ids=["audience", "issuer", "expired", "nonce"],
)
def test_a_token_that_is_not_for_this_visit_is_refused(client, provider, user, forged):
    provider.forged = forged
    assert client.get(go(client)).status_code == 403
    assert SignIn.select().count() == 0


def test_a_token_signed_by_somebody_else_is_refused(client, provider, user):
    provider.signing_key = RSAKey.generate_key(2048, {"kid": "khoa-1"})
    assert client.get(go(client)).status_code == 403
    assert SignIn.select().count() == 0


def test_an_answer_is_good_once(client, provider, user):
    back = go(client)
    assert client.get(back).status_code == 302
    SignIn.delete().execute()
    g.pop("_login_user", None)
    assert client.get(back).status_code == 403
    assert SignIn.select().count() == 0


def test_an_answer_for_another_browser_is_refused(app, provider, user):
    back = go(app.test_client())
    assert app.test_client().get(back).status_code == 403


def test_a_changed_state_is_refused(client, provider, user):
    assert client.get(go(client) + "x").status_code == 403


@pytest.mark.parametrize(
    "person",
    [
        {"sub": "nguoi-17", "email": "huong@example.vn"},
        {"sub": "nguoi-17", "email": "huong@example.vn", "email_verified": False},
        {"sub": "nguoi-17", "email": "huong@example.vn", "email_verified": "true"},
        {"sub": "nguoi-17", "email": "nguoi-la@example.vn", "email_verified": True},
        {"email": "huong@example.vn", "email_verified": True},
    ],
    ids=["unsaid", "unverified", "text", "stranger", "nameless"],
)
def test_nobody_gets_in_by_an_address_that_is_not_proved(client, provider, user, person):
    provider.person = person
    accounts = User.select().count()
    assert client.get(go(client)).status_code == 403
    assert SignIn.select().count() == 0 and User.select().count() == accounts


def test_an_account_tied_to_one_person_is_not_given_to_the_next_owner_of_the_address(app, provider, user):
    client = app.test_client()
    client.get(go(client))
    provider.person = {"sub": "nguoi-99", "email": "huong@example.vn", "email_verified": True}
    client = app.test_client()
    assert client.get(go(client)).status_code == 403


def test_an_account_that_is_off_stays_out(client, provider, user):
    User.update(active=False).where(User.id == user.id).execute()
    assert client.get(go(client)).status_code == 403


def test_the_second_factor_is_asked_here_too(client, provider, user):
    secret = second.totp().generate_totp_secret()
    second.confirm_totp(user, secret, second.totp().generate_totp_password(secret))
    assert client.get(go(client)).location == "/sign-in/second"
    assert SignIn.select().count() == 0


def test_a_provider_that_is_down_leaves_the_password(client, provider):
    config.use(replace(config.settings(), oidc_issuer="http://127.0.0.1:9"))
    assert client.get("/sign-in/openid").status_code == 503


def test_without_a_provider_there_is_neither_button_nor_page(client):
    assert client.get("/sign-in/openid").status_code == 404
    assert "/sign-in/openid" not in client.get("/login").text


def test_nobody_is_sent_to_another_site(client, provider, user):
    back = go(client, "/sign-in/openid?next=https://ke-gia.example/")
    assert client.get(back).location == "/"
