"""What every operation has in common: once and no more, portions, errors of one shape, limits, nobody tricked."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lms import clock
from lms.access.limits import _limiter
from lms.api import describing, once
from lms.api.models import ApiAnswer
from lms.audit.models import AuditRow
from lms.people.models import Official


@pytest.fixture
def agency(make):
    return make.organisation("so-a", name="Sở A")


@pytest.fixture
def officer(make, agency):
    return make.user("training_officer", organisation=agency)


@pytest.fixture
def hr(program, officer):
    return program(officer)


def person(agency, name="Trần Thị Bình"):
    return {"full_name": name, "organisation_id": agency.id}


def test_the_same_key_gets_the_first_answer_and_no_second_deed(hr, agency):
    first, again = (hr.post("/officials", person(agency), key="một".encode().hex()) for _ in "ab")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json == again.json
    assert again.headers["Idempotent-Replayed"] == "true"
    assert Official.select().count() == 1
    assert AuditRow.select().where(AuditRow.deed == "people.official_added").count() == 1


def test_the_same_key_with_another_body_is_refused(hr, agency):
    hr.post("/officials", person(agency), key="k")
    answer = hr.post("/officials", person(agency, "Lê Văn Cường"), key="k")
    assert (answer.status_code, answer.json["error"]["code"]) == (409, "idempotency_key_used")
    assert Official.select().count() == 1


def test_a_key_is_forgotten_after_a_day(hr, agency):
    hr.post("/officials", person(agency), key="k")
    ApiAnswer.update(at=clock.now() - once.KEPT - timedelta(minutes=1)).execute()
    hr.post("/officials", person(agency), key="k")
    assert Official.select().count() == 2
    ApiAnswer.update(at=clock.now() - once.KEPT - timedelta(minutes=1)).execute()
    assert once.forget_old() == 1


def test_a_refused_deed_leaves_its_key_free(hr, agency):
    assert hr.post("/officials", person(agency) | {"citizen_id": "12"}, key="k").status_code == 422
    assert hr.post("/officials", person(agency), key="k").status_code == 201


def test_keys_of_two_programs_do_not_meet(program, officer, agency):
    one, two = program(officer), program(officer)
    assert (
        one.post("/officials", person(agency), key="k").json["id"]
        != two.post("/officials", person(agency), key="k").json["id"]
    )


def test_a_deed_without_a_key_is_not_done(client, hr, agency):
    answer = client.post("/api/v1/officials", json=person(agency), headers=hr.headers)
    assert (answer.status_code, answer.json["error"]["code"]) == (400, "idempotency_key")


def test_a_kept_answer_is_sealed(hr, agency):
    hr.post("/officials", person(agency), key="k")
    assert "Bình" not in ApiAnswer.get().body_sealed


def test_what_is_wrong_is_named_field_by_field(hr, agency):
    body = {"full_name": 7, "gender": "x", "birth_date": "31/03/1980", "shoe_size": 41}
    answer = hr.post("/officials", body)
    assert answer.status_code == 422
    assert set(answer.json["error"]["fields"]) == {
        "full_name", "organisation_id", "gender", "birth_date", "shoe_size",
    }  # fmt: skip


@pytest.mark.parametrize("body", [b"{", b"\xff", b"[" * 100_000, b'{"a": NaN}'])
def test_what_is_no_json_is_no_crash(client, hr, body):
    headers = {**hr.headers, "Idempotency-Key": "k", "Content-Type": "application/json"}
    answer = client.post("/api/v1/officials", data=body, headers=headers)
    assert (answer.status_code, answer.json["error"]["code"]) == (400, "bad_request")


def test_a_text_the_database_cannot_keep_is_refused(hr, agency):
    assert hr.post("/officials", person(agency, "A\x00B")).status_code == 422
    assert hr.post("/officials", person(agency, "A\ud800B")).status_code == 422


def test_a_list_comes_in_portions_and_costs_the_same(make, hr, agency, max_queries):
    everybody = [make.official(f"Người {number}", agency).id for number in range(7)]
    found, after = [], None
    while True:
        with max_queries(9):
            answer = hr.get("/officials", limit=3, **({"after": after} if after else {})).json
        found += [row["id"] for row in answer["items"]]
        after = answer["next"]
        if after is None:
            break
    assert found == everybody


@pytest.mark.parametrize("cursor", ["x", "", "YWZ0ZXI6LTE", "YWZ0ZXI6OTk5OTk5OTk5OTk5"])
def test_a_cursor_that_is_none_is_named(hr, cursor):
    answer = hr.get("/officials", after=cursor)
    assert answer.status_code == 422
    assert "after" in answer.json["error"]["fields"]


def test_one_token_that_asks_too_often_waits_alone(app, program, officer):
    from lms.plugins.services import change_setting

    app.config["RATELIMIT_ENABLED"] = True
    _limiter.cache_clear()
    try:
        change_setting("lms.api_per_minute", 10, by=None)
        fast, slow = program(officer), program(officer)
        answers = [fast.get("/me") for _ in range(11)]
        assert [one.status_code for one in answers] == [200] * 10 + [429]
        assert 1 <= int(answers[-1].headers["Retry-After"]) <= 60
        assert slow.get("/me").status_code == 200
    finally:
        app.config["RATELIMIT_ENABLED"] = False
        _limiter.cache_clear()


def test_a_browser_cannot_be_tricked_into_a_deed(app, client, login, program, officer, agency):
    held = program(officer)
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        login(officer)
        answer = client.post("/api/v1/officials", json=person(agency), headers={"Idempotency-Key": "k"})
        assert (answer.status_code, answer.json["error"]["code"]) == (400, "csrf")
        assert held.post("/officials", person(agency)).status_code == 201
    finally:
        app.config["WTF_CSRF_ENABLED"] = False
    assert Official.select().count() == 1


def test_a_plugin_that_is_off_has_no_operations(make, program, turn_off):
    klass = make.klass()
    held = program(make.user("academic_officer"))
    assert held.get(f"/classes/{klass.id}/scores").status_code == 200
    turn_off("assessment")
    assert held.get(f"/classes/{klass.id}/scores").status_code == 404
    assert "/classes/{class_id}/scores" not in held.get("/openapi.json").json["paths"]


def test_an_address_nobody_knows_answers_in_the_same_shape(hr):
    assert hr.get("/moon").json["error"]["code"] == "not_found"


def test_the_description_names_every_operation_once(app, client):
    described = client.get("/api/v1/openapi.json").json
    assert described["openapi"] == "3.1.0"
    ids = [one["operationId"] for path in described["paths"].values() for one in path.values()]
    assert len(ids) == len(set(ids))
    with app.test_request_context():
        assert len(ids) == len(describing.operations()) > 20


def test_the_page_for_people_shows_every_operation(client, app):
    page = client.get("/api/v1/docs").get_data(as_text=True)
    with app.test_request_context():
        assert all(describing.path_of(one) in page for one in describing.operations())
