"""Deciding many at once: chosen or all that match, a dry run with reasons first, whole, taken back for ten minutes."""

from datetime import datetime, timedelta

import pytest

from courses import queries as courses
from lms import bulk, clock, jobs
from lms.audit.models import AuditRow
from lms.bulk import services
from lms.bulk.models import BulkRun
from lms.errors import Conflict, NotAllowed, NotFound
from lms.jobs import rows as rows_of_work
from lms.notify.models import Notice
from plugins.enrolment.models import Nomination
from plugins.enrolment.services import deciding, nominating

pytestmark = pytest.mark.usefixtures("english")
CODES = ("065689", "085320", "060995")


@pytest.fixture
def waiting(province):
    rows = []
    for code in CODES:
        person = province.officials[code]
        rows.append(nominating.nominate_one(province.klass, person, person.organisation, by=province.officer))
    return rows


@pytest.fixture
def accept(province):
    def chosen(rows):
        ids = [row.id for row in rows]
        return services.choose(
            bulk.deed_or_404("enrolment.accept"), ids, target=province.klass.id, by=province.school
        )

    return chosen


def test_a_dry_run_writes_nothing_and_names_who_cannot(province, waiting, accept):
    deciding.accept(province.klass, [waiting[0].id], by=province.school)
    plan = services.plan(accept(waiting))
    assert ([line.reason for line in plan.blocked], len(plan.ready)) == (["Decided already."], 2)
    assert Nomination.select().where(Nomination.status == "accepted").count() == 1


def test_done_once_with_counts_and_reasons(province, waiting, accept):
    deciding.accept(province.klass, [waiting[0].id], by=province.school)
    run = accept(waiting)
    assert services.start(run) is None
    run = BulkRun.get_by_id(run.id)
    assert (len(run.done), run.blocked) == (2, {str(waiting[0].id): "Decided already."})
    with pytest.raises(Conflict):
        services.start(run)
    assert AuditRow.select().where(AuditRow.deed == "enrolment.accepted").count() == 2


def test_taken_back_within_ten_minutes_they_wait_again_and_the_agency_hears(
    province, waiting, accept, deliver
):
    run = accept(waiting)
    services.start(run)
    assert len(courses.learners(province.klass)) == 3
    assert services.undo(BulkRun.get_by_id(run.id)) == 3
    assert {row.status for row in Nomination.select()} == {"submitted"}
    assert courses.learners(province.klass) == []
    deliver()
    told = [row.key for row in Notice.select().where(Notice.user == province.officer)]
    # One for each agency; the acceptance that no longer stands is not told.
    assert len(told) == 2
    assert all("waits-again" in key for key in told)
    services.start(accept(waiting))
    assert len(courses.learners(province.klass)) == 3


def test_after_ten_minutes_it_stands(province, waiting, accept):
    run = accept(waiting)
    services.start(run)
    with clock.frozen(datetime(2025, 3, 1) + timedelta(hours=24)), pytest.raises(services.CannotUndo):
        services.undo(BulkRun.get_by_id(run.id))


def test_who_has_left_since_stays_as_is_with_the_reason(province, waiting, accept):
    run = accept(waiting)
    services.start(run)
    from courses.services import remove_learner

    remove_learner(province.klass, waiting[0].official, "Chuyển công tác", by=province.school)
    assert services.undo(BulkRun.get_by_id(run.id)) == 2
    assert list(BulkRun.get_by_id(run.id).kept) == [str(waiting[0].id)]


def test_many_go_in_the_background_in_portions_and_go_on_after_a_crash(
    province, waiting, accept, monkeypatch
):
    monkeypatch.setattr(services, "AT_ONCE", 1)
    run = accept(waiting)
    work = services.start(run)
    assert work is not None
    services.portion(BulkRun.get_by_id(run.id), run.chosen[:1])  # what a killed worker had finished
    jobs.drain()
    run = BulkRun.get_by_id(run.id)
    assert (len(run.done), run.blocked) == (3, {})
    assert run.applied_at is not None
    assert rows_of_work.counts(work) == {"done": 3}


def full_but_for(first):
    return lambda _deed, rows, **_: ["" if row.id == first else "Lớp đã đủ." for row in rows]


def test_rows_that_could_not_be_done_stand_on_the_works_page_and_are_tried_again(
    province, waiting, accept, monkeypatch
):
    monkeypatch.setattr(services, "AT_ONCE", 1)
    run = accept(waiting)
    with monkeypatch.context() as full:
        full.setattr(type(bulk.deed_or_404(run.deed)), "judge", full_but_for(run.chosen[0]))
        work = services.start(run)
        jobs.drain()
    assert rows_of_work.counts(work) == {"failed": 2, "done": 1}
    assert "Lớp đã đủ." in rows_of_work.listed(work, "failed").get().message
    jobs.retry(work.id)
    jobs.drain()
    assert rows_of_work.counts(work) == {"done": 3}
    run = BulkRun.get_by_id(run.id)
    assert (len(run.done), run.blocked) == (3, {})


def test_only_for_who_may_and_only_for_who_chose(province, waiting, accept):
    with pytest.raises(NotAllowed):
        services.choose(
            bulk.deed_or_404("enrolment.accept"),
            [waiting[0].id],
            target=province.klass.id,
            by=province.officer,
        )
    with pytest.raises(NotFound):
        services.run_or_404(accept(waiting).key, by=province.officer)


def test_all_that_match_keeps_to_the_filter(province, waiting, login):
    school = login(province.school)
    page = school.post(
        "/bulk/deeds/enrolment.accept",
        data={"all": "1", "target": province.klass.id, "filter": f"agency={waiting[0].organisation_id}"},
        follow_redirects=True,
    )
    assert page.status_code == 200
    own = [row.id for row in waiting if row.organisation_id == waiting[0].organisation_id]
    assert BulkRun.get().chosen == own


def test_learners_leave_together_and_come_back(province, waiting, accept):
    services.start(accept(waiting))
    deed = bulk.deed_or_404("courses.take_out")
    ids = [row.id for row in courses.learners(province.klass)]
    run = services.choose(deed, ids[:2], target=province.klass.id, by=province.school)
    services.start(run, reason="Điều chuyển công tác")
    assert len(courses.learners(province.klass)) == 1
    assert services.undo(BulkRun.get_by_id(run.id)) == 2
    assert len(courses.learners(province.klass)) == 3
