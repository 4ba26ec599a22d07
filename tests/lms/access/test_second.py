"""The second factor with real codes: set up, asked for, good once; required of officers after the days of grace."""

import re
import time
from datetime import datetime, timedelta

import pytest
from flask import g

from lms.access import accounts, second
from lms.access.models import SecondFactor, SignIn
from lms.access.roles import PRESETS
from lms.access.services import give_role
from lms.errors import Conflict, Invalid
from lms.plugins.services import change_setting

PASSWORD = "mat khau cua toi day"
NOW = datetime(2025, 3, 3, 7, 40)


@pytest.fixture
def user(make):
    return make.user("lecturer", password=PASSWORD)


def code_for(secret: str, *, steps: int = 0) -> str:
    """What the app on the phone shows now (or so many half minutes from now)."""
    factory = second.totp()._totp
    return factory.from_source(secret).generate(time.time() + 30 * steps).token


def give_authenticator(user) -> tuple[str, list[str]]:
    secret = second.totp().generate_totp_secret()
    return secret, second.confirm_totp(user, secret, code_for(secret, steps=-1))


def password_step(app, user):
    client = app.test_client()
    g.pop("_login_user", None)
    return client, client.post("/login?next=/people", data={"email": user.email, "password": PASSWORD})


def test_setting_up_shows_a_code_to_scan_and_gives_recovery_codes(login, user):
    client = login(user)
    page = client.get("/account/authenticator").text
    assert "data:image/svg+xml;base64," in page
    with client.session_transaction() as session:
        secret = session["totp_draft"]
    assert client.post("/account/authenticator", data={"code": "000000"}).status_code == 422
    answer = client.post("/account/authenticator", data={"code": code_for(secret)})
    assert answer.location == "/account/recovery-codes"
    codes = re.findall(r"\b[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}\b", client.get(answer.location).text)
    assert len(set(codes)) == second.CODES
    assert client.get("/account/recovery-codes").status_code == 302
    assert second.having(user).totp_at


def test_the_password_alone_is_then_not_enough(app, user):
    secret, _codes = give_authenticator(user)
    client, answer = password_step(app, user)
    assert answer.location == "/sign-in/second"
    assert SignIn.select().count() == 0 and client.get("/account").status_code == 302
    assert client.post("/sign-in/second", data={"code": "000 000"}).status_code == 422
    answer = client.post("/sign-in/second", data={"code": code_for(secret)})
    assert answer.location == "/people"
    assert SignIn.get().via == "authenticator"


def test_a_code_is_good_once(app, user):
    secret, _codes = give_authenticator(user)
    code = code_for(secret)
    for expected in (302, 422):
        client, _answer = password_step(app, user)
        assert client.post("/sign-in/second", data={"code": code}).status_code == expected


def test_a_recovery_code_is_good_once_however_it_is_typed(app, user):
    _secret, codes = give_authenticator(user)
    for expected in (302, 422):
        client, _answer = password_step(app, user)
        typed = codes[0].upper().replace("-", " ")
        assert client.post("/sign-in/second", data={"code": typed}).status_code == expected
    assert second.having(user).codes_left == second.CODES - 1


def test_guessing_codes_is_slowed_down(app, user):
    give_authenticator(user)
    client, _answer = password_step(app, user)
    answers = [client.post("/sign-in/second", data={"code": "000000"}).status_code for _ in range(7)]
    assert answers == [422] * 5 + [429] * 2


def test_the_second_page_needs_the_first(client):
    assert client.get("/sign-in/second").location.startswith("/login")
    assert client.post("/sign-in/second", data={"code": "123456"}).location.startswith("/login")
    assert client.post("/sign-in/passkey/options").status_code == 200


def test_ten_minutes_after_the_password_it_is_asked_again(app, user, frozen):
    secret, _codes = give_authenticator(user)
    with frozen(NOW):
        client, _answer = password_step(app, user)
    with frozen(NOW + timedelta(minutes=11)):
        assert client.post("/sign-in/second", data={"code": code_for(secret)}).location.startswith("/login")


def test_secrets_and_codes_are_not_readable_in_the_table(user):
    secret, codes = give_authenticator(user)
    row = SecondFactor.get()
    assert second.totp().get_totp_b32_key(secret) not in row.totp_secret
    assert codes[0] not in str(row.recovery_codes)


