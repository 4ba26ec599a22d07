"""The operations, as programs of an agency, of a lecturer and of the school use them."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from courses.models import ClassSession
from lms import clock, jobs
from lms.audit.models import AuditRow
from plugins.assessment import services as assessment
from plugins.attendance.models import Mark
from plugins.enrolment.models import Nomination
from tests.certificates.school import found_school


@pytest.fixture
def agency(make):
    return make.organisation("so-a", name="Sở A")


@pytest.fixture
def hr(make, program, agency):
    """The agency's staff program."""
    return program(make.user("training_officer", organisation=agency))


def test_nominations_are_tried_then_applied_once(make, hr, agency):
    klass = make.klass(state="enrolling", capacity=20)
    make.official("Nguyễn Văn An", agency, code="200123")
    people = [
        {"full_name": "Nguyễn Văn An", "code": "200123"},
        {"full_name": "Trần Thị Bình", "birth_date": "1980-02-01", "citizen_id": "038180000048"},
        {"full_name": "Lê Cường", "citizen_id": "12"},
    ]
    tried = hr.post(f"/classes/{klass.id}/nominations", {"people": people}).json
    assert (tried["applied"], tried["nominated"]) == (False, 2)
    assert [row["status"] for row in tried["rows"]] == ["new", "new", "error"]
    assert not Nomination.select().exists()

    answers = [
        hr.post(f"/classes/{klass.id}/nominations", {"people": people, "dry_run": False}, key="k")
        for _ in "ab"
    ]
    assert answers[0].json == answers[1].json
    assert answers[0].json["nominated"] == 2
    assert Nomination.select().count() == 2


def test_a_class_that_does_not_enrol_takes_no_nominations(make, hr):
    klass = make.klass(state="enrolling")
    type(klass).update(state="running").where(type(klass).id == klass.id).execute()
    answer = hr.post(f"/classes/{klass.id}/nominations", {"people": [{"full_name": "Lê Cường"}]})
    assert answer.status_code in {404, 409}


def test_an_agency_sees_its_own_learners_alone(make, hr, agency):
    klass = make.klass(learners=2, sessions=1)
    mine = make.learner(klass, "Người Sở A", organisation=agency)
    assert [row["membership_id"] for row in hr.get(f"/classes/{klass.id}/learners").json["items"]] == [
        mine.id
    ]
    assert hr.get(f"/classes/{klass.id}/scores").status_code == 403
    assert hr.get(f"/classes/{make.klass().id}").status_code == 404


def test_lists_of_classes_cost_the_same_whatever_their_length(make, program, max_queries):
    school = program(make.user("academic_officer"))
    for _ in range(6):
        make.klass(learners=2)
    with max_queries(9):
        answer = school.get("/classes", limit=5).json
    assert [row["learners"] for row in answer["items"]] == [2] * 5
    assert answer["next"]


def test_a_roll_is_confirmed_once(make, program):
    teacher = make.user("lecturer")
    klass = make.klass(learners=2, sessions=1, lecturer=make.lecturer(user=teacher))
    session = ClassSession.get(ClassSession.klass == klass)
    phone = program(teacher)
    with clock.frozen(datetime(2025, 3, 3, 7, 40)):
        phone = program(teacher)
        rows = phone.get(f"/sessions/{session.id}/roll").json["rows"]
        marks = [{"membership_id": row["membership_id"], "status": "present"} for row in rows]
        marks[1] |= {"status": "late", "minutes_late": 10}
        first, again = (
            phone.post(f"/sessions/{session.id}/roll", {"marks": marks}, key="roll-1") for _ in "ab"
        )
        assert first.json == again.json
        assert (first.json["present"], first.json["late"]) == (1, 1)
        assert AuditRow.select().where(AuditRow.deed == "attendance.confirm").count() == 1
        sheet = phone.get(f"/classes/{klass.id}/attendance").json
    assert sheet["sessions"][0]["state"] == "confirmed"
    assert {line["marks"][0]["status"] for line in sheet["learners"]} == {"present", "late"}
    assert Mark.select().count() == 2


