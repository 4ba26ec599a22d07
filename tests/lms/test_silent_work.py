"""Work that hangs is ended with a sentence; one that goes on slowly is not; a killed sweeper comes back."""

import dataclasses
import os
import signal
import time

import pytest

from lms import config, jobs
from lms.jobs import JobRun
from lms.plugins.deadline import deadline, sign_of_life
from tests.lms.fake_plugins import Shelf
from tests.lms.test_worker_crashes import Tower


@pytest.fixture
def patience(app):
    """``patience(0.5)``: seconds that work may be silent."""
    usual = config.settings()
    yield lambda seconds: config.use(dataclasses.replace(usual, job_seconds=seconds))
    config.use(usual)


@pytest.fixture
def work(app):
    """``work(function)``: perform a job; returns its row afterwards."""

    def perform(function):
        jobs.job("lms.slow")(function)
        run = jobs.start("lms.slow", title="Việc chậm")
        jobs.perform(run.id)
        return JobRun.get_by_id(run.id)

    yield perform
    jobs._jobs.pop("lms.slow", None)


def test_work_that_hangs_fails_with_a_sentence_and_can_go_on(work, patience):
    patience(0.4)
    done = []

    def hang(run):
        run.total(2)
        run.advance()
        if not done:
            done.append(1)
            time.sleep(30)
        run.advance()

    began = time.monotonic()
    run = work(hang)
    assert time.monotonic() - began < 10
    assert (run.state, run.done) == ("failed", 1)
    assert "0.4" in run.error and "quản trị" in run.error
    jobs.retry(run.id)
    jobs.perform(run.id)
    assert JobRun.get_by_id(run.id).state == "done"


def test_work_that_says_it_lives_may_take_longer_than_the_silence(work, patience):
    patience(0.5)

    def slowly(run):
        run.total(6)
        for _number in range(6):
            time.sleep(0.2)
            run.advance()

    assert work(slowly).state == "done"


def test_a_limit_inside_does_not_wear_the_silence_out(app):
    with deadline(0.6, silence=True):
        for _number in range(4):
            with deadline(5):
                time.sleep(0.25)
                sign_of_life()


SILENT = {
    "jobs": """
        import time
        from lms.jobs import job

        @job("hush.sleep")
        def sleep(run):
            run.total(1)
            time.sleep(3600)

        @job("hush.slow")
        def slow(run):
            run.total(1)
            time.sleep(5)
            from pathlib import Path
            from lms.config import settings
            with (settings().instance / "runs").open("a") as log:
                log.write("once\\n")
            run.advance()
        """
}


@pytest.fixture
def hush(live_server, tmp_path):
    Shelf(tmp_path).add("hush", **SILENT)
    site = live_server(
        PYTHONPATH=str(tmp_path),
        LMS_LEASE_SECONDS="2",
        LMS_JOB_SECONDS="8",
        LMS_WEB_PROCESSES="1",
        LMS_WORKERS="2",
    )
    return Tower(site, "hush")


def states(tower):
    return [
        row[0]
        for row in tower.rows(
            "SELECT state FROM lms_job WHERE kind IN ('hush.sleep', 'hush.slow') ORDER BY id"
        )
    ]


def start(tower, kind):
    tower.do(f"jobs.start('hush.{kind}', title='Im')")


def test_in_a_real_worker_silent_work_fails_and_the_worker_goes_on(hush):
    start(hush, "sleep")
    hush.wait(lambda: states(hush) == ["failed"], 60)
    [(error,)] = hush.rows("SELECT error FROM lms_job WHERE kind = 'hush.sleep'")
    assert "8" in error
    start(hush, "slow")
    hush.wait(lambda: states(hush) == ["failed", "done"], 60)
    assert (hush.site.folder / "instance" / "runs").read_text() == "once\n", "longer than a lease, run once"


def test_a_killed_sweeper_is_started_again(hush):
    parent = hush.site.processes["work"].pid

    def children():  # sweeper, scheduler, two workers
        with open(f"/proc/{parent}/task/{parent}/children") as found:
            return {int(number) for number in found.read().split()}

    hush.wait(lambda: len(children()) == 4)
    before = children()
    os.kill(min(before), signal.SIGKILL)  # the sweeper is started first
    hush.wait(lambda: len(children()) == 4 and children() != before, 30)
    start(hush, "slow")
    # Nobody but the sweeper finds work whose place in the queue is lost.
    hush.wait(lambda: states(hush) == ["done"], 60)
    assert "the sweeper died" in hush.site.log_text(400)
