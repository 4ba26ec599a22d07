"""The life of a class: every legal step, every illegal one, and closing."""

from datetime import date, datetime

import pytest

from courses import queries, services
from courses.events import ClassClosed, ClassStarted, LearnerJoined
from courses.hookspecs import ClosingCheck, Condition
from courses.models import CLASS_STATES, ClassStateChange, Klass, MembershipChange, Result
from courses.review import Verdict
from courses.services.classes import ClosingBlocked, WrongState
from courses.services.learners import AlreadyIn, SeatsFull
from courses.services.sessions import SessionLocked
from lms import clock
from lms.audit.models import AuditRow
from lms.errors import Conflict, Invalid, Refused
from lms.events import EventRow
from plugins.attendance.models import Roll

pytestmark = pytest.mark.usefixtures("page")


def facts(name):
    return [row.payload for row in EventRow.select().where(EventRow.name == name)]


def opening(make, **values):
    given = {
        "code": "K05-2025",
        "title": "Lớp cấp phòng khoá 5",
        "starts_on": date(2025, 3, 3),
        "ends_on": date(2025, 3, 28),
    }
    given |= {"programme_version": make.programme(), "organiser": make.organisation(kind="school")} | values
    return given


def met_by_all(klass, memberships):
    return [
        Condition(
            member.id,
            "test",
            "Điều kiện",
            "đủ",
            "đủ",
            True,
            "/x",
            "Thông tư 03/2023/TT-BNV, Điều 6",
            "TT03-2023",
        )
        for member in memberships
    ]


# --- opening and changing --------------------------------------------------------------------------


def test_a_class_opens_as_a_draft_with_a_dated_first_step(make, officer):
    klass = services.open_class(**opening(make), by=officer)

    assert klass.state == "draft"
    assert [(step.state, step.by_id) for step in queries.history(klass)] == [("draft", officer.id)]
    assert AuditRow.select().where(AuditRow.deed == "courses.class_opened").count() == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"code": " "}, "code"),
        ({"code": "x" * 41}, "code"),
        ({"title": "ab"}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"ends_on": date(2025, 3, 2)}, "ends_on"),
        ({"capacity": 0}, "capacity"),
        ({"place": "x" * 201}, "place"),
    ],
)
def test_what_cannot_be_a_class_is_named_by_field(make, officer, wrong, field):
    with pytest.raises(Invalid) as refused:
        services.open_class(**opening(make, **wrong), by=officer)
    assert set(refused.value.fields) == {field}


def test_a_code_is_taken_whatever_its_capitals(make, officer):
    services.open_class(**opening(make), by=officer)

    with pytest.raises(Invalid) as refused:
        services.open_class(**opening(make, code="k05-2025"), by=officer)
    assert set(refused.value.fields) == {"code"}


def test_a_programme_that_has_ended_gets_no_new_class(make, officer):
    version = make.programme("LDQL-HUYEN", title="Cấp huyện", valid_to=date(2025, 6, 30))

    assert services.open_class(**opening(make, programme_version=version), by=officer)
    late = {"code": "H2", "starts_on": date(2025, 7, 1), "ends_on": date(2025, 7, 30)}
    with pytest.raises(Invalid) as refused:
        services.open_class(**opening(make, programme_version=version, **late), by=officer)
    assert "30/06/2025" in refused.value.fields["starts_on"]


def test_the_programme_is_pinned_once_enrolment_began(make, officer):
    given = opening(make)
    klass = services.open_class(**given, by=officer)
    other = make.programme("QLNN-CV", title="Ngạch chuyên viên")
    more = {"place": "A", "capacity": 20, "homeroom_lecturer": None}
    services.change_class(klass, by=officer, **given | more | {"programme_version": other})
    services.announce(klass, by=officer)

    with pytest.raises(Invalid) as refused:
        services.change_class(klass, by=officer, **given | more)
    assert set(refused.value.fields) == {"programme_version"}


def test_seats_cannot_go_below_the_learners(make, officer):
    klass = make.klass(state="enrolling", learners=3)
    given = opening(make, code="X1", programme_version=klass.programme_version)

    with pytest.raises(Invalid) as refused:
        services.change_class(klass, by=officer, **given, place="", capacity=2, homeroom_lecturer=None)
    assert set(refused.value.fields) == {"capacity"}


# --- the steps -------------------------------------------------------------------------------------

