"""Two real connections write the same roll at the same moment: every mark stays.

What these commit cannot be rolled back, so `test_at_once.py` runs this file in a process with a database of its own.
"""

from __future__ import annotations

import threading
from datetime import datetime

import pytest

from lms import clock
from lms.db.base import connection
from lms.plugins.switch import refresh
from plugins.attendance import queries, services
from plugins.attendance.models import Mark, Submission
from plugins.attendance.services import Given
from tests.attendance.conftest import a_school
from tests.factories import MakeAll


@pytest.fixture
def committed(application):
    """A class that other connections can see. It is never taken away: this database is this file's own."""
    refresh()
    with application.app_context(), connection():
        yield a_school(MakeAll(), learners=10, sessions=1)


def test_both_lecturers_absentees_are_kept(application, committed):
    school = committed
    failures: list[BaseException] = []
    gate = threading.Barrier(2)

    def confirm(place: int) -> None:
        try:
            with application.app_context(), connection():
                session = queries.session_by_id(school.first.id)
                given = [
                    Given(one.id, "absent" if n == place else "present", seen="")
                    for n, one in enumerate(school.learners)
                ]
                gate.wait(10)
                services.confirm_roll(session, given, by=school.lecturer, nonce=f"nonce-at-once-{place}")
        except BaseException as problem:
            failures.append(problem)

    with clock.frozen(datetime(2025, 3, 3, 7, 40)):
        threads = [threading.Thread(target=confirm, args=(place,)) for place in (0, 9)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)

    assert failures == []
    absent = {
        mark.membership_id
        for mark in Mark.select().where(Mark.session == school.first, Mark.status == "absent")
    }
    assert absent == {school.learners[0].id, school.learners[9].id}
    assert Mark.select().where(Mark.session == school.first).count() == 10


def test_one_sending_that_arrives_twice_at_once_is_one(application, committed):
    school = committed
    answers: list[object] = []
    gate = threading.Barrier(2)

    def confirm() -> None:
        with application.app_context(), connection():
            session = queries.session_by_id(school.first.id)
            gate.wait(10)
            given = [Given(one.id, "present", seen="") for one in school.learners]
            answers.append(services.confirm_roll(session, given, by=school.lecturer, nonce="nonce-the-same"))

    with clock.frozen(datetime(2025, 3, 3, 7, 40)):
        threads = [threading.Thread(target=confirm) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)

    assert len(answers) == 2 and answers[0] == answers[1]
    assert Submission.select().where(Submission.session == school.first).count() == 1
