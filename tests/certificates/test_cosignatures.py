"""Witnesses countersign signed states (C2SP cosignature/v1): by their answer, or as a file; only what holds is shown."""

from __future__ import annotations

import base64
import html
import json
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from certificates import services
from certificates.log import checkpoints, cosignatures, notes, witness, witnesses
from certificates.log.commands import log as commands
from certificates.log.models import Cosignature, Witness
from certificates.models import Certificate
from certificates.paper import proof
from lms import clock
from lms.errors import Invalid, NotFound
from tests.certificates.watching import Archive, later, levels

DECISION = {"decision_no": "15/QĐ-TCT", "decided_on": date(2025, 4, 2)}


class Cosigner:
    """An institution with a key that countersigns."""

    def __init__(self, name: str = "luutru.example.vn/witness") -> None:
        self.name, self.key = name, Ed25519PrivateKey.generate()

    @property
    def public(self) -> bytes:
        return self.key.public_key().public_bytes_raw()

    @property
    def vkey(self) -> str:
        raw = base64.b64encode(notes.COSIGNATURE + self.public).decode()
        return f"{self.name}+{notes.key_hash(self.name, self.public, notes.COSIGNATURE).hex()}+{raw}"

    def line(self, note: str, at: datetime | None = None) -> str:
        """As C2SP tlog-cosignature writes it: 4 bytes of the key, 8 of time, 64 of signature."""
        moment = int((at or clock.now()).replace(tzinfo=UTC).timestamp())
        text = note.partition("\n\n")[0] + "\n"
        signature = self.key.sign(f"cosignature/v1\ntime {moment}\n{text}".encode())
        hashed = notes.key_hash(self.name, self.public, notes.COSIGNATURE)
        return f"— {self.name} {base64.b64encode(hashed + moment.to_bytes(8, 'big') + signature).decode()}"


@pytest.fixture
def state(school) -> Any:
    school.issued("Nguyễn Văn An")
    return checkpoints.make()


@pytest.fixture
def cosigner() -> Cosigner:
    return Cosigner()


def known(cosigner: Cosigner, address: str = "https://luutru.example.vn/add-checkpoint") -> Witness:
    made, _secret = witnesses.add("Trung tâm Lưu trữ", address, by=None)
    cosignatures.set_key(made, cosigner.vkey)
    return Witness.get_by_id(made.id)


@pytest.fixture
def lms(app, monkeypatch) -> Any:
    """`lms log …`"""
    monkeypatch.setattr("lms.cli.context.application", lambda: app)
    return lambda *words: CliRunner().invoke(commands, list(words))


def text_of(got: Any) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", got.get_data(as_text=True))))


def answering(archive: Archive, monkeypatch: Any, answer: Any) -> None:
    """The archive's server says something more than its status."""

    def do_post(handler: Any) -> None:
        body = handler.rfile.read(int(handler.headers["Content-Length"])).decode()
        archive.bodies.append(body.encode())
        status, words = answer(body)
        handler.send_response(status)
        handler.end_headers()
        handler.wfile.write(words.encode())

    monkeypatch.setattr(archive.server.RequestHandlerClass, "do_POST", do_post)


def test_the_answer_of_a_witness_is_kept_and_published_with_the_state(
    school, state, cosigner, archive, client, monkeypatch
):
    made = known(cosigner, archive.url)
    answering(archive, monkeypatch, lambda body: (200, cosigner.line(body.partition("\n\n")[2]) + "\n"))
    assert witnesses.send(made.id)
    published = client.get("/log/checkpoint").text
    assert published.startswith(state.note)
    assert published.removeprefix(state.note).startswith(f"— {cosigner.name} ")
    assert witness.open_note(published, checkpoints.vkey(checkpoints.key()))[0] == state.size


def test_a_witness_that_stands_elsewhere_is_answered_from_there(
    school, state, cosigner, archive, monkeypatch
):
    """It was set up anew from its own copy: it answers 409 with its size and gets the proof from that size."""
    made = known(cosigner, archive.url)
    services.revoke(_row(), ground=3, **school.two, **DECISION)
    last = checkpoints.make()
    theirs = f"old {state.size}"

    def answer(body: str) -> tuple[int, str]:
        if not body.startswith(f"{theirs}\n"):
            return 409, f"{state.size}\n"
        return 200, cosigner.line(body.partition("\n\n")[2])

    answering(archive, monkeypatch, answer)
    assert witnesses.send(made.id)
    assert [body.decode().split("\n")[0] for body in archive.bodies] == ["old 0", theirs]
    assert Cosignature.get().size == last.size