DEEDS = {
    "announce": (services.announce, {"draft"}),
    "start": (services.start, {"enrolling"}),
    "start_review": (services.start_review, {"running"}),
    "reopen": (lambda klass, by: services.reopen(klass, "Còn thiếu điểm", by=by), {"reviewing"}),
    "close": (services.close_class, {"reviewing"}),
    "cancel": (
        lambda klass, by: services.cancel_class(klass, "Không đủ người", by=by),
        {"draft", "enrolling", "running"},
    ),
    "add_learner": (
        lambda klass, by: services.add_learner(klass, klass.stranger, by=by),
        {"draft", "enrolling", "running"},
    ),
    "remove_learner": (
        lambda klass, by: services.remove_learner(
            klass, queries.learners(klass)[0].official, "Chuyển công tác", by=by
        ),
        {"draft", "enrolling", "running"},
    ),
    "cancel_session": (
        lambda klass, by: services.cancel_session(queries.sessions(klass)[0], by=by),
        {"draft", "enrolling", "running"},
    ),
    "add_session": (
        lambda klass, by: services.add_session(
            klass, by=by, topic="Thêm", starts_at=datetime(2025, 4, 1), ends_at=datetime(2025, 4, 1, 3)
        ),
        {"draft", "enrolling", "running"},
    ),
}


@pytest.mark.parametrize("state", CLASS_STATES)
@pytest.mark.parametrize("deed", DEEDS)
def test_every_deed_in_every_state(make, officer, answers, deed, state):
    answers(completion_conditions=met_by_all)
    service, legal = DEEDS[deed]
    klass = make.klass(state=state, learners=1, sessions=2)
    klass.stranger = make.official()

    if state in legal:
        service(klass, by=officer)
        return
    with pytest.raises(WrongState):
        service(klass, by=officer)
    assert Klass.get_by_id(klass.id).state == state
    assert (
        AuditRow.select()
        .where(AuditRow.object_id == str(klass.id), AuditRow.deed.startswith("courses."))
        .count()
        == 0
    )


def test_each_step_is_a_dated_fact_and_announced(make, officer, frozen):
    klass = make.klass(state="enrolling", learners=2, sessions=1)
    with frozen(datetime(2025, 3, 3, 7)):
        services.start(klass, by=officer)

    (step,) = ClassStateChange.select().where(ClassStateChange.klass == klass)
    assert (step.state, clock.local(step.at).isoformat()[:16], step.by_id) == (
        "running",
        "2025-03-03T07:00",
        officer.id,
    )
    assert facts(ClassStarted.event_name()) == [{"class_id": klass.id}]


def test_enrolment_needs_dates(make, officer):
    klass = services.open_class(**opening(make, starts_on=None, ends_on=None), by=officer)

    with pytest.raises(Conflict):
        services.announce(klass, by=officer)


@pytest.mark.parametrize("missing", [{"learners": 0, "sessions": 2}, {"learners": 2, "sessions": 0}])
def test_teaching_needs_learners_and_sessions(make, officer, missing):
    klass = make.klass(state="enrolling", **missing)

    with pytest.raises(Conflict):
        services.start(klass, by=officer)


def test_no_review_while_sessions_are_to_come(make, officer, frozen):
    klass = make.klass(learners=1, sessions=2)

    with frozen(datetime(2025, 3, 3, 12)), pytest.raises(Conflict, match="1"):
        services.start_review(klass, by=officer)
    with frozen(datetime(2025, 3, 4, 12)):
        services.start_review(klass, by=officer)


@pytest.mark.parametrize("deed", [services.cancel_class, services.reopen])
def test_a_step_that_must_be_explained_needs_words(make, officer, deed):
    klass = make.klass(state="reviewing" if deed is services.reopen else "draft")

    with pytest.raises(Invalid) as refused:
        deed(klass, "  ", by=officer)
    assert set(refused.value.fields) == {"reason"}


# --- closing ---------------------------------------------------------------------------------------


def test_closing_is_refused_while_a_check_is_red_and_nothing_is_written(make, officer, answers):
    klass = make.klass(state="reviewing", learners=2, sessions=1)
    answers(
        completion_conditions=met_by_all,
        closing_checks=lambda klass: [ClosingCheck("roll", "Khoá điểm danh", met=False)],
    )

    with pytest.raises(ClosingBlocked) as refused:
        services.close_class(klass, by=officer)

    assert refused.value.details["checks"] == ["roll"]
    assert Klass.get_by_id(klass.id).state == "reviewing"
    assert Result.select().count() == 0
    assert facts(ClassClosed.event_name()) == []