def test_another_lecturers_roll_stays_closed(make, program):
    klass = make.klass(learners=1, sessions=1, lecturer=make.lecturer(user=make.user("lecturer")))
    session = ClassSession.get(ClassSession.klass == klass)
    assert program(make.user("lecturer")).get(f"/sessions/{session.id}/roll").status_code == 404


def test_scores_are_entered_all_or_none(make, program):
    officer = make.user("academic_officer")
    klass = make.klass(learners=2)
    test = assessment.plan_test(klass, "Bài thu hoạch", by=officer)
    one, two = [row.id for row in klass.memberships]
    school = program(officer)

    def enter(*scores):
        given = [
            {"test_id": test.id, "membership_id": who, "score": score}
            for who, score in zip((one, two), scores, strict=True)
        ]
        return school.post(f"/classes/{klass.id}/scores", {"scores": given})

    wrong = enter("7,5", "11")
    assert wrong.status_code == 422
    assert list(wrong.json["error"]["fields"]) == ["scores.1.score"]
    assert school.get(f"/classes/{klass.id}/scores").json["scores"] == []
    assert enter("7,5", "8").json == {"new": 2, "changed": 0, "withdrawn": 0, "same": 0}
    assert [row["score"] for row in school.get(f"/classes/{klass.id}/scores").json["scores"]] == ["7,5", "8"]


@pytest.fixture
def issued(make):
    with clock.frozen(date(2025, 4, 1)):
        return found_school(make).issued("Nguyễn Văn An", "Trần Thị Bình")


def test_anybody_checks_one_certificate_and_reads_public_data_alone(client, issued):
    answer = client.get(f"/api/v1/verify/{issued[0].id16}")
    assert answer.status_code == 200
    assert (answer.json["verdict"], answer.json["name_masked"]) == ("genuine", "N***** V** A*")
    assert "Nguyễn" not in answer.get_data(as_text=True)
    assert client.get("/api/v1/verify/none").status_code == 404


def test_a_program_checks_many_at_once_in_one_question(program, make, issued, max_queries):
    agency = program(make.user("appointing_officer", organisation=make.organisation()))
    codes = [row.id16 for row in issued] + ["0" * 16, "no code"] * 249
    with max_queries(16):
        items = agency.post("/verify", {"codes": codes}).json["items"]
    assert [one["verdict"] for one in items[:3]] == ["genuine", "genuine", "unknown"]
    assert len(items) == 500
    assert agency.post("/verify", {"codes": [*codes, "x"]}).status_code == 422
    [noted] = AuditRow.select().where(AuditRow.deed == "certificates.bulk_check")
    assert noted.object_id == ""


def test_a_bulk_check_needs_a_token(client, issued):
    assert client.post("/api/v1/verify", json={"codes": [issued[0].id16]}).status_code == 401


def test_the_same_verdict_one_by_one_and_in_bulk(program, make, client, issued):
    agency = program(make.user("appointing_officer", organisation=make.organisation()))
    code = issued[1].id16
    assert agency.post("/verify", {"codes": [code]}).json["items"] == [
        client.get(f"/api/v1/verify/{code}").json
    ]


def test_an_agency_reads_the_register_of_its_own_people(make, program, issued):
    school = program(make.user("academic_officer"))
    assert len(school.get("/certificates").json["items"]) == 2
    stranger = program(make.user("training_officer", organisation=make.organisation()))
    assert stranger.get("/certificates").json["items"] == []
    assert stranger.get(f"/certificates/{issued[0].id}").status_code == 404


def test_a_program_follows_its_own_work_alone(make, program, hr):
    run = jobs.JobRun.create(kind="certificates.sign_and_print", title="In", args={}, by=hr.token.user)
    assert hr.get(f"/jobs/{run.id}").json["state"] == "queued"
    assert [one["id"] for one in hr.get("/jobs").json["items"]] == [run.id]
    other = program(make.user("platform_admin"))
    assert other.get(f"/jobs/{run.id}").status_code == 404


def test_an_administrators_program_reads_the_state_of_plugins(make, program, turn_off):
    turn_off("assessment")
    held = program(make.user("platform_admin"))
    states = {one["name"]: one["state"] for one in held.get("/plugins").json["items"]}
    assert (states["assessment"], states["attendance"]) == ("off", "on")
