"""“Required sessions attended” under every rule on record."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from courses.models import ClassSession, Membership, Programme
from courses.queries import learners
from lms import clock, jobs
from lms.plugins import ask
from plugins.attendance import hooks, queries, services
from plugins.attendance.services import Given
from tests.attendance.conftest import a_school


@pytest.fixture(autouse=True)
def in_a_request(app):
    """Answers carry addresses; the platform asks them in a request, these tests call some by themselves."""
    with app.test_request_context():
        yield


def condition(school):
    """The answer for the first learner."""
    klass = type(school.klass).get_by_id(school.klass.id)
    found = [
        one
        for one in ask("completion_conditions", klass=klass, memberships=learners(klass))
        if one.code == "attendance.sessions"
    ]
    return next(one for one in found if one.membership_id == school.learners[0].id)


def roll_all(school, statuses, *, lock=True):
    """Take the rolls so that the first learner stands as given, session by session; None = no roll."""
    for session, status in zip(school.sessions, statuses, strict=True):
        if status is None:
            continue
        fresh = queries.session_by_id(session.id)
        with clock.frozen(clock.local(session.starts_at).replace(tzinfo=None)):
            given = [
                Given(one.id, status if one == school.learners[0] else "present") for one in school.learners
            ]
            services.confirm_roll(fresh, given, by=school.lecturer, nonce=f"nonce-{session.id:05d}")
            if lock:
                services.lock_roll(fresh, by=school.officer)


def school_in(make, year, regime="home_affairs", **values):
    school = a_school(make, **values)
    Programme.update(regime=regime).execute()
    school.klass.starts_on = date(year, 3, 3)
    school.klass.ends_on = date(year, 3, 28)
    school.klass.save()
    return school


FULL = [
    (["present", "late", "present", "present"], True),
    (["present", "absent", "present", "present"], False),
    (["present", "excused", "present", "present"], False),
    (["present", "present", "present", None], None),
    (["absent", None, None, None], False),
    ([None, None, None, None], None),
]


@pytest.mark.parametrize(
    ("year", "rule", "source"),
    [(2020, "TT01-2018", "Thông tư 01/2018/TT-BNV"), (2025, "TT03-2023", "Thông tư 03/2023/TT-BNV, Điều 6")],
)
@pytest.mark.parametrize(("rolls", "met"), FULL)
def test_full_participation(make, year, rule, source, rolls, met):
    school = school_in(make, year)
    roll_all(school, rolls)

    answer = condition(school)
    assert (answer.met, answer.rule_id, answer.legal_source) == (met, rule, source)


SHARE = [
    (["present"] * 4 + ["absent"], True),  # 16 of 20 periods = 80 %
    (["present"] * 3 + ["absent", "excused"], False),  # 12 of 20
    (["present"] * 4 + [None], None),  # a roll is missing
    (["absent", "absent", None, None, None], False),  # 80 % can no longer be reached
    (["present", "excused", "late", "present", "present"], True),
]


@pytest.mark.parametrize(("rolls", "met"), SHARE)
def test_eighty_percent_of_the_periods(make, rolls, met):
    school = school_in(make, 2026, regime="commune_political_centre", sessions=5)
    roll_all(school, rolls)

    answer = condition(school)
    assert (answer.met, answer.rule_id) == (met, "QD1147-2025")


def test_periods_count_not_sessions(make):
    school = school_in(make, 2026, regime="commune_political_centre", sessions=4)
    ClassSession.update(periods=1).where(ClassSession.id == school.sessions[0].id).execute()
    roll_all(school, ["absent", "present", "present", "present"])  # 12 of 13 periods

    answer = condition(school)
    assert answer.met is True
    assert "12" in answer.actual and "13" in answer.actual


def test_no_rule_on_record_is_never_guessed(make):
    school = school_in(make, 2025, regime="party")
    roll_all(school, ["present"] * 4)

    assert (condition(school).met, condition(school).rule_id, condition(school).legal_source) == (
        None,
        "",
        "",
    )


def test_the_programmes_own_stricter_threshold_stands(make):
    school = school_in(make, 2026, regime="commune_political_centre", sessions=5)
    version = school.klass.programme_version
    version.attendance_threshold, version.attendance_basis = 0.9, "Quy chế đào tạo của Trường, Điều 5"
    version.save()
    roll_all(school, ["present"] * 4 + ["absent"])

    answer = condition(school)
    assert (answer.met, answer.legal_source) == (False, "Quy chế đào tạo của Trường, Điều 5")


def test_a_by_law_cannot_ask_for_less_than_the_law(make):
    school = school_in(make, 2025)
    version = school.klass.programme_version
    version.attendance_threshold = 0.8
    version.save()
    roll_all(school, ["present", "present", "present", "absent"])

    assert condition(school).met is False


def test_a_made_up_session_is_credited_and_said_so(make):
    school = school_in(make, 2025)
    roll_all(school, ["present", "excused", "present", "present"])
    with clock.frozen(datetime(2025, 3, 7, 9)):
        session = queries.session_by_id(school.sessions[1].id)
        services.record_make_up(
            session,
            school.learners[0].id,
            held_on=date(2025, 3, 7),
            note="Học bù cùng lớp K06",
            by=school.officer,
        )

    answer = condition(school)
    assert answer.met is True
    assert "bù" in answer.actual or "made up" in answer.actual


def test_an_unconfirmed_roll_says_nothing(make):
    school = school_in(make, 2025)
    roll_all(school, ["present"] * 3 + [None])
    with clock.frozen(datetime(2025, 3, 6, 7, 40)):
        session = queries.session_by_id(school.sessions[3].id)
        services.mark(session, [Given(one.id, "present") for one in school.learners], by=school.lecturer)

    assert condition(school).met is None


def test_optional_and_cancelled_sessions_do_not_count(make):
    school = school_in(make, 2025)
    ClassSession.update(required=False).where(ClassSession.id == school.sessions[1].id).execute()
    roll_all(school, ["present", "absent", "present", None])
    ClassSession.update(cancelled_at=clock.now()).where(ClassSession.id == school.sessions[3].id).execute()

    assert condition(school).met is True


def test_sessions_before_joining_are_not_counted_and_named(make):
    school = school_in(make, 2025)
    joined = clock.from_local(datetime(2025, 3, 4, 18))
    Membership.update(joined_at=joined).where(Membership.id == school.learners[0].id).execute()
    for session in school.sessions:
        with clock.frozen(clock.local(session.starts_at).replace(tzinfo=None)):
            fresh = queries.session_by_id(session.id)
            given = [Given(row.membership_id, "present") for row in queries.roll_rows(fresh)]
            services.confirm_roll(fresh, given, by=school.lecturer, nonce=f"nonce-{session.id:05d}")

    answer = condition(school)
    assert answer.met is True
    assert "2" in answer.actual.split(";")[-1]


def test_closing_waits_for_every_lock(make):
    school = school_in(make, 2025)
    roll_all(school, ["present"] * 3 + [None])
    with clock.frozen(datetime(2025, 4, 1, 9)):
        waiting = hooks.closing_checks(school.klass)[0]
        assert (waiting.met, waiting.blocking) == (False, True)
        assert "4" in str(waiting.detail)
    roll_all(school, [None, None, None, "present"])
    with clock.frozen(datetime(2025, 4, 1, 9)):
        done = hooks.closing_checks(school.klass)[0]
        assert done.met is True


def test_conditions_cost_the_same_for_30_and_200(make, max_queries):
    for learners_ in (30, 200):
        school = school_in(make, 2025, learners=learners_, sessions=2)
        klass, people = type(school.klass).get_by_id(school.klass.id), learners(school.klass)
        roll_all(school, ["present", "absent"])
        with max_queries(16):
            ask("completion_conditions", klass=klass, memberships=people)


def test_the_evidence_of_a_condition_has_an_address_in_background_work_too(school, deliver):
    """Results are frozen with the way to their evidence, whoever reviews the class."""
    seen: list[str] = []

    @jobs.job("lms.review")
    def review(run):
        answers = ask("completion_conditions", klass=school.klass, memberships=school.learners)
        seen.extend(one.evidence_url for one in answers)

    try:
        jobs.start("lms.review", title="Review")
        deliver()
    finally:
        jobs._jobs.pop("lms.review")
    assert seen
    assert all(url.startswith("/") for url in seen), seen
