"""The log gets another key: announced under the old one, followed by witnesses, and a stranger's key is refused."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from certificates import keys, services
from certificates.auditing.entries_audit import LogAudit
from certificates.auditing.findings import Report
from certificates.log import checkpoints, rotation, witness
from certificates.log.commands import log as commands
from certificates.log.models import KeyChange, LogEntry, LogKey
from certificates.models import Certificate
from lms import clock
from lms.errors import Conflict, NotFound
from tests.certificates.tampering import drop_guards, run
from tests.certificates.test_offline import NOW, Device, publish
from tests.certificates.watching import alarm, later

DECISION = {"decision_no": "15/QĐ-TCT", "decided_on": date(2025, 4, 2)}


@pytest.fixture
def row(school) -> Certificate:
    found = school.issued("Nguyễn Văn An", "Trần Thị Bình")[0]
    checkpoints.make()
    return found


def vkeys() -> list[str]:
    return [checkpoints.vkey(one) for one in LogKey.select().order_by(LogKey.id)]


def opens(note: str, vkey: str) -> bool:
    try:
        return witness.open_note(note, vkey)[0] > 0
    except ValueError:
        return False


def signers() -> list[bool]:
    """Whose signatures the newest state carries, key by key."""
    return [opens(str(checkpoints.latest().note), one) for one in vkeys()]


def findings() -> list[str]:
    report = Report(clock.now())
    LogAudit(report).run()
    return [one.code for one in report.findings]


def test_both_keys_sign_for_the_days_announced_then_the_new_one_alone(school, row):
    checkpoints.make()
    assert signers() == [True]
    change = rotation.rotate(30)
    checkpoints.make()
    assert signers() == [True, True]
    assert LogEntry.get(LogEntry.seq == change.seq).kind == "logkey"
    with later(days=31):
        services.revoke(row, ground=3, **school.two, **DECISION)
        checkpoints.make()
        assert signers() == [False, True]
        assert findings() == []


def test_a_witness_that_slept_through_it_follows_by_the_announcement(school, row, watch):
    assert watch()[0] == witness.OK
    rotation.rotate(30)
    checkpoints.make()
    with later(days=31):
        rotation.rotate(30)
        checkpoints.make()
    with later(days=62):
        services.revoke(row, ground=3, **school.two, **DECISION)
        checkpoints.make()
        assert signers() == [False, False, True]
        code, told = watch()
        assert (code, told.count("as was announced under the one before")) == (witness.OK, 2), told
        assert json.loads(watch.state.read_text())["key"] == vkeys()[-1]
        assert watch()[0] == witness.OK


def test_while_both_sign_an_old_witness_stays_with_its_key(row, watch):
    watch()
    rotation.rotate(30)
    checkpoints.make()
    assert watch()[0] == witness.OK
    assert json.loads(watch.state.read_text())["key"] == vkeys()[0]


def test_threat_13_a_key_that_nobody_announced_is_refused(school, row, watch):
    watch()
    _stranger()
    school.issued("Lê Ba", code="khac")
    checkpoints.make()
    alarm(watch, "signature")
    assert findings() == ["note"]


def test_threat_13_an_announcement_by_the_stranger_himself_is_refused(school, row, watch):
    """He has the database, not the old key: he announces himself under his own name."""
    watch()
    rotation.rotate(1)
    drop_guards()
    change, stranger = KeyChange.get(), _stranger()
    said = rotation.text(LogKey.select().order_by(LogKey.id).first(), stranger, change.alone_from)
    note = f"{said}\n{rotation._line(stranger, said)}{rotation._line(stranger, said)}"
    run("UPDATE certificates_log_key_change SET note = ?, key_id = ?", note, stranger.id)
    with later(days=2):
        school.issued("Lê Ba", code="khac")
        checkpoints.make()
        alarm(watch, "signature")


def test_threat_13_an_announcement_that_the_log_does_not_hold_is_refused(school, row, watch):
    """He has the old key too, and announces in secret: what is not in the log for everybody counts for nobody."""
    watch()
    rotation.rotate(1)
    checkpoints.make()
    drop_guards()
    run("UPDATE certificates_log_key_change SET seq = 0")
    with later(days=2):
        services.revoke(row, ground=3, **school.two, **DECISION)
        checkpoints.make()
        alarm(watch, "key")
        assert findings() == ["note"]


def test_a_device_without_network_goes_along_with_the_new_key(school, row, tmp_path):
    device = Device(tmp_path)
    device.take(publish())
    rotation.rotate(30)
    device.take(publish(NOW + timedelta(hours=1)), NOW + timedelta(hours=1))
    with later(days=31):
        school.issued("Lê Ba", code="khac")
    after = NOW + timedelta(days=31)
    device.take(publish(after), after, proof=None)
    assert device.codes() == ["taken", "taken", "taken"]


def test_one_change_at_a_time_and_none_without_the_old_key(school, row):
    rotation.rotate(30)
    with pytest.raises(Conflict):
        rotation.rotate(30)
    with later(days=31):
        Path(keys.files._path(checkpoints.key().kid.lower())).unlink()
        keys.files._load.cache_clear()
        with pytest.raises(keys.KeyUnavailable):
            rotation.rotate(30)
    assert LogKey.select().count() == 2


def test_a_log_without_a_key_has_none_to_change(app):
    with pytest.raises(NotFound):
        rotation.rotate(30)


def test_the_command_says_what_to_print_and_the_list_marks_who_signs(app, row, client, monkeypatch):
    monkeypatch.setattr("lms.cli.context.application", lambda: app)
    told = CliRunner().invoke(commands, ["rotate-key", "--days", "30"]).output
    assert vkeys()[1] in told and "02/05/2025" in told
    listed = CliRunner().invoke(commands, ["keys"]).output.splitlines()
    assert [line[0] for line in listed] == ["✔", "✔"]
    checkpoints.make()
    got = client.get("/log/keys").get_json()
    assert (got["keys"], len(got["changes"])) == (vkeys(), 1)
    assert client.get("/log/key").text.strip() == vkeys()[1]


def _stranger() -> LogKey:
    signer = keys.new_signer()
    keys.save(signer)
    return LogKey.create(kid=signer.kid.hex(), origin=checkpoints.origin(), public_key=signer.public_key)
