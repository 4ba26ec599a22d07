"""The outbox and background work: nothing lost, nothing doubled, one failure stays alone."""

from dataclasses import dataclass
from datetime import timedelta

import pytest

from lms import clock, events, jobs
from lms.db import atomic, db
from lms.events import Delivery, Event, on, publish
from lms.jobs import JobRun


@dataclass(frozen=True)
class KettleBoiled(Event):
    litres: int


class Handlers:
    seen: list[int] = []
    fails = 0


def pour(event):
    if Handlers.fails:
        Handlers.fails -= 1
        raise OSError("no cup")
    Handlers.seen.append(event.litres)


pour.__module__ = "lms.handlers"


@pytest.fixture
def kettle(app):
    Handlers.seen, Handlers.fails = [], 0
    on(KettleBoiled)(pour)
    yield Handlers
    events._subscriptions.pop(KettleBoiled.event_name(), None)


def test_a_fact_reaches_its_handler_after_the_deed(kettle, deliver):
    with atomic():
        publish(KettleBoiled(2))
        assert kettle.seen == []
    assert any("pour" in label for label in deliver())
    assert kettle.seen == [2]


def test_a_deed_that_is_rolled_back_announces_nothing(kettle, deliver):
    with atomic() as deed:
        publish(KettleBoiled(2))
        deed.rollback()
    assert deliver() == []
    assert kettle.seen == []


def test_a_failing_handler_keeps_its_error_and_is_tried_again(kettle, deliver, frozen):
    kettle.fails = 1
    with frozen(clock.local(clock.now()).replace(tzinfo=None)):
        with atomic():
            publish(KettleBoiled(3))
        assert deliver() == []
        owed = Delivery.get(Delivery.state == "due")
        assert (owed.attempts, owed.error) == (1, "OSError: no cup")
    with frozen(clock.local(clock.now() + timedelta(minutes=1)).replace(tzinfo=None)):
        deliver()
    assert kettle.seen == [3]


def test_after_five_failures_it_waits_for_a_person(kettle):
    kettle.fails = 9
    with atomic():
        publish(KettleBoiled(1))
    number = Delivery.get().id
    for _ in range(6):
        events.deliver(number)
    owed = Delivery.get_by_id(number)
    assert (owed.state, owed.attempts) == ("failed", 5)
    kettle.fails = 0
    events.retry(number)
    events.deliver(number)
    assert kettle.seen == [1]


def test_delivering_twice_has_one_effect(kettle):
    with atomic():
        publish(KettleBoiled(4))
    number = Delivery.get().id
    events.deliver(number)
    events.deliver(number)
    assert kettle.seen == [4]


@pytest.fixture
def counting_job(app):
    ran = []

    @jobs.job("lms.count")
    def count(run, *, upto):
        run.total(upto)
        for number in range(upto):
            ran.append(number)
            run.advance(note=str(number))
        return {"counted": upto}

    yield ran
    jobs._jobs.pop("lms.count")


def test_a_job_reports_its_progress_and_result(counting_job, deliver):
    run = jobs.start("lms.count", title="Count", upto=3)
    deliver()
    run = JobRun.get_by_id(run.id)
    assert (run.state, run.done, run.count, run.result) == ("done", 3, 3, {"counted": 3})


def test_a_running_job_is_not_taken_twice_until_its_worker_is_silent(counting_job):
    run = jobs.start("lms.count", title="Count", upto=1)
    JobRun.update(state="running", heartbeat_at=clock.now()).where(JobRun.id == run.id).execute()
    assert jobs.perform(run.id) is False
    JobRun.update(heartbeat_at=clock.now() - timedelta(minutes=5)).where(JobRun.id == run.id).execute()
    assert jobs.perform(run.id) is True
    assert counting_job == [0]


def test_a_failed_job_keeps_its_reason_and_can_be_retried(app, deliver):
    attempts = []

    @jobs.job("lms.shaky")
    def shaky(run):
        attempts.append(1)
        if len(attempts) == 1:
            raise ValueError("disk full")

    try:
        run = jobs.start("lms.shaky", title="Shaky")
        deliver()
        assert JobRun.get_by_id(run.id).error == "ValueError: disk full"
        jobs.retry(run.id)
        deliver()
        assert JobRun.get_by_id(run.id).state == "done"
    finally:
        jobs._jobs.pop("lms.shaky")


def test_the_sweeper_finds_what_a_killed_worker_left(counting_job):
    run = jobs.start("lms.count", title="Count", upto=1)
    jobs.QueueTask.delete().execute()
    JobRun.update(state="running", heartbeat_at=clock.now() - timedelta(minutes=9)).where(
        JobRun.id == run.id
    ).execute()
    assert jobs.sweep() >= 1
    assert jobs.QueueTask.select().count() == 1


def test_a_fact_outside_a_transaction_is_a_mistake(application):
    db.connect(reuse_if_open=True)
    with application.app_context(), pytest.raises(RuntimeError, match="outside a transaction"):
        publish(KettleBoiled(1))
    db.close()
