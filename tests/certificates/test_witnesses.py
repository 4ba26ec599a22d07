"""Signed states go to people outside by themselves: posted with the proof as C2SP witnesses take it, and by mail."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from certificates import services
from certificates.log import checkpoints, witness, witnesses
from certificates.log.models import Witness
from lms import clock
from lms.api.webhooks import sending
from lms.audit.models import AuditRow
from lms.errors import Conflict, Invalid
from lms.notify.composing import compose
from lms.notify.models import Mail
from tests.certificates.watching import later, levels

DECISION = {"decision_no": "15/QĐ-TCT", "decided_on": date(2025, 4, 2)}


def test_every_state_is_posted_with_its_proof(school, archive):
    row = school.issued("Nguyễn Văn An")[0]
    checkpoints.make()
    archive.key = checkpoints.vkey(checkpoints.key())
    made, secret = witnesses.add("Trung tâm Lưu trữ", archive.url, by=None)
    assert witnesses.send(made.id)
    services.revoke(row, ground=3, **school.two, **DECISION)
    second = checkpoints.make()
    assert witnesses.send(made.id)
    assert not witnesses.send(made.id)
    assert (archive.size, archive.root) == (second.size, bytes(second.root))
    assert archive.bodies[1].startswith(f"old {second.size - 1}\n".encode())
    sent = archive.got[1]
    signature = sending.sign(secret, sent["KimBang-Timestamp"], archive.bodies[1])
    assert sent["KimBang-Signature"] == f"v1={signature}"
    assert "Nguy" not in archive.bodies[1].decode() and row.serial not in archive.bodies[1].decode()


def test_a_witness_that_refuses_is_seen_and_tried_again(school, archive):
    school.issued("Nguyễn Văn An")
    checkpoints.make()
    archive.key = checkpoints.vkey(checkpoints.key())
    archive.size = 7
    made, _secret = witnesses.add("Trung tâm Lưu trữ", archive.url, by=None)
    assert not witnesses.send(made.id)
    assert "409" in Witness.get_by_id(made.id).error
    assert (witnesses.due(), witnesses.send(made.id)) == ([], False)
    archive.size = 0
    with later(minutes=2):
        assert witnesses.due() == [made.id]
        assert witnesses.send(made.id)
    assert Witness.get_by_id(made.id).error == ""


def test_a_letter_a_day_brings_the_state(school):
    school.issued("Nguyễn Canaryhương")
    first = checkpoints.make()
    made, secret = witnesses.add("Thanh tra tỉnh", "thanhtra@tinh.example.vn", by=None)
    assert (secret, witnesses.send(made.id)) == ("", True)
    mail = Mail.get(Mail.address == "thanhtra@tinh.example.vn")
    message = compose(mail)
    body = message.get_body(("plain",)).get_content()
    vkey = checkpoints.vkey(checkpoints.key())
    note = body.replace("\r\n", "\n").partition("\n\n")[2]
    assert witness.open_note(note, vkey) == (first.size, bytes(first.root))
    assert "Canary" not in message.as_string()
    school.issued("Lê Cường", code="hai")
    checkpoints.make()
    assert witnesses.due() == []
    with clock.frozen(datetime(2025, 4, 3, 10)):
        assert witnesses.due() == [made.id]


def test_who_cannot_be_a_witness_is_told_why(app):
    witnesses.add("Thanh tra tỉnh", "thanhtra@tinh.example.vn", by=None)
    with pytest.raises(Conflict):
        witnesses.add("Thanh tra", "thanhtra@tinh.example.vn", by=None)
    for address in ("http://trong.example.vn/", "khong-phai-thu", "https://a b/"):
        with pytest.raises(Invalid):
            witnesses.add("Thanh tra", address, by=None)
    assert AuditRow.select().where(AuditRow.deed == "certificates.witness_added").count() == 1


def test_the_doctor_speaks_of_an_unsigned_log_and_of_missing_witnesses(school):
    school.issued("Nguyễn Văn An")
    assert levels() == ["ok", "warn"]
    with later(minutes=20):
        assert levels() == ["bad", "warn"]
        checkpoints.make()
        assert levels() == ["ok", "warn"]
    witnesses.add("Thanh tra tỉnh", "thanhtra@tinh.example.vn", by=None)
    made, _secret = witnesses.add("Lưu trữ", "https://luutru.example.vn/add-checkpoint", by=None)
    assert levels() == ["ok"]
    Witness.update(attempts=9, error="Không trả lời.").where(Witness.id == made.id).execute()
    assert levels() == ["ok", "warn"]


def test_threat_14_the_doctor_sees_an_old_database(school, monkeypatch):
    school.issued("Nguyễn Văn An")
    monkeypatch.setattr(checkpoints, "read_copy", lambda: (10_000, b"x" * 32))
    assert levels() == ["bad", "warn"]
