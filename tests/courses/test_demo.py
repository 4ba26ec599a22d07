"""The demonstration: six classes in different states, through the services people use."""

from __future__ import annotations

import random
from datetime import datetime

import pytest

from courses import queries, services
from courses.demo import fill
from courses.models import Klass, Membership
from lms import clock
from lms.demo import loading
from tests.courses.conftest import LICH_HOC, take_in


@pytest.fixture
def province(app, request):
    with app.test_request_context():
        context = loading.Context(random.Random(28), clock.today(), lambda _text: None)
        loading._kernel(context, 400)
        fill(context)
        yield context


def test_six_classes_in_five_states(province):
    assert sorted(klass.state for klass in Klass.select()) == [
        "closed",
        "closed",
        "draft",
        "enrolling",
        "reviewing",
        "running",
    ]
    for state in ("draft", "enrolling", "running", "reviewing", "closed"):
        assert Klass.get_by_id(province.things[f"class.{state}"].id).state == state


def test_the_lecturer_finds_a_session_under_way_whatever_the_hour(province):
    now = queries.session_now(province.users["lecturer"])

    assert now is not None
    assert now.klass_id == province.things["class.running"].id


def test_the_trainee_is_in_a_running_class(province):
    codes = {klass.state for klass in queries.classes_for(province.users["trainee"])}

    assert "running" in codes


def test_every_closed_class_has_a_result_for_every_learner(province):
    for handle in ("class.closed", "class.closed_before"):
        klass = province.things[handle]
        assert len(queries.results(klass)) == queries.learner_count(klass) > 30
        assert {result.rule_id for result in queries.results(klass).values()} == {"TT03-2023"}


def test_the_sample_timetable_goes_into_the_class_that_enrols(province):
    klass = province.things["class.enrolling"]
    result = take_in(klass, LICH_HOC.read_bytes(), province.users["academic_officer"])

    assert klass.code == "K05-2025"
    assert (result.counts["new"], result.counts["conflict"], result.counts["lecturers"]) == (40, 0, 2)
    assert services.start(klass, by=province.users["academic_officer"]).state == "running"


def test_nobody_of_the_sample_list_is_in_a_class_yet(province):
    codes = {row.official.code for row in Membership.select()}

    assert codes.isdisjoint({nominee[0] for nominee in loading.NOMINEES})


@pytest.mark.parametrize(
    "moment", ["2025-03-03T07:40", "2026-01-01T00:05", "2026-08-30T23:50", "2027-02-07T12:00"]
)
def test_it_can_be_built_on_any_day_and_hour(app, frozen, moment):
    with frozen(datetime.fromisoformat(moment)), app.test_request_context():
        context = loading.Context(random.Random(28), clock.today(), lambda _text: None)
        loading._kernel(context, 300)
        fill(context)

        assert queries.session_now(context.users["lecturer"]) is not None
