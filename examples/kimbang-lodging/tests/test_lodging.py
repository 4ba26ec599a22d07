"""Beds are given, keys come back, and the plugin keeps the contract."""

from __future__ import annotations

from datetime import date

import pytest
from lodging import hooks, queries, services
from lodging.models import Stay

from courses import services as courses
from lms import jobs
from lms.errors import Invalid
from lms.plugins import ask, setting
from lms.plugins import services as plugins
from lms.testing import conformance

test_it_keeps_the_contract = conformance.of("lodging")


@pytest.fixture
def officer(make, turn_on):
    turn_on("lodging")
    return make.user("academic_officer")


@pytest.fixture
def room(officer):
    return services.add_room("P101", 2, by=officer)


def test_a_learner_gets_a_bed_on_the_page_of_the_class(make, client, login, officer, room):
    klass = make.klass()
    learner = make.learner(klass, "Đỗ Thị Ở Xa")
    login(officer)

    client.post(f"/lodging/classes/{klass.id}/beds", data={"membership": learner.id, "room": room.id})

    page = client.get(f"/lodging/classes/{klass.id}").text
    assert "Đỗ Thị Ở Xa" in page and "P101" in page
    assert [line.free for line in queries.rooms()] == [1]


def test_a_full_room_takes_nobody_more(make, officer, room):
    klass = make.klass(learners=3)
    first, second, third = klass.memberships
    services.give_bed(first, room, by=officer)
    services.give_bed(second, room, by=officer)

    with pytest.raises(services.RoomFull):
        services.give_bed(third, room, by=officer)


def test_nobody_sleeps_in_two_beds(make, officer, room):
    learner = make.learner(make.klass())
    services.give_bed(learner, room, by=officer)

    with pytest.raises(services.HasBed):
        services.give_bed(learner, room, by=officer)


@pytest.mark.parametrize(("name", "beds"), [("", 2), ("P102", 0), ("P102", 21), ("P102", None), ("P101", 2)])
def test_a_room_needs_a_new_name_and_beds(room, name, beds):
    with pytest.raises(Invalid):
        services.add_room(name, beds, by=None)


def test_a_key_that_is_out_keeps_the_class_from_closing(app, make, officer, room):
    klass = make.klass()
    stay = services.give_bed(make.learner(klass), room, by=officer)

    with app.test_request_context():
        assert not own(ask("closing_checks", klass=klass))[0].met
        services.end([stay], by=officer)
        assert own(ask("closing_checks", klass=klass))[0].met


def test_without_the_setting_nobody_asks_for_keys(app, make, officer):
    plugins.change_setting("lodging.keys_before_closing", False, by=officer)

    with app.test_request_context():
        assert own(ask("closing_checks", klass=make.klass())) == []


def conditions(klass):
    """What lodging says of each learner: official id → (met, in words)."""
    asked = own(ask("completion_conditions", klass=klass, memberships=list(klass.memberships)))
    return {one.membership_id: (one.met, str(one.actual)) for one in asked}


def test_payment_is_a_condition_only_where_a_class_asks_for_it(app, make, officer, room):
    klass = make.klass(learners=1)
    services.give_bed(klass.memberships[0], room, by=officer)

    with app.test_request_context():
        assert conditions(klass) == {}
        plugins.change_setting("lodging.payment_needed", True, by=officer)
        assert len(conditions(klass)) == 1


def test_whoever_lodged_must_have_paid_and_nobody_else(app, make, officer, room):
    plugins.change_setting("lodging.payment_needed", True, by=officer)
    klass = make.klass(learners=3)
    paying, owing, local = klass.memberships
    services.pay(services.give_bed(paying, room, by=officer), by=officer)
    stay = services.give_bed(owing, room, by=officer)

    with app.test_request_context():
        said = conditions(klass)
        assert (said[paying.id][0], said[owing.id][0], said[local.id][0]) == (True, False, True)
        services.end([stay], by=officer)
        assert conditions(klass)[owing.id][0] is False, "the key is back, the bill is not paid"


def test_that_somebody_paid_is_noted_on_the_page_of_the_class(make, client, login, officer, room):
    klass = make.klass()
    stay = services.give_bed(make.learner(klass, "Đỗ Thị Ở Xa"), room, by=officer)
    login(officer)

    assert client.post(f"/lodging/classes/{klass.id}/beds/{stay.id}/paid").status_code == 303

    assert Stay.get_by_id(stay.id).paid_at is not None
    assert f"/beds/{stay.id}/paid" not in client.get(f"/lodging/classes/{klass.id}").text


def test_the_condition_costs_the_same_for_many_learners(app, make, max_queries, officer):
    plugins.change_setting("lodging.payment_needed", True, by=officer)
    klass = make.klass(learners=30)
    members = list(klass.memberships)
    with app.test_request_context():
        assert setting("lodging.payment_needed", klass)
        with max_queries(3):
            assert len(hooks.completion_conditions(klass, members)) == 30


def own(checks):
    return [check for check in checks if check.code.startswith("lodging.")]


def test_whoever_leaves_the_class_frees_the_bed(make, deliver, officer, room):
    klass = make.klass()
    learner = make.learner(klass)
    stay = services.give_bed(learner, room, by=officer)

    courses.remove_learner(klass, learner.official, reason="Chuyển công tác", by=officer)
    deliver()

    assert Stay.get_by_id(stay.id).ended_at is not None


def test_beds_of_a_class_long_over_are_free_by_themselves(make, frozen, officer, room):
    klass = make.klass(starts_on=date(2025, 3, 3), sessions=2)
    with frozen(date(2025, 3, 3)):
        services.give_bed(make.learner(klass), room, by=officer)
    for day, free in ((date(2025, 3, 6), 1), (date(2025, 3, 7), 2)):
        with frozen(day):
            timetable = {one.name: one.function for one in jobs.known()[1]}
            timetable["lodging.free_overdue_beds"]()
            assert [line.free for line in queries.rooms()] == [free]


def test_the_rooms_are_read_with_one_query(max_queries, officer):
    for number in range(12):
        services.add_room(f"P{number}", 2, by=officer)
    with max_queries(1):
        assert len(queries.rooms()) == 12


def test_a_person_is_told_where_he_lodged_and_forgotten_afterwards(make, officer, room):
    learner = make.learner(make.klass())
    stay = services.give_bed(learner, room, by=officer)

    told = [answer for answer in ask("privacy_export", official=learner.official) if "lodging" in answer]
    assert [one["room"] for one in told[0]["lodging"]] == ["P101"]

    assert services.erase(learner.official) == 0, "the key is still out"
    services.end([stay], by=officer)
    assert services.erase(learner.official) == 1
