"""The fence by itself: deadlines, footing, loading. The whole of it at work: `test_faults.py`."""

# ruff: noqa: PT012  what a stranger does before it fails belongs into the block

from __future__ import annotations

import signal
import sys
import threading
import time
from contextlib import suppress
from datetime import timedelta
from types import SimpleNamespace

import pytest
from flask import request, url_for
from peewee import DatabaseError

from lms import clock, jobs
from lms.context import somebody_waits, without_visitor
from lms.db import db
from lms.db.footing import LeftOpen, TransactionEnded, kept_footing
from lms.errors import Refused
from lms.people.models import Organisation
from lms.plugins import check, hookimpl, troubles
from lms.plugins.contract import Plugin
from lms.plugins.deadline import DidNotAnswer, deadline
from lms.plugins.fence import PluginFault, fenced
from lms.plugins.registry import Found, Registry, registry
from lms.plugins.registry import plugins as the_module
from lms.plugins.switch import is_on, refresh
from tests.lms.fake_plugins import Shelf, hooks


def spin(seconds: float) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            sum(range(100))
        except Exception:
            pytest.fail("a deadline is no Exception")


# deadlines


def test_a_sleeper_is_woken_and_a_spinner_stopped():
    for work in (time.sleep, spin):
        began = time.monotonic()
        with pytest.raises(DidNotAnswer, match=r"did not answer in 0\.2 s"), deadline(0.2):
            work(20)
        assert time.monotonic() - began < 5


def test_a_swallowed_alarm_rings_again():
    began = time.monotonic()
    with pytest.raises(DidNotAnswer), deadline(0.1):
        try:
            time.sleep(20)
        except BaseException:
            time.sleep(20)
    assert time.monotonic() - began < 10


def test_the_sooner_of_two_deadlines_wins_and_the_later_still_stands(app):
    with pytest.raises(PluginFault, match=r"0\.1 s"), deadline(20), fenced(0.1):
        time.sleep(20)
    with pytest.raises(DidNotAnswer, match=r"0\.2 s"), deadline(0.2), fenced(20):
        time.sleep(20)
    with pytest.raises(DidNotAnswer, match=r"0\.4 s"), deadline(0.4):
        with deadline(5):
            pass
        time.sleep(20)


def test_after_a_deadline_no_alarm_is_left():
    with deadline(5):
        pass
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_a_thread_is_interrupted_as_well():
    ended: list[str] = []

    def work() -> None:
        try:
            with deadline(0.2):
                spin(20)
        except DidNotAnswer as late:
            ended.append(str(late))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(10)
    assert ended == ["did not answer in 0.2 s"]


def test_ctrl_c_is_nobodys_fault(app):
    with pytest.raises(KeyboardInterrupt) as stop, fenced(5):
        raise KeyboardInterrupt
    assert not isinstance(stop.value, DidNotAnswer)


# the connection


def organisations() -> int:
    return Organisation.select().where(Organisation.code.startswith("to-chuc")).count()


def test_a_crash_within_a_deed_takes_back_only_its_own_writes(app, make):
    make.organisation()
    with pytest.raises(ZeroDivisionError), kept_footing():
        make.organisation()
        raise ZeroDivisionError
    assert organisations() == 1


def test_a_transaction_left_open_within_a_deed_is_closed_and_taken_back(app, make):
    make.organisation()
    depth = db.transaction_depth()
    with pytest.raises(LeftOpen), kept_footing():
        db.transaction().__enter__()
        make.organisation()
    assert db.transaction_depth() == depth
    assert organisations() == 1


def test_a_swallowed_database_error_does_not_poison_the_deed(app, make):
    """PostgreSQL refuses everything after a failed statement, until somebody goes back before it."""
    with suppress(LeftOpen), kept_footing(), suppress(DatabaseError):
        db.execute_sql("SELECT nothing FROM nowhere")
    make.organisation()
    assert organisations() == 1


def test_a_connection_left_in_a_transaction_is_free_again(application):
    db.connect(reuse_if_open=True)
    try:
        with pytest.raises(LeftOpen), kept_footing():
            db.begin()
            db.execute_sql("INSERT INTO lms_timer (name, next_at) VALUES ('leaked', '2025-01-01 00:00:00')")
        assert not db.in_transaction()
        assert jobs.Timer.select().where(jobs.Timer.name == "leaked").count() == 0
    finally:
        db.close()


def test_a_connection_left_in_a_failed_transaction_is_free_again(application):
    db.connect(reuse_if_open=True)
    try:
        with pytest.raises(LeftOpen), kept_footing():
            db.begin()
            with suppress(DatabaseError):
                db.execute_sql("SELECT nothing FROM nowhere")
        assert jobs.Timer.select().count() >= 0
    finally:
        db.close()


def test_who_ends_the_deeds_own_transaction_makes_the_deed_fail(application):
    db.connect(reuse_if_open=True)
    try:
        with pytest.raises(TransactionEnded), db.atomic(), kept_footing():
            db.rollback()
        assert not db.in_transaction()
    finally:
        db.close()


# questions


