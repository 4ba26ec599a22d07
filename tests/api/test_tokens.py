"""A token is shown once, narrowed to what it names, never more than its owner, and shut out at once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lms import clock
from lms.access.models import UserRole
from lms.api import tokens
from lms.api.models import ApiToken
from lms.audit.models import AuditRow
from lms.errors import Invalid, NotAllowed


@pytest.fixture
def agency(make):
    return make.organisation("so-a", name="Sở A")


@pytest.fixture
def officer(make, agency):
    return make.user("training_officer", organisation=agency)


def test_the_page_shows_a_new_token_once(login, officer, client):
    login(officer)
    answer = client.post(
        "/me/tokens", data={"name": "Nhân sự", "scopes": ["people.view"], "organisation": "0", "days": "30"}
    )
    made = ApiToken.get()
    secret = answer.get_data(as_text=True).split('id="secret"')[1].split('value="')[1].split('"')[0]
    assert secret.startswith("kb_")
    assert secret not in client.get("/me/tokens").get_data(as_text=True)
    assert secret not in (made.token_hash, made.hint)
    assert client.get("/api/v1/me", headers={"Authorization": f"Bearer {secret}"}).status_code == 200
    assert AuditRow.select().where(AuditRow.deed == "api.token_made").count() == 1


def test_nobody_gives_a_token_what_he_has_not(login, officer, client):
    login(officer)
    answer = client.post("/me/tokens", data={"name": "X", "scopes": ["platform.users"], "days": "30"})
    assert answer.status_code == 422
    with pytest.raises(Invalid):
        tokens.make(officer, "X", ["platform.users"], days=30)
    assert not ApiToken.select().exists()


def test_a_token_may_only_what_it_names(program, officer):
    narrow = program(officer, "people.view")
    assert narrow.get("/officials").status_code == 200
    assert narrow.get("/classes").status_code == 403


def test_a_token_loses_what_its_owner_loses(program, officer):
    held = program(officer, "people.view")
    UserRole.delete().where(UserRole.user == officer).execute()
    assert held.get("/officials").status_code == 403


def test_a_token_of_one_agency_sees_only_that_one(make, program, officer, agency):
    from lms.access.services import give_role

    other = make.organisation("so-b", name="Sở B")
    give_role(officer, "training_officer", organisation=other, by=None)
    officer.__dict__.pop("_roles", None)
    mine, theirs = make.official("Người Sở A", agency), make.official("Người Sở B", other)
    bound = program(officer, "people.view", organisation_id=agency.id)
    assert [row["id"] for row in bound.get("/officials").json["items"]] == [mine.id]
    assert bound.get(f"/officials/{theirs.id}").status_code == 404


@pytest.mark.parametrize("why", ["revoked", "expired", "locked", "mistyped"])
def test_a_token_that_is_not_good_opens_nothing(program, officer, why):
    held = program(officer)
    if why == "revoked":
        tokens.revoke(held.token, by=officer)
    elif why == "locked":
        officer.active = False
        officer.save()
    elif why == "mistyped":
        held.secret += "x"
    later = clock.now() + timedelta(days=31 if why == "expired" else 0)
    with clock.frozen(clock.local(later).replace(tzinfo=None)):
        answer = held.get("/officials")
    assert answer.status_code == 401
    assert answer.json["error"]["code"] == "bad_token"
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_bad_token_does_not_fall_back_to_who_is_signed_in(client, login, officer):
    login(officer)
    assert client.get("/api/v1/me").status_code == 200
    assert client.get("/api/v1/me", headers={"Authorization": "Bearer kb_none"}).status_code == 401


def test_a_token_opens_no_page_and_makes_no_token(program, officer, client):
    held = program(officer)
    assert client.get("/me/tokens", headers=held.headers).status_code in {302, 401}
    with pytest.raises(NotAllowed):
        tokens.make(tokens.bearer(held.secret), "X", ["people.view"], days=7)


def test_an_administrator_sees_and_revokes_everybodys(make, client, login, program, officer):
    held = program(officer)
    login(make.user("platform_admin"))
    assert "Phần mềm nhân sự" in client.get("/platform/tokens").get_data(as_text=True)
    client.post(f"/platform/tokens/{held.token.id}/revoke")
    assert held.get("/me").status_code == 401


def test_a_use_is_noted_now_and_then(program, officer, max_queries):
    held = program(officer, "people.view")
    held.get("/me")
    first = ApiToken.get().last_used_at
    held.get("/me")
    assert first is not None
    assert ApiToken.get().last_used_at == first
