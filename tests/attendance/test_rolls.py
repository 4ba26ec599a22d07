"""The life of a roll: taken, confirmed, taken back, locked, amended."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from courses.models import ClassSession, Membership
from lms import clock
from lms.audit.models import AuditRow
from lms.errors import Invalid, NotFound
from lms.events import EventRow
from plugins.attendance import matrix, queries, services
from plugins.attendance.errors import (
    AlreadyLocked,
    ClassNotRunning,
    MarksMissing,
    NotConfirmed,
    NothingToMakeUp,
    NotLocked,
    RollNotOpenYet,
    SessionCancelled,
    UndoOver,
)
from plugins.attendance.models import Amendment, MakeUp, Mark, Roll, Submission
from plugins.attendance.services import Given


def statuses(session):
    return {row.membership_id: row.status for row in queries.roll_rows(session)}


def all_present(school, **but):
    """Every learner present, except by place: ``all_present(school, **{"1": "absent"})``."""
    return [
        Given(one.id, but.get(str(place), "present"), seen="") for place, one in enumerate(school.learners)
    ]


def confirm(school, session=None, *, nonce="nonce-0001", given=None, by=None, **but):
    return services.confirm_roll(
        session or school.first,
        given if given is not None else all_present(school, **but),
        by=by or school.lecturer,
        nonce=nonce,
    )


def test_confirming_counts_and_keeps_every_mark(school, during):
    with during(1):
        done = confirm(school, **{"0": "absent", "1": "late"})

    assert (done.in_room, done.away, done.unmarked) == (2, 1, [])
    assert list(statuses(school.first).values()) == ["absent", "late", "present"]
    roll = Roll.get(Roll.session == school.first)
    assert (roll.state, roll.confirmed_by_id) == ("confirmed", school.lecturer.id)
    assert [row.name for row in EventRow.select()][-1] == "attendance.RollConfirmed"
    assert AuditRow.select().where(AuditRow.deed == "attendance.confirm").count() == 1


def test_the_same_nonce_changes_nothing_and_gets_the_same_answer(school, during):
    with during(1):
        first = confirm(school, **{"0": "absent"})
        services.mark(school.first, [Given(school.learners[0].id, "late")], by=school.officer)
        again = confirm(school, **{"0": "absent"})

    assert again == first
    assert statuses(school.first)[school.learners[0].id] == "late"
    assert Submission.select().count() == 1


def test_the_same_nonce_is_answered_after_the_lock_too(school, during):
    with during(1):
        first = confirm(school)
        services.lock_roll(school.first, by=school.officer)
        assert confirm(school) == first
        with pytest.raises(AlreadyLocked):
            confirm(school, nonce="nonce-0002")


def test_undo_within_ten_minutes_keeps_the_marks(school, during):
    with during(1):
        confirm(school, **{"0": "absent"})
    with during(1, 7, 50):
        services.undo_confirm(school.first, by=school.lecturer)

    assert Roll.get(Roll.session == school.first).state == "open"
    assert statuses(school.first)[school.learners[0].id] == "absent"


def test_undo_is_refused_one_second_after_ten_minutes(school, during):
    with during(1):
        confirm(school)
    with clock.frozen(datetime(2025, 3, 3, 7, 50, 1)), pytest.raises(UndoOver):
        services.undo_confirm(school.first, by=school.lecturer)

    assert Roll.get(Roll.session == school.first).state == "confirmed"


def test_undo_is_refused_after_the_lock(school, during):
    with during(1):
        confirm(school)
        services.lock_roll(school.first, by=school.officer)
        with pytest.raises(AlreadyLocked):
            services.undo_confirm(school.first, by=school.lecturer)


def test_undo_of_nothing_is_harmless(school, during):
    with during(1):
        services.undo_confirm(school.first, by=school.lecturer)
    assert AuditRow.select().where(AuditRow.deed == "attendance.undo").count() == 0


def test_the_roll_opens_thirty_minutes_before_the_session(school, during):
    with during(1, 6, 59), pytest.raises(RollNotOpenYet) as refused:
        confirm(school)
    assert "07:00" in str(refused.value)
    with during(1, 7, 0):
        assert confirm(school).in_room == 3


def test_a_future_session_cannot_be_rolled(school, during):
    with during(1), pytest.raises(RollNotOpenYet):
        confirm(school, school.sessions[3])
    assert Mark.select().count() == 0


def test_a_cancelled_session_cannot_be_rolled(school, during):
    ClassSession.update(cancelled_at=clock.now()).where(ClassSession.id == school.first.id).execute()
    with during(1), pytest.raises(SessionCancelled):
        confirm(school, queries.session_by_id(school.first.id))


@pytest.mark.parametrize("state", ["draft", "closed", "cancelled"])
def test_a_class_that_is_not_running_has_no_roll(school, during, state):
    school.klass.state = state
    school.klass.save()
    with during(1), pytest.raises(ClassNotRunning):
        confirm(school, queries.session_by_id(school.first.id))


def test_who_left_is_not_shown_and_who_joined_later_does_not_count_before(school, make, during):
    gone, *staying = school.learners
    with during(1):
        confirm(school)
    Membership.update(left_at=clock.from_local(datetime(2025, 3, 3, 18))).where(
        Membership.id == gone.id
    ).execute()
    newcomer = make.learner(school.klass)
    Membership.update(joined_at=clock.from_local(datetime(2025, 3, 4, 18))).where(
        Membership.id == newcomer.id
    ).execute()

    assert gone.id in statuses(school.sessions[0])
    assert set(statuses(school.sessions[1])) == {one.id for one in staying}
    assert set(statuses(school.sessions[2])) == {one.id for one in staying} | {newcomer.id}
    with during(2):
        confirm(school, school.sessions[1], given=[Given(one.id, "present") for one in staying])
    line = next(line for line in matrix.sheet(school.klass).lines if line.membership.id == newcomer.id)
    assert [cell.expected for cell in line.cells] == [False, False, True, True]
    assert line.share is None


def test_a_learner_added_after_the_page_was_opened_is_not_called_present(school, make, during):
    late_joiner = make.learner(school.klass, "Đỗ Văn Muộn")
    with during(1):
        done = confirm(school)
        assert done.unmarked == ["Đỗ Văn Muộn"]
        with pytest.raises(MarksMissing) as refused:
            services.lock_roll(school.first, by=school.officer)
    assert refused.value.details["learners"] == ["Đỗ Văn Muộn"]
    assert statuses(school.first)[late_joiner.id] is None


def test_a_learner_taken_out_meanwhile_is_named_and_the_rest_is_kept(school, make, during):
    gone = school.learners[0]
    Membership.update(left_at=clock.from_local(datetime(2025, 3, 1))).where(
        Membership.id == gone.id
    ).execute()
    with during(1):
        done = confirm(school)
    assert done.skipped == [gone.official.full_name]
    assert done.in_room == 2


def test_somebody_of_another_class_is_refused_and_nothing_is_written(school, make, during):
    stranger = make.learner(make.klass())
    with during(1), pytest.raises(Invalid):
        confirm(school, given=[Given(stranger.id, "absent")])
    assert Mark.select().count() == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"status": "gone"},
        {"status": "late", "minutes_late": -1},
        {"status": "late", "minutes_late": 601},
        {"status": "absent", "reason": "x" * 201},
    ],
)
def test_what_cannot_be_a_mark_is_refused(school, during, wrong):
    with during(1), pytest.raises(Invalid):
        confirm(school, given=[Given(school.learners[0].id, **wrong)])


def test_minutes_belong_to_late_only(school, during):
    with during(1):
        confirm(
            school,
            given=[
                Given(school.learners[0].id, "absent", minutes_late=12),
                Given(school.learners[1].id, "late", minutes_late=12),
            ],
        )
    found = {mark.membership_id: mark.minutes_late for mark in Mark.select()}
    assert found == {school.learners[0].id: None, school.learners[1].id: 12}


# --- two people at once ------------------------------------------------------------------------------


def test_an_untouched_row_never_overwrites_what_another_lecturer_marked(school, during):
    first, second, third = school.learners
    with during(1):
        confirm(
            school,
            given=[
                Given(first.id, "absent", seen=""),
                Given(second.id, "present", seen=""),
                Given(third.id, "present", seen=""),
            ],
        )
        other = confirm(
            school,
            nonce="nonce-0002",
            given=[
                Given(first.id, "present", seen=""),
                Given(second.id, "late", seen=""),
                Given(third.id, "present", seen=""),
            ],
            by=school.officer,
        )
    assert statuses(school.first) == {first.id: "absent", second.id: "late", third.id: "present"}
    assert (other.in_room, other.away) == (2, 1)


def test_both_touched_the_same_learner_the_later_stands_and_is_named(school, during):
    first = school.learners[0]
    with during(1):
        confirm(school, given=[Given(first.id, "absent", seen="")])
        later = confirm(
            school, nonce="nonce-0002", given=[Given(first.id, "excused", seen="")], by=school.officer
        )
    assert statuses(school.first)[first.id] == "excused"
    assert later.replaced == [first.official.full_name]


def test_a_note_survives_another_persons_blank(school, during):
    first = school.learners[0]
    with during(1):
        confirm(school, given=[Given(first.id, "excused", reason="Họp", seen="")])
        confirm(school, nonce="nonce-0002", given=[Given(first.id, "excused", seen="excused")])
    assert Mark.get(Mark.membership == first).reason == "Họp"


# --- lock ------------------------------------------------------------------------------------------


def test_lock_needs_a_confirmed_roll(school, during):
    with during(1):
        with pytest.raises(NotConfirmed):
            services.lock_roll(school.first, by=school.officer)
        services.mark(school.first, all_present(school), by=school.lecturer)
        with pytest.raises(NotConfirmed):
            services.lock_roll(school.first, by=school.officer)
        confirm(school)
        services.lock_roll(school.first, by=school.officer)
        with pytest.raises(AlreadyLocked):
            services.lock_roll(school.first, by=school.officer)
    assert [row.name for row in EventRow.select()][-1] == "attendance.RollLocked"


def test_marking_is_refused_after_the_lock(school, during):
    with during(1):
        confirm(school)
        services.lock_roll(school.first, by=school.officer)
        with pytest.raises(AlreadyLocked):
            services.mark(school.first, [Given(school.learners[0].id, "late")], by=school.lecturer)


def test_locking_several_says_which_could_not_be(school, during):
    with during(1):
        confirm(school)
    with during(2):
        services.mark(school.sessions[1], all_present(school), by=school.lecturer)
        result = services.lock_rolls(school.sessions[:3], by=school.officer)
    assert [one.number for one in result.locked] == [1]
    assert [one.number for one, _why in result.refused] == [2, 3]


def test_days_that_are_over_lock_themselves_and_today_does_not(school, during):
    with during(1):
        confirm(school)
    with during(2):
        confirm(school, school.sessions[1])
        services.lock_past_days()
    assert [roll.state for roll in Roll.select().order_by(Roll.session)] == ["locked", "confirmed"]


# --- after the lock --------------------------------------------------------------------------------


def locked(school, during, **but):
    with during(1):
        confirm(school, **but)
        services.lock_roll(school.first, by=school.officer)


def test_an_amendment_keeps_old_new_who_and_why(school, during):
    locked(school, during, **{"0": "absent"})
    with during(2):
        services.amend(
            school.first, school.learners[0].id, "excused", reason="Đơn xin phép số 12", by=school.officer
        )
    row = Amendment.get()
    assert (row.old_status, row.new_status, row.reason, row.by_id) == (
        "absent",
        "excused",
        "Đơn xin phép số 12",
        school.officer.id,
    )
    assert statuses(school.first)[school.learners[0].id] == "excused"
    assert [one.name for one in EventRow.select()][-1] == "attendance.RollAmended"


def test_an_open_roll_is_not_amended(school, during):
    with during(1):
        confirm(school)
        with pytest.raises(NotLocked):
            services.amend(
                school.first, school.learners[0].id, "absent", reason="Nhầm tên", by=school.officer
            )


@pytest.mark.parametrize(
    ("status", "reason", "field"),
    [
        ("absent", "", "reason"),
        ("absent", "    ", "reason"),
        ("absent", "x" * 401, "reason"),
        ("present", "Không đổi gì", "status"),
        ("away", "Lý do dài", "status"),
    ],
)
def test_an_amendment_needs_a_change_and_a_reason(school, during, status, reason, field):
    locked(school, during)
    with pytest.raises(Invalid) as refused:
        services.amend(school.first, school.learners[0].id, status, reason=reason, by=school.officer)
    assert list(refused.value.fields) == [field]
    assert Amendment.select().count() == 0


def test_only_learners_of_the_roll_are_amended(school, make, during):
    locked(school, during)
    stranger = make.learner(make.klass())
    with pytest.raises(NotFound):
        services.amend(school.first, stranger.id, "absent", reason="Nhầm tên", by=school.officer)


def test_a_closed_class_is_not_amended(school, during):
    locked(school, during)
    school.klass.state = "closed"
    school.klass.save()
    session = queries.session_by_id(school.first.id)
    with pytest.raises(ClassNotRunning):
        services.amend(session, school.learners[0].id, "absent", reason="Nhầm tên", by=school.officer)


def test_a_missed_session_is_made_up_withdrawn_and_made_up_again(school, during):
    locked(school, during, **{"0": "excused"})
    learner = school.learners[0].id
    with during(4):
        for _time in range(2):
            services.record_make_up(
                school.first, learner, held_on=clock.today(), note="Học bù cùng lớp K06", by=school.officer
            )
            assert queries.make_up(school.first, learner) is not None
            services.withdraw_make_up(school.first, learner, by=school.officer)
            assert queries.make_up(school.first, learner) is None
    assert MakeUp.select().count() == 1
    assert statuses(school.first)[learner] == "excused"


def test_nothing_to_make_up_for_somebody_who_was_there(school, during):
    locked(school, during)
    with during(4), pytest.raises(NothingToMakeUp):
        services.record_make_up(
            school.first,
            school.learners[0].id,
            held_on=clock.today(),
            note="Học bù cùng lớp",
            by=school.officer,
        )


@pytest.mark.parametrize("days", [-1, 4])
def test_a_make_up_is_neither_before_the_session_nor_in_the_future(school, during, days):
    locked(school, during, **{"0": "absent"})
    held_on = clock.local(school.first.starts_at).date() + timedelta(days=days)
    with during(4), pytest.raises(Invalid) as refused:
        services.record_make_up(
            school.first, school.learners[0].id, held_on=held_on, note="Học bù cùng lớp", by=school.officer
        )
    assert list(refused.value.fields) == ["held_on"]


def test_a_roll_of_200_is_a_handful_of_statements(make, during, max_queries):
    from tests.attendance.conftest import a_school

    big = a_school(make, learners=200, sessions=1)
    session = queries.session_by_id(big.first.id)
    with during(1):
        given = all_present(big, **{"3": "absent"})
        with max_queries(16):
            services.confirm_roll(session, given, by=big.lecturer, nonce="nonce-0200")
    assert Mark.select().where(Mark.session == session).count() == 200


def test_erasing_a_person_erases_the_notes_and_keeps_the_marks(school, during):
    with during(1):
        confirm(school, given=[Given(one.id, "excused", reason="Ốm") for one in school.learners])
    official = school.learners[0].official
    assert services.erase_notes(official) == {"attendance_mark": 1}
    assert services.erase_notes(official) == {"attendance_mark": 0}
    assert [mark.reason for mark in Mark.select().order_by(Mark.membership)] == ["", "Ốm", "Ốm"]
    assert statuses(school.first)[school.learners[0].id] == "excused"
