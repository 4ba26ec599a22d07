"""Many sessions called off at once: one by one refused where the roll is locked, told once, and put back."""

from datetime import date, datetime, time

import pytest
from flask_babel import force_locale

from courses import queries
from courses.models import ClassSession
from courses.queries.calendar import entries_of_class
from lms import bulk, clock
from lms.audit.models import AuditRow
from lms.bulk import services
from lms.bulk.models import BulkRun
from lms.notify import calendars
from lms.notify.models import Notice
from plugins.attendance.models import Roll

MONDAY = date(2025, 3, 3)


@pytest.fixture(autouse=True)
def _early_in_march(app, frozen):
    with frozen(datetime(2025, 3, 3, 12, 0)), force_locale("en"):
        yield


@pytest.fixture
def officer(make):
    return make.user("academic_officer")


@pytest.fixture
def klass(make):
    teacher = make.lecturer(user=make.user("lecturer"))
    klass = make.klass(sessions=4, learners=2, starts_on=MONDAY, lecturer=teacher)
    for one in klass.memberships:
        make.user("trainee", official=one.official)
    return klass


@pytest.fixture
def choose(klass, officer):
    def chosen(rows):
        deed = bulk.deed_or_404("courses.cancel_sessions")
        return services.choose(deed, [row.id for row in rows], target=klass.id, by=officer)

    return chosen


def off(klass) -> list[bool]:
    rows = ClassSession.select().where(ClassSession.klass == klass).order_by(ClassSession.starts_at)
    return [row.cancelled_at is not None for row in rows]


def numbers(klass) -> list[int]:
    return [row.number for row in queries.sessions(klass)]


def test_a_locked_roll_keeps_its_session_and_the_others_are_called_off(klass, choose):
    rows = queries.sessions(klass)
    Roll.create(session=rows[0], locked_at=clock.now())
    run = choose(rows[:3])
    plan = services.plan(run)
    assert [line.reason for line in plan.blocked] == ["Điểm danh buổi này đã khoá."]
    services.start(run)
    assert off(klass) == [False, True, True, False]
    assert numbers(klass) == [1, 2]
    assert AuditRow.select().where(AuditRow.deed == "courses.session_cancelled").count() == 2


def test_everybody_concerned_is_counted_before_and_told_once(klass, choose, deliver):
    calendars.track(entries_of_class(klass))
    run = choose(queries.sessions(klass)[1:])
    assert services.plan(run).remark == "These people are told: 2 learners and 1 lecturer · 3 by mail too"
    services.start(run)
    deliver()
    assert Notice.select().where(Notice.topic == "courses.timetable").count() == 3


def test_calendars_follow_there_and_back(klass, choose, deliver):
    calendars.track(entries_of_class(klass))
    learner = klass.memberships[0].official.accounts.get()

    def shown():
        return [(entry.cancelled, entry.sequence) for entry in calendars.entries_for(learner)]

    run = choose(queries.sessions(klass)[2:])
    services.start(run)
    deliver()
    assert shown() == [(False, 0), (False, 0), (True, 1), (True, 1)]
    assert services.undo(BulkRun.get_by_id(run.id)) == 2
    deliver()
    assert shown() == [(False, 0), (False, 0), (False, 2), (False, 2)]
    assert numbers(klass) == [1, 2, 3, 4]
    told = Notice.select().where(Notice.user == learner).order_by(Notice.id.desc()).first()
    assert "Vẫn học như cũ" in told.body


def test_a_session_whose_time_is_taken_since_stays_cancelled(klass, choose, make):
    rows = queries.sessions(klass)[2:]
    run = choose(rows)
    services.start(run)
    late = rows[0]
    make.session(klass, 9, clock.local(late.starts_at).date(), at=time(8, 0))
    assert services.undo(BulkRun.get_by_id(run.id)) == 1
    assert BulkRun.get_by_id(run.id).kept == {str(late.id): "The class already has a session at that time."}


def test_from_the_timetable_to_the_result(klass, officer, login):
    client = login(officer)
    rows = queries.sessions(klass)
    page = client.get(f"/classes/{klass.id}/sessions").text
    assert page.count('name="id"') == 4
    trial = client.post("/bulk/deeds/courses.cancel_sessions", data={"target": klass.id, "all": "1"})
    assert BulkRun.get().chosen == [row.id for row in rows[1:]]  # today's morning has begun
    assert client.post(f"{trial.location}/apply").status_code == 303
    assert off(klass) == [False, True, True, True]