def test_what_is_not_the_witness_s_own_signature_over_this_state_is_not_kept(school, state, cosigner):
    known(cosigner)
    note = str(state.note)
    stranger = Cosigner(cosigner.name)
    good = cosigner.line(note)
    wrong = [
        stranger.line(note),
        cosigner.line(note.replace(f"\n{state.size}\n", f"\n{state.size + 1}\n")),
        cosigner.line(note, clock.now() + timedelta(hours=1)),
        good[:-8] + "AAAAAAA=",
        good.replace("luutru", "luutrư"),
        "— " + "x" * 5000,
        f"— {cosigner.name} ****",
    ]
    assert cosignatures.add(state.size, wrong) == 0
    assert cosignatures.add(state.size, [good, good]) == 1
    assert cosignatures.add(state.size, [good]) == 0
    with pytest.raises(NotFound):
        cosignatures.add(state.size + 5, [good])


def test_a_file_is_taken_in_and_a_state_of_another_log_is_said_to_be_one(
    school, state, cosigner, lms, tmp_path
):
    known(cosigner)
    file = tmp_path / "state.txt"
    file.write_text(f"{state.note}{cosigner.line(str(state.note))}\n".replace("\n", "\r\n"))
    told = lms("cosignatures", "add", str(file))
    assert (told.exit_code, f"state of {state.size} entries" in told.output) == (0, True), told.output
    assert lms("cosignatures", "add", str(file)).exit_code != 0
    assert cosigner.name in lms("cosignatures", "list").output
    lines = str(state.note).split("\n")
    lines[2] = base64.b64encode(b"x" * 32).decode()
    with pytest.raises(Invalid, match="nhật ký khác"):
        cosignatures.import_file("\n".join(lines))
    for nonsense in ("", "a\nb\nc\n\n", str(state.note).replace("\n\n", "\n")):
        with pytest.raises(Invalid):
            cosignatures.import_file(nonsense)


def test_the_log_s_page_says_who_countersigned_and_how_long_ago(school, state, cosigner, client):
    assert "Chưa có cơ quan bên ngoài nào" in text_of(client.get("/log/"))
    known(cosigner)
    cosignatures.add(state.size, [cosigner.line(str(state.note))])
    with later(hours=5):
        page = text_of(client.get("/log/"))
    assert "Trung tâm Lưu trữ" in page and "5 giờ trước" in page
    assert 'href="/log/"' in client.get(f"/c/{_row().id16}/log").get_data(as_text=True)
    assert "Nguyễn" not in page


def test_what_is_attached_to_a_paper_carries_the_countersignature(school, state, cosigner):
    known(cosigner)
    cosignatures.add(state.size, [cosigner.line(str(state.note))])
    told = json.loads(proof.proof(_row(), "https://kiemtra.example.vn/c/x"))["log"]
    assert told["size"] == state.size
    assert told["checkpoint"].rstrip().split("\n")[-1].startswith(f"— {cosigner.name} ")


def test_the_doctor_misses_a_witness_that_countersigns_no_more(school, state, cosigner):
    witnesses.add("Thanh tra tỉnh", "thanhtra@tinh.example.vn", by=None)
    known(cosigner)
    assert levels() == ["ok", "warn"]
    cosignatures.add(state.size, [cosigner.line(str(state.note))])
    assert levels() == ["ok"]
    with later(days=3):
        assert levels() == ["ok", "warn"]


def test_a_key_of_another_kind_is_no_key_of_a_witness(school, state, lms):
    made, _secret = witnesses.add("Lưu trữ", "https://luutru.example.vn/add", by=None)
    for wrong in (checkpoints.vkey(checkpoints.key()), "x", Cosigner().vkey.replace("luutru", "khac")):
        with pytest.raises(Invalid):
            cosignatures.set_key(made, wrong)
    told = lms("witnesses", "key", str(made.id), Cosigner().vkey)
    assert told.exit_code == 0, told.output


def _row() -> Any:
    return Certificate.select().order_by(Certificate.id).first()