def test_a_remark_that_does_not_block_lets_the_class_close(make, officer, answers):
    klass = make.klass(state="reviewing", learners=1, sessions=1)
    remark = ClosingCheck("survey", "Đủ phiếu", met=False, blocking=False)
    answers(completion_conditions=met_by_all, closing_checks=lambda klass: [remark])

    assert services.close_class(klass, by=officer).state == "closed"


def test_nobody_is_closed_without_a_verdict(make, officer, answers):
    klass = make.klass(state="reviewing", learners=1, sessions=1)

    def undecided(klass, memberships):
        return [Condition(one.id, "test", "Điều kiện", "đủ", "chưa rõ", None) for one in memberships]

    answers(completion_conditions=undecided)
    with pytest.raises(ClosingBlocked) as refused:
        services.close_class(klass, by=officer)
    assert refused.value.details["checks"] == ["courses.results"]


def test_without_any_condition_nobody_can_say(make, officer, answers):
    klass = make.klass(state="reviewing", learners=1, sessions=1)

    assert [review.verdict for review in services.completion(klass)] == [Verdict.OPEN]
    with pytest.raises(ClosingBlocked):
        services.close_class(klass, by=officer)


def test_an_empty_class_is_not_closed(make, officer, answers):
    with pytest.raises(ClosingBlocked):
        services.close_class(make.klass(state="reviewing"), by=officer)


def test_closing_freezes_every_result_with_its_evidence(make, officer, answers, frozen):
    klass = make.klass(state="reviewing", learners=3, sessions=1)
    failing = queries.learners(klass)[1]

    def conditions(klass, memberships):
        return [
            Condition(
                one.id, "attendance", "Dự học", "đủ", "39/40" if one.id == failing.id else "40/40", one.id != failing.id,
                f"/x#m{one.id}", "Thông tư 03/2023/TT-BNV, Điều 6", "TT03-2023",
            )
            for one in memberships
        ]  # fmt: skip

    answers(completion_conditions=conditions)
    with frozen(datetime(2025, 4, 2, 9)):
        services.close_class(klass, by=officer)

    kept = queries.results(klass)
    assert {member: result.completed for member, result in kept.items()} == {
        one.id: one.id != failing.id for one in queries.learners(klass)
    }
    assert kept[failing.id].rule_id == "TT03-2023"
    assert kept[failing.id].conditions == [
        {
            "code": "attendance", "title": "Dự học", "needed": "đủ", "actual": "39/40", "met": False,
            "evidence_url": f"/x#m{failing.id}", "legal_source": "Thông tư 03/2023/TT-BNV, Điều 6", "rule_id": "TT03-2023",
        }
    ]  # fmt: skip
    assert clock.local(Klass.get_by_id(klass.id).closed_at).date() == date(2025, 4, 2)
    assert facts(ClassClosed.event_name()) == [{"class_id": klass.id}]


def test_a_closed_class_answers_with_what_was_frozen(make, officer, answers):
    klass = make.klass(state="reviewing", learners=2, sessions=1)
    answers(completion_conditions=met_by_all)
    services.close_class(klass, by=officer)
    answers(completion_conditions=lambda klass, memberships: [])

    reviews = services.completion(queries.class_or_404(klass.id))

    assert [(one.verdict, one.frozen) for one in reviews] == [(Verdict.COMPLETE, True)] * 2
    assert reviews[0].conditions[0].legal_source == "Thông tư 03/2023/TT-BNV, Điều 6"


def test_closing_works_with_the_real_plugins_of_the_platform(make, officer):
    klass = make.klass(state="reviewing", learners=1, sessions=1)

    with pytest.raises(ClosingBlocked) as refused:
        services.close_class(klass, by=officer)
    assert {"attendance.locked", "courses.results"} <= set(refused.value.details["checks"])


def test_the_review_costs_the_same_for_two_and_for_forty(make, officer, answers, max_queries):
    answers(completion_conditions=met_by_all)
    klass = make.klass(state="reviewing", learners=40)

    with max_queries(3):
        assert len(services.completion(klass)) == 40


# --- learners --------------------------------------------------------------------------------------


