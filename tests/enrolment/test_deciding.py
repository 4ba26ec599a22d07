"""The school decides with a dry run before, and says why somebody cannot come in."""

import pytest

from courses import queries as courses
from lms.errors import Invalid, Refused
from plugins.enrolment import hooks, queries
from plugins.enrolment.models import Nomination, NominationStep
from plugins.enrolment.services import deciding, nominating

pytestmark = pytest.mark.usefixtures("english")
CODES = ("065689", "085320", "060995")


@pytest.fixture
def waiting(province):
    return [
        nominating.nominate_one(
            province.klass,
            province.officials[code],
            province.officials[code].organisation,
            by=province.officer,
        )
        for code in CODES
    ]


def ids(nominations):
    return [one.id for one in nominations]


def test_a_plan_writes_nothing_and_accepting_does_it(province, waiting):
    plan = deciding.plan_acceptance(province.klass, ids(waiting))
    assert ([one.id for one in plan.blocked], len(plan.ready), plan.seats_left) == ([], 3, 57)
    assert courses.learners(province.klass) == []
    done = deciding.accept(province.klass, ids(waiting), by=province.school)
    assert (len(done.joined), done.blocked) == (3, [])
    assert [one.official.full_name for one in courses.learners(province.klass)] == [
        "Vũ Nga", "Cầm Hữu Tuấn", "Trần Văn Ỷ",
    ]  # fmt: skip
    assert {one.status for one in Nomination.select()} == {"accepted"}
    again = deciding.accept(province.klass, ids(waiting), by=province.school)
    assert (again.joined, {one.reason for one in again.blocked}) == ([], {"Decided already."})


def test_when_seats_run_out_the_rest_stays_waiting(province, waiting):
    province.klass.capacity = 2
    province.klass.save()
    plan = deciding.plan_acceptance(province.klass, ids(waiting))
    assert (len(plan.ready), [one.reason for one in plan.blocked]) == (2, ["No seat is left in the class."])
    done = deciding.accept(province.klass, ids(waiting), by=province.school)
    assert (len(done.joined), len(done.blocked)) == (2, 1)
    assert "full" in done.blocked[0].reason
    assert Nomination.get_by_id(done.blocked[0].nomination.id).status == "submitted"
    assert NominationStep.select().where(NominationStep.status == "accepted").count() == 2


def test_a_veto_blocks_one_and_lets_the_others_in(province, waiting, monkeypatch):
    def veto(_name, *, official, **_):
        if official.code == "065689":
            raise Refused("Trùng lịch lớp khác.")

    monkeypatch.setattr(deciding, "check", veto)
    monkeypatch.setattr("courses.services.learners.check", veto)
    assert [one.reason for one in deciding.plan_acceptance(province.klass, ids(waiting)).blocked] == [
        "Trùng lịch lớp khác."
    ]
    done = deciding.accept(province.klass, ids(waiting), by=province.school)
    assert (len(done.joined), [one.reason for one in done.blocked]) == (2, ["Trùng lịch lớp khác."])


def test_rejecting_needs_a_reason_and_a_choice(province, waiting):
    with pytest.raises(Invalid):
        deciding.reject(province.klass, ids(waiting), by=province.school, reason="")
    with pytest.raises(Invalid):
        deciding.reject(province.klass, [], by=province.school, reason="Không đúng đối tượng")
    assert (
        deciding.reject(province.klass, ids(waiting[:2]), by=province.school, reason="Không đúng đối tượng")
        == 2
    )
    assert [one.reason for one in queries.of_class(province.klass, status="rejected")] == [
        "Không đúng đối tượng"
    ] * 2


def test_ids_of_another_class_are_left_out(province, waiting, make):
    other = make.klass("K06-2025", state="enrolling")
    assert deciding.plan_acceptance(other, ids(waiting)).ready == []
    with pytest.raises(Invalid, match="Nobody was chosen"):
        deciding.accept(other, ids(waiting), by=province.school)


def test_the_closing_check_waits_for_every_decision(province, waiting, app):
    with app.test_request_context():
        check = hooks.closing_checks(province.klass)[0]
        assert (check.met, check.detail) == (False, "3 nominations are waiting.")
        deciding.reject(province.klass, ids(waiting), by=province.school, reason="Không đúng đối tượng")
        assert hooks.closing_checks(province.klass)[0].met


def test_what_is_kept_about_a_person_is_told(province, waiting):
    kept = hooks.privacy_export(province.officials["065689"])["nominations"]
    assert [(one["class"], one["status"]) for one in kept] == [("K05-2025", "submitted")]
    assert hooks.privacy_erase(province.officials["065689"]) == {"enrolment_nomination": 0}
