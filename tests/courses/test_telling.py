"""Before a session is moved or cancelled its page counts who will be told; that is who is told."""

from datetime import date, datetime, timedelta

import pytest

from courses import services
from courses.queries import sessions
from courses.queries.telling import told_of
from lms.notify.models import MailStop, Notice, NoticeChoice


@pytest.fixture(autouse=True)
def _in_march_2025(frozen):
    with frozen(datetime(2025, 3, 1, 8, 0)):
        yield


@pytest.fixture
def klass(make):
    teacher = make.user("lecturer")
    klass = make.klass(
        sessions=2, learners=3, starts_on=date(2025, 3, 3), lecturer=make.lecturer(user=teacher)
    )
    accounts = [make.user("trainee", official=one.official) for one in klass.memberships[:2]]
    NoticeChoice.create(user=accounts[0], topic="courses.timetable", mode="none")
    return klass


def first(klass):
    return sessions(klass)[0]


def test_learners_with_an_account_and_the_lecturer_are_counted_with_mail_as_they_chose(klass):
    told = told_of(first(klass))
    assert (told.learners.people, told.learners.by_mail) == (2, 1)
    assert (told.lecturers.people, told.lecturers.by_mail) == (1, 1)
    address = first(klass).lecturer.user.email
    MailStop.create(address=address)
    assert told_of(first(klass)).lecturers.by_mail == 0


def test_as_many_as_were_counted_are_told(klass, make, deliver):
    session, officer = first(klass), make.user("academic_officer")
    services.change_session(session, by=officer, **as_it_is(session))
    deliver()  # calendars know the timetable from now on
    told = told_of(first(klass))
    services.cancel_session(first(klass), by=officer)
    deliver()
    heard = Notice.select().where(Notice.topic == "courses.timetable").count()
    assert heard == told.learners.people + told.lecturers.people


def as_it_is(session):
    names = ("starts_at", "ends_at", "topic", "periods", "lecturer", "room", "required")
    return {name: getattr(session, name) for name in names}


def test_nobody_is_told_of_a_draft_or_of_what_is_over(klass, make, frozen):
    draft = make.klass(state="draft", sessions=1, learners=1, starts_on=date(2025, 3, 3))
    assert told_of(first(draft)) is None
    with frozen(first(klass).ends_at + timedelta(days=1)):
        assert told_of(first(klass)) is None


def test_the_page_says_so_before_saving(klass, make, login):
    session = first(klass)
    client = login(make.user("academic_officer"))
    page = client.get(f"/classes/{klass.id}/sessions/{session.id}/edit").text
    assert page.count("2 học viên") == 2 and page.count("1 giảng viên") == 2
    assert "sẽ được báo" in page