def test_joining_is_a_dated_fact_and_announced(make, officer):
    klass, official = make.klass(state="enrolling"), make.official()
    member = services.add_learner(klass, official, by=officer)

    assert [(change.kind, change.by_id) for change in member.changes] == [("joined", officer.id)]
    assert facts(LearnerJoined.event_name()) == [{"class_id": klass.id, "official_id": official.id}]


def test_nobody_joins_twice(make, officer):
    klass, official = make.klass(), make.official()
    services.add_learner(klass, official, by=officer)

    with pytest.raises(AlreadyIn):
        services.add_learner(klass, official, by=officer)


def test_the_last_seat_is_the_last(make, officer):
    klass = make.klass(state="enrolling", capacity=1)
    services.add_learner(klass, make.official(), by=officer)

    with pytest.raises(SeatsFull):
        services.add_learner(klass, make.official(), by=officer)
    assert queries.learner_count(klass) == 1


def test_who_left_frees_the_seat_and_may_come_back_into_the_same_row(make, officer):
    klass, official = make.klass(capacity=1), make.official()
    first = services.add_learner(klass, official, by=officer)
    services.remove_learner(klass, official, "Đi công tác", by=officer)
    assert queries.learners(klass) == []

    again = services.add_learner(klass, official, by=officer)

    assert again.id == first.id
    kinds = [
        row.kind
        for row in MembershipChange.select()
        .where(MembershipChange.membership == first)
        .order_by(MembershipChange.id)
    ]
    assert kinds == ["joined", "left", "joined"]


def test_a_plugin_may_keep_somebody_out_with_a_sentence(make, officer, answers):
    def veto(klass, official):
        raise Refused("Đã có chứng chỉ này.")

    answers(before_enrol=veto)
    klass = make.klass(state="enrolling")
    with pytest.raises(Refused, match="Đã có chứng chỉ này"):
        services.add_learner(klass, make.official(), by=officer)
    assert queries.learner_count(klass) == 0


def test_who_is_no_longer_in_service_is_not_taken(make, officer):
    official = make.official()
    official.active = False

    with pytest.raises(Conflict):
        services.add_learner(make.klass(), official, by=officer)


def test_leaving_needs_a_reason_and_somebody_who_is_there(make, officer):
    klass = make.klass(learners=1)
    official = queries.learners(klass)[0].official

    with pytest.raises(Invalid):
        services.remove_learner(klass, official, "", by=officer)
    services.remove_learner(klass, official, "Chuyển công tác", by=officer)
    with pytest.raises(Conflict):
        services.remove_learner(klass, official, "Chuyển công tác", by=officer)


# --- single sessions -------------------------------------------------------------------------------


def test_sessions_are_numbered_by_time(make, officer):
    klass = make.klass(state="enrolling")
    for day in (5, 3, 4):
        services.add_session(
            klass,
            by=officer,
            topic=f"Ngày {day}",
            starts_at=datetime(2025, 3, day),
            ends_at=datetime(2025, 3, day, 3),
        )

    assert [(s.number, s.topic) for s in queries.sessions(klass)] == [
        (1, "Ngày 3"),
        (2, "Ngày 4"),
        (3, "Ngày 5"),
    ]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"ends_at": datetime(2025, 3, 4)}, "ends_at"),
        ({"topic": ""}, "topic"),
        ({"periods": 21}, "periods"),
        ({"starts_at": datetime(2025, 3, 3, 1), "ends_at": datetime(2025, 3, 3, 2)}, "starts_at"),
    ],
)
def test_what_cannot_be_a_session_is_named_by_field(make, officer, values, field):
    klass = make.klass(sessions=1)
    given = {
        "starts_at": datetime(2025, 3, 5),
        "ends_at": datetime(2025, 3, 5, 3),
        "topic": "Bài",
        "periods": 4,
    }

    with pytest.raises(Invalid) as refused:
        services.add_session(klass, by=officer, **given | values)
    assert field in refused.value.fields


def test_a_session_whose_roll_is_locked_stays_as_it_was_held(make, officer):
    klass = make.klass(sessions=2)
    held, other = queries.sessions(klass)
    Roll.create(session=held, locked_at=clock.now())

    with pytest.raises(SessionLocked, match="khoá"):
        services.cancel_session(held, by=officer)
    services.cancel_session(other, by=officer)
    assert [session.id for session in queries.sessions(klass)] == [held.id]