class TestRequiredOfOfficers:
    @pytest.fixture
    def officer(self, make):
        return make.user("academic_officer", password=PASSWORD)

    def test_the_days_of_grace_let_in_no_longer_than_they_last(self, app, officer, frozen):
        with frozen(NOW):
            client, answer = password_step(app, officer)
            assert answer.location == "/people"
            assert "17/03/2025" in client.get("/").text
        change_setting("lms.second_factor_grace", 0, by=None)
        with frozen(NOW + timedelta(minutes=1)):
            _client, answer = password_step(app, officer)
            assert answer.location == "/sign-in/set-up"

    def test_no_remembered_device_outlasts_the_days_of_grace(self, app, officer, frozen):
        change_setting("lms.second_factor_grace", 2, by=None)
        with frozen(NOW):
            client = app.test_client()
            data = {"email": officer.email, "password": PASSWORD, "remember": "y"}
            assert client.post("/login", data=data).status_code == 302
            assert SignIn.get().ends_at - SignIn.get().created_at == timedelta(days=2)

    def test_afterwards_it_is_set_up_first_and_then_they_are_in(self, app, officer):
        change_setting("lms.second_factor_grace", 0, by=None)
        client, answer = password_step(app, officer)
        assert client.get(answer.location).status_code == 200
        client.get("/account/authenticator")
        with client.session_transaction() as session:
            secret = session["totp_draft"]
        assert client.get("/account").status_code == 302
        answer = client.post("/account/authenticator", data={"code": code_for(secret)})
        assert answer.location == "/account/recovery-codes"
        g.pop("_login_user", None)
        assert client.get("/account/recovery-codes").status_code == 200

    def test_nobody_else_is_asked(self, app, user):
        change_setting("lms.second_factor_grace", 0, by=None)
        assert password_step(app, user)[1].location == "/people"

    def test_an_empty_setting_asks_nobody(self, app, officer):
        change_setting("lms.second_factor_grace", 0, by=None)
        change_setting("lms.second_factor_roles", "", by=None)
        assert password_step(app, officer)[1].location == "/people"

    def test_the_last_factor_stays(self, officer):
        give_authenticator(officer)
        with pytest.raises(Conflict):
            second.remove_totp(officer, PASSWORD)


def test_removing_needs_the_password(user):
    give_authenticator(user)
    with pytest.raises(Invalid):
        second.remove_totp(user, "sai")
    second.remove_totp(user, PASSWORD)
    assert not second.having(user).any


def test_an_administrator_resets_what_was_lost(app, user, make):
    give_authenticator(user)
    accounts.reset_second_factor(user, by=make.user("platform_admin"))
    assert password_step(app, user)[1].location == "/people"


class TestARoleGivenWhileSignedIn:
    """Who becomes an officer while signed in owes a second factor like everybody who signs in as one."""

    def opens(self, client):
        g.pop("_login_user", None)
        return client.get("/account")

    def test_they_stay_until_the_days_of_grace_end_and_are_then_asked(self, app, user, frozen):
        with frozen(NOW):
            client, _answer = password_step(app, user)
            SignIn.update(ends_at=NOW + timedelta(days=300)).execute()
            give_role(user, "academic_officer", by=None)
            assert self.opens(client).status_code == 200
        with frozen(NOW + timedelta(days=13)):
            assert self.opens(client).status_code == 200
        with frozen(NOW + timedelta(days=14, minutes=1)):
            assert self.opens(client).location.startswith("/login")
            _client, answer = password_step(app, user)
            assert answer.location == "/sign-in/set-up"

    def test_without_days_of_grace_they_are_asked_at_the_next_page(self, app, user):
        change_setting("lms.second_factor_grace", 0, by=None)
        client, _answer = password_step(app, user)
        give_role(user, "academic_officer", by=None)
        assert self.opens(client).status_code == 302

    def test_who_has_a_second_factor_stays(self, app, user):
        change_setting("lms.second_factor_grace", 0, by=None)
        client, _answer = password_step(app, user)
        give_authenticator(user)
        give_role(user, "academic_officer", by=None)
        assert self.opens(client).status_code == 200

    def test_a_role_that_is_not_asked_changes_nothing(self, app, user):
        change_setting("lms.second_factor_grace", 0, by=None)
        client, _answer = password_step(app, user)
        give_role(user, "trainee", by=None)
        assert self.opens(client).status_code == 200

    def test_a_changed_setting_reaches_those_who_are_signed_in(self, app, user):
        change_setting("lms.second_factor_grace", 0, by=None)
        client, _answer = password_step(app, user)
        assert second.hold_all() == 0
        change_setting("lms.second_factor_roles", "lecturer", by=None)
        assert second.hold_all() == 1
        assert self.opens(client).status_code == 302


def test_officers_and_heads_are_asked_unless_the_site_says_otherwise(app):
    asked = {preset.name for preset in PRESETS if preset.second_factor}
    assert second._roles_asked() == asked
    assert {"school_head", "academic_officer"} <= asked
    assert not asked & {"trainee", "lecturer"}
