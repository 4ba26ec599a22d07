"""Threats 13, 14 and 34: a witness, one file run by a bare Python, against the real log over real HTTP."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from certificates import keys, services
from certificates.log import checkpoints, entries, witness
from certificates.log.commands import log as commands
from certificates.log.models import Checkpoint, LogEntry, LogKey
from certificates.models import Certificate
from lms.db import db
from tests.certificates.tampering import build_log_anew, drop_guards
from tests.certificates.watching import alarm

DECISION = {"decision_no": "15/QĐ-TCT", "decided_on": date(2025, 4, 2)}


@pytest.fixture
def row(school) -> Certificate:
    found = school.issued("Nguyễn Văn An", "Trần Thị Bình")[0]
    checkpoints.make()
    return found


def test_an_honest_log_is_followed(school, row, watch):
    code, told = watch()
    assert (code, "first contact" in told) == (witness.OK, True), told
    services.revoke(row, ground=3, **school.two, **DECISION)
    checkpoints.make()
    code, told = watch()
    assert (code, "(1 new)" in told) == (witness.OK, True), told
    assert watch()[0] == witness.OK
    assert not Path(f"{watch.state}.evidence").exists()


def test_threat_13_a_rewritten_entry_is_a_fork_with_evidence(school, row, watch):
    """The insider has the database and the key of the log: everything fits again, but for the state outside."""
    watch()
    drop_guards()
    victim = LogEntry.get(LogEntry.certificate == row.id, LogEntry.kind == "sign")
    told = json.loads(victim.entry) | {"token": "0" * 64}
    LogEntry.update(entry=entries.canonical(told)).where(LogEntry.id == victim.id).execute()
    build_log_anew()
    services.revoke(row, ground=3, **school.two, **DECISION)
    checkpoints.make()
    kept = alarm(watch, "fork")
    vkey = json.loads(watch.state.read_text())["key"]
    assert witness.open_note(kept["now"], vkey)[0] > witness.open_note(kept["before"], vkey)[0]
    assert "hashes" in json.loads(kept["proof"])


def test_threat_13_two_logs_of_one_size_are_a_fork(row, watch):
    watch()
    drop_guards()
    last = LogEntry.select().order_by(LogEntry.seq.desc()).get()
    told = json.loads(last.entry) | {"time": "2030-01-01T00:00:00Z"}
    LogEntry.update(entry=entries.canonical(told)).where(LogEntry.id == last.id).execute()
    build_log_anew()
    checkpoints.make()
    alarm(watch, "fork")


def test_threat_13_a_log_that_was_cut_is_a_rollback(row, watch):
    watch()
    drop_guards()
    LogEntry.delete().where(LogEntry.seq >= 3).execute()
    build_log_anew()
    checkpoints.make()
    alarm(watch, "rollback")


def test_threat_14_yesterdays_database_is_refused_even_when_it_grows_again(school, row, watch):
    with db.atomic() as today:
        services.revoke(row, ground=3, **school.two, **DECISION)
        checkpoints.make()
        assert watch()[0] == witness.OK
        today.rollback()
    alarm(watch, "rollback")
    shutil.rmtree(f"{watch.state}.evidence")
    school.issued("Lê Cường", code="khac")
    checkpoints.make()
    alarm(watch, "fork")


def test_another_key_is_refused(row, watch):
    watch()
    drop_guards()
    signer = keys.new_signer()
    keys.save(signer)
    LogKey.create(kid=signer.kid.hex(), origin=checkpoints.origin(), public_key=signer.public_key)
    Checkpoint.delete().execute()
    checkpoints.make()
    alarm(watch, "signature")


def test_a_log_that_gives_no_proof_is_refused(school, row, watch, monkeypatch):
    watch()
    services.revoke(row, ground=3, **school.two, **DECISION)
    checkpoints.make()
    monkeypatch.setattr(checkpoints, "published", lambda: 1)
    alarm(watch, "no-proof")


def test_a_log_that_cannot_be_reached_is_no_alarm_and_no_all_clear(row, watch):
    watch()
    before = watch.state.read_bytes()
    assert watch(url="http://127.0.0.1:9/log")[0] == witness.NOT_CHECKED
    watch.state.write_text("{")
    assert watch()[0] == witness.NOT_CHECKED
    assert watch.state.read_text() == "{"
    watch.state.write_bytes(before)
    assert watch()[0] == witness.OK


def test_threat_34_a_mirror_is_checked_when_the_log_is_gone(school, row, watch):
    mirror = watch.folder / "mirror"
    assert watch("--mirror", str(mirror))[0] == witness.OK
    services.revoke(row, ground=3, **school.two, **DECISION)
    checkpoints.make()
    assert watch("--mirror", str(mirror))[0] == witness.OK
    assert witness.main(["--offline", str(mirror)]) == witness.OK
    ref = entries.certificate_ref(row.id16)
    told = [json.loads(line) for line in (mirror / "00000000.jsonl").read_text().splitlines()]
    assert [one["type"] for one in told if one.get("certificate") == ref] == ["issue", "sign", "revoke"]
    page = mirror / "00000000.jsonl"
    page.write_text(page.read_text().replace('"ground":3', '"ground":5'))
    assert witness.main(["--offline", str(mirror)]) == witness.ALARM


def test_the_file_is_served_and_speaks_to_the_command_line(client, row, tmp_path):
    assert client.get("/log/witness.py").text == Path(witness.__file__).read_text()
    told = CliRunner().invoke(commands, ["witness", "http://127.0.0.1:9/log", "--state", str(tmp_path / "s")])
    assert told.exit_code == witness.NOT_CHECKED