@pytest.fixture
def guest(app):
    manifest = type("Guest", (Plugin,), {"name": "guest", "title": "Guest"})
    registry.found["guest"] = Found("guest", "lms", manifest, built_in=True, loaded=True)
    registry.testing_raises = False
    answering = []

    def answer(**functions):
        registry.add_answers(
            "guest", SimpleNamespace(**{name: hookimpl(one) for name, one in functions.items()})
        )
        answering.append(1)

    yield answer
    registry.testing_raises = True
    if answering:
        registry.remove_answers("guest")
    del registry.found["guest"]
    refresh()


def test_a_veto_that_hangs_refuses_and_is_noted(guest, monkeypatch):
    monkeypatch.setattr("lms.plugins.fence._limit", lambda: 0.2)
    guest(before_enrol=lambda klass, official: time.sleep(20))
    with pytest.raises(Refused):
        check("before_enrol", official=None)
    assert is_on("guest")
    (noted,) = troubles.by_plugin()["guest"]
    assert (noted.place, noted.reason) == ("check before_enrol", "did not answer in 0.2 s")


def test_a_trouble_outlives_the_deed_it_happened_in(application):
    """What a rolled back deed took along is written once more when the deed is over."""
    db.connect(reuse_if_open=True)
    try:
        with db.atomic() as deed:
            troubles.note("lms", "somewhere", "broken")
            deed.rollback()
        assert troubles.by_plugin() == {}
        troubles.write_unsure()
        assert [one.reason for one in troubles.by_plugin()["lms"]] == ["broken"]
        troubles.clear("lms")
        assert troubles.by_plugin() == {}
    finally:
        db.close()


# work without a visitor


def test_addresses_in_background_work_are_those_of_the_site(app, deliver):
    seen = []

    @jobs.job("lms.address")
    def address(run):
        seen.append((url_for("web.home"), url_for("web.home", _external=True), somebody_waits()))

    try:
        jobs.start("lms.address", title="Address")
        deliver()
    finally:
        jobs._jobs.pop("lms.address")
    assert seen == [("/", "https://kiemtra.example.vn/", False)]


def test_nobody_is_signed_in_within_background_work(app, make, login):
    from lms.access.guard import acting_user

    with app.test_request_context():
        assert somebody_waits()
        with without_visitor():
            assert acting_user() is None
            assert request.host == "kiemtra.example.vn"


def test_a_job_of_a_missing_plugin_fails_with_a_reason(app, deliver):
    run = jobs.JobRun.create(
        kind="gone.count", title="x", args={}, created_at=clock.now() - timedelta(minutes=1)
    )
    deliver()
    assert "No job gone.count is loaded" in jobs.JobRun.get_by_id(run.id).error


# loading


@pytest.fixture
def shelf(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(tmp_path))
    return Shelf(tmp_path)


def loaded(*names: str) -> Registry:
    fresh = Registry()
    fresh.discover()
    fresh.found = {name: fresh.found[name] for name in names}
    fresh.load(None)
    return fresh


def test_a_plugin_that_hangs_while_it_is_loaded_stays_out(shelf, monkeypatch):
    monkeypatch.setattr(the_module, "SECONDS_TO_LOAD", 0.5)
    shelf.add("slow_start", jobs="import time\ntime.sleep(600)\n")
    assert loaded("slow_start").found["slow_start"].problem == "did not answer in 0.5 s"


def test_a_failed_plugin_leaves_no_modules_and_is_whole_when_loaded_again(shelf):
    """The first failure must not be all that a second try sees."""
    shelf.add(
        "mended", models="KEPT = []", hooks="from mended import models\n\nmodels.KEPT.append(1)\n1 / 0\n"
    )
    assert "ZeroDivisionError" in loaded("mended").found["mended"].problem
    assert [name for name in sys.modules if name.startswith("mended.")] in ([], ["mended.plugin"])
    shelf.write("mended", "hooks.py", hooks("from mended import models\n\nmodels.KEPT.append(2)\n"))
    again = loaded("mended").found["mended"]
    assert (again.problem, again.loaded) == ("", True)
    assert again.rooms["models"].KEPT == [2]


def test_a_failed_plugin_gives_back_the_modules_it_replaced(shelf):
    import lms.text

    shelf.add(
        "vandal", hooks="import sys\nsys.modules['lms.text'] = None\ndel sys.modules['lms.names']\n1 / 0\n"
    )
    assert "ZeroDivisionError" in loaded("vandal").found["vandal"].problem
    assert sys.modules["lms.text"] is lms.text
    assert "lms.names" in sys.modules


def test_a_failed_plugins_jobs_and_handlers_are_forgotten(shelf):
    shelf.add(
        "half_way",
        jobs="from lms.jobs import every, job\n\n@job('half_way.work')\ndef work(run): ...\n\n@every(hours=1)\ndef tick(): ...\n",
        cli="raise RuntimeError('late')",
    )
    assert "late" in loaded("half_way").found["half_way"].problem
    work, timetable = jobs.known()
    assert "half_way" not in {one.plugin for one in [*work, *timetable]}
