"""The public log: the tree against a naive one, entries in the deed's transaction, proofs, signed states, HTTP."""

from __future__ import annotations

import base64
import hashlib
import importlib
import json
import re
from datetime import date

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st
from peewee import DatabaseError

from certificates import keys, log, queries, services
from certificates.log import checkpoints, entries, notes, reading, tree, witness
from certificates.log.models import Checkpoint, LogEntry, LogHead, LogNode
from certificates.models import FILLED_ONCE, Certificate, StatusChange, Term
from lms.db import db, is_postgresql
from lms.errors import Conflict
from tests.certificates.school import other_value

DECISION = {"decision_no": "15/QĐ-TCT", "decided_on": date(2025, 4, 2)}


def naive_root(leaves: list[bytes]) -> bytes:
    """RFC 6962, 2.1, to the letter."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return hashlib.sha256(b"\x01" + naive_root(leaves[:split]) + naive_root(leaves[split:])).digest()


def texts(count: int) -> list[bytes]:
    return [f"entry {number}".encode() for number in range(count)]


@pytest.mark.once
@settings(max_examples=40)
@given(st.integers(0, 300))
def test_the_growing_tree_has_the_root_of_the_naive_one(count):
    growing = tree.Growing()
    for text in texts(count):
        list(growing.add(tree.leaf_hash(text)))
    assert (
        growing.root
        == naive_root(texts(count))
        == witness.root_of([tree.leaf_hash(one) for one in texts(count)])
    )
    assert tree.Growing.read(growing.size, growing.packed) == growing


@pytest.mark.once
@settings(max_examples=80)
@given(st.data())
def test_proofs_hold_and_no_other_tree_passes(data):
    """Inclusion and consistency of any sizes, checked by the program of a witness; one flipped bit fails."""
    size = data.draw(st.integers(1, 150))
    first = data.draw(st.integers(1, size))
    index = data.draw(st.integers(0, size - 1))
    leaves = texts(size)
    root = naive_root(leaves)
    proof = [naive_root(leaves[start:end]) for start, end in tree.inclusion(index, size)]
    assert witness.included(tree.leaf_hash(leaves[index]), index, size, root, proof)
    assert not witness.included(tree.leaf_hash(b"other"), index, size, root, proof)
    steps = [naive_root(leaves[start:end]) for start, end in tree.consistency(first, size)]
    before = naive_root(leaves[:first])
    assert witness.consistent(first, before, size, root, steps)
    assert not witness.consistent(first, tree.leaf_hash(b"other"), size, root, steps)
    assert not witness.consistent(first, before, size, tree.leaf_hash(b"other"), steps)
    assert not witness.consistent(first, before, size, root, [*steps, root])
    if steps:
        place = data.draw(st.integers(0, len(steps) - 1))
        steps[place] = tree.leaf_hash(steps[place])
        assert not witness.consistent(first, before, size, root, steps)


@pytest.mark.once
def test_known_answers_of_certificate_transparency():
    """The eight leaves of the reference tests of RFC 6962."""
    leaves = [
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    ]
    hashes = [tree.leaf_hash(bytes.fromhex(one)) for one in leaves]
    assert witness.root_of(hashes).hex() == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"


def test_proofs_from_the_database_cost_a_handful_of_queries(app, school, max_queries):
    """More than 256 leaves, so that kept subtrees are used; the same as from all leaves."""
    for start in range(0, 700, 100):
        log.append_many(log.Deed("admin", facts={"n": start + one}) for one in range(100))
    size = reading.size()
    leaves = [bytes(row[0]) for row in LogEntry.select(LogEntry.leaf).order_by(LogEntry.seq).tuples()]
    assert len(leaves) == size > 700
    assert LogNode.select().count() == size // 256
    for of_size in (1, 2, 255, 256, 257, 511, 513, size):
        assert reading.root(of_size) == witness.root_of(leaves[:of_size])
    with max_queries(2):
        (proof,) = reading.inclusion_proofs([300], size)
    assert witness.included(leaves[300], 300, size, witness.root_of(leaves), proof)
    with max_queries(2):
        steps = reading.consistency_proof(259, size)
    assert witness.consistent(259, witness.root_of(leaves[:259]), size, witness.root_of(leaves), steps)


def said(kind: str | None = None) -> list[dict]:
    query = LogEntry.select(LogEntry.entry).order_by(LogEntry.seq)
    if kind:
        query = query.where(LogEntry.kind == kind)
    return [json.loads(row[0]) for row in query.tuples()]


def test_the_life_of_a_certificate_is_told_in_order(school):
    row = school.printed("Nguyễn Văn An")[0]
    services.suspend(row, by=school.head, **DECISION)
    services.reinstate(row, by=school.head, **DECISION)
    services.revoke(row, ground=3, **school.two, **DECISION)
    ref = entries.certificate_ref(row.id16)
    mine = [one for one in said() if one.get("certificate") == ref]
    assert [one["type"] for one in mine] == ["issue", "sign", "print", "suspend", "unsuspend", "revoke"]
    assert [one["number"] for one in mine if "number" in one] == [1, 2, 3, 4]
    assert mine[1]["token"] == hashlib.sha256(bytes(queries.certificate_or_404(row.id).token)).hexdigest()
    assert mine[2]["paper"] == queries.certificate_or_404(row.id).pdf_sha256
    assert (mine[5]["ground"], mine[5]["on"]) == (3, "2025-04-02")
    assert [one["seq"] for one in said()] == list(range(len(said())))


def test_a_deed_that_fails_leaves_no_entry(school):
    row = school.issued("Nguyễn Văn An")[0]
    before = reading.size()
    with db.atomic() as deed:
        services.revoke(row, ground=3, **school.two, **DECISION)
        assert reading.size() == before + 1
        deed.rollback()
    assert (reading.size(), LogEntry.select().count()) == (before, before)


def test_a_certificate_is_included_once_its_token_is(school):
    unsigned, signed = school.issued("Nguyễn Văn An", "Trần Thị Bình", signed=False)
    assert log.included_at(signed.id) is None
    services.sign(signed)
    assert log.included_at(signed.id) == reading.size()
    assert log.includes_at([unsigned.id, signed.id]) == {signed.id: reading.size()}


def test_threat_20_nothing_in_the_log_says_who(client, school):
    """Neither name nor id: a list of ids would let everybody look every certificate up."""
    row = school.issued("Nguyễn Canaryhương")[0]
    services.revoke(row, ground=1, **school.two, note="Canarychú", **DECISION)
    checkpoints.make()
    pages = [
        client.get(f"/log/{path}").text
        for path in ("checkpoint", "entries/0", "key", "proof/inclusion?index=0")
    ]
    pages.append(client.get(f"/log/proof/inclusion?certificate={row.id16}").text.replace(row.id16, ""))
    for page in pages:
        page = re.sub(r"[0-9a-f]{64}", "", page)  # digests, in which any four digits come about by chance
        for private in (
            "Canary",
            "1980",
            row.id16,
            row.serial,
            "15/Q",
            school.head.display_name,
            row.class_code,
        ):
            assert private not in page
    with pytest.raises(ValueError, match="must be a number"):
        log.append("admin", who="Nguyễn Văn An")


def test_the_commitment_binds_every_frozen_column(school):
    """A new column of the register belongs into a new form of `RECORD_FORMS`, or it can be changed unseen."""
    row = school.issued("Nguyễn Văn An")[0]
    bound = set(entries.RECORD_FORMS[entries.RECORD_FORM])
    assert {field.name for field in Certificate._meta.sorted_fields} - bound - set(FILLED_ONCE) == {
        "official"
    }
    assert {one.name for one in StatusChange._meta.sorted_fields} - {
        *entries.STATUS_FORMS[entries.STATUS_FORM]
    } == {
        "id",
        "certificate",
    }
    kept = LogEntry.get(LogEntry.certificate == row.id, LogEntry.kind == "issue")
    right = entries.record_commitment(bytes(kept.salt), row.__data__)
    assert json.loads(kept.entry)["record"] == right
    for name in bound:
        changed = dict(row.__data__)
        changed[name] = other_value(row, Certificate._meta.fields[name])
        assert entries.record_commitment(bytes(kept.salt), changed) != right, name


@pytest.mark.parametrize("model", [LogEntry, LogNode, LogHead, Checkpoint])
def test_the_database_refuses_to_change_the_log(school, model):
    log.append_many(log.Deed("admin", facts={"n": one}) for one in range(300))
    checkpoints.make()
    change = {
        LogHead: {"size": 1},
        LogEntry: {"entry": "x"},
        LogNode: {"hash": b"x"},
        Checkpoint: {"root": b"x"},
    }
    with pytest.raises(DatabaseError, match="the log"), db.atomic():
        model.update(**change[model]).execute()
    with pytest.raises(DatabaseError, match="the log keeps everything"), db.atomic():
        model.delete().execute()


def test_people_read_what_the_log_holds_of_a_certificate(client, school, max_queries):
    row = school.issued("Nguyễn Canaryhương")[0]
    assert client.get(f"/c/{row.id16}/log").status_code == 404
    services.revoke(row, ground=3, **school.two, **DECISION)
    checkpoints.make()
    assert f"/c/{row.id16}/log" in school_page(client, row)
    client.get(f"/c/{row.id16}/log")
    with max_queries(2):
        page = client.get(f"/c/{row.id16}/log").text
    assert "Mã đã được ký" in page
    assert "Đã thu hồi, từ 02/04/2025" in re.sub(r"\s+", " ", page)
    assert "Canary" not in page
    assert client.get("/c/0000000000000000/log").status_code == 404


def school_page(client, row) -> str:
    """The public check of a certificate."""
    return client.get(f"/c/{row.id16}").text


# --- signed states ------------------------------------------------------------------------------


def test_a_checkpoint_is_a_signed_note_that_a_stranger_reads(client, school):
    school.issued("Nguyễn Văn An")
    made = checkpoints.make()
    assert checkpoints.make() is None
    vkey = client.get("/log/key").text.strip()
    note = client.get("/log/checkpoint").text
    assert note.startswith(
        f"kiemtra.example.vn/log\n{reading.size()}\n{base64.b64encode(bytes(made.root)).decode()}\n\n— "
    )
    assert witness.open_note(note, vkey) == (reading.size(), reading.root(reading.size()))
    for change in (
        note.replace(f"\n{made.size}\n", f"\n{made.size + 1}\n"),
        note.replace("— ", "- "),
        note[:-20] + "\n",
    ):
        with pytest.raises(ValueError):
            witness.open_note(change, vkey)
    signer = keys.new_signer()
    other = notes.verifier_key("kiemtra.example.vn/log", signer.public_key)
    with pytest.raises(ValueError, match="no signature"):
        witness.open_note(note, other)


@pytest.mark.once
@settings(max_examples=25)
@given(st.binary(max_size=80), st.integers(0, 511))
def test_the_witness_judges_signatures_like_the_library(message, bit):
    signer = keys.FileSigner(Ed25519PrivateKey.from_private_bytes(hashlib.sha256(message).digest()))
    signature = signer.sign(message)
    assert witness.ed25519_holds(signer.public_key, signature, message)
    flipped = bytearray(signature)
    flipped[bit // 8] ^= 1 << bit % 8
    assert not witness.ed25519_holds(signer.public_key, bytes(flipped), message)
    scalar = int.from_bytes(signature[32:], "little") + witness._L
    assert not witness.ed25519_holds(
        signer.public_key, signature[:32] + scalar.to_bytes(32, "little"), message
    )


def test_threat_14_nothing_is_signed_on_an_old_database(school, monkeypatch, tmp_path):
    """The copy beside the database remembers a state that the database put back does not have."""
    monkeypatch.setattr(checkpoints, "copy_path", lambda: tmp_path / "log" / "checkpoint")
    row = school.issued("Nguyễn Văn An")[0]
    with db.atomic() as yesterday:
        services.revoke(row, ground=3, **school.two, **DECISION)
        checkpoints._keep_copy(str(checkpoints.make().note))
        yesterday.rollback()
    with pytest.raises(Conflict, match="15"):
        checkpoints.make()
    school.issued("Lê Cường", code="khac")
    with pytest.raises(Conflict) as caught:
        checkpoints.make()
    assert caught.value.code == "log_rewritten"


# --- over HTTP ----------------------------------------------------------------------------------


def test_proofs_over_http_hold_and_may_be_kept(client, school, max_queries):
    school.issued("Nguyễn Văn An")
    first = checkpoints.make()
    row = school.issued("Trần Thị Bình", code="hai")[0]
    second = checkpoints.make()
    client.get("/log/checkpoint")
    with max_queries(2):  # the state, and who countersigned it
        client.get("/log/checkpoint")
    with max_queries(2):
        answer = client.get(f"/log/proof/consistency?first={first.size}&second={second.size}")
    hashes = [base64.b64decode(one) for one in answer.json["hashes"]]
    assert witness.consistent(first.size, bytes(first.root), second.size, bytes(second.root), hashes)
    assert "immutable" in answer.headers["Cache-Control"]
    assert "Set-Cookie" not in answer.headers
    with max_queries(3):
        mine = client.get(f"/log/proof/inclusion?certificate={row.id16}").json
    assert [json.loads(one["entry"])["type"] for one in mine["entries"]] == ["issue", "sign"]
    for one in mine["entries"]:
        leaf = witness.leaf_hash(one["entry"].encode())
        proof = [base64.b64decode(each) for each in one["hashes"]]
        assert witness.included(leaf, one["index"], mine["size"], bytes(second.root), proof)
    lines = client.get("/log/entries/0").text.splitlines()
    assert witness.root_of([witness.leaf_hash(line.encode()) for line in lines]) == bytes(second.root)


def test_what_is_not_signed_yet_is_not_published(client, school):
    school.issued("Nguyễn Văn An")
    assert client.get("/log/checkpoint").status_code == 404
    assert client.get("/log/entries/0").status_code == 404
    made = checkpoints.make()
    row = school.issued("Trần Thị Bình", code="hai")[0]
    assert len(client.get("/log/entries/0").text.splitlines()) == made.size
    assert client.get(f"/log/proof/inclusion?certificate={row.id16}").json["entries"] == []
    assert client.get(f"/log/proof/inclusion?index={made.size}").status_code == 404
    assert client.get(f"/log/proof/consistency?first=1&second={made.size + 1}").status_code == 404
    for wrong in ("index=-1", "index=%D9%A1", "index=x", "index=1&size=99999999999999999999", ""):
        assert client.get(f"/log/proof/inclusion?{wrong}").status_code in {404, 422}, wrong


def test_the_log_is_slowed_down_with_a_sentence(app, client, school):
    checkpoints.make()
    app.config["RATELIMIT_ENABLED"] = True
    try:
        codes = [client.get("/log/key").status_code for _ in range(320)]
    finally:
        app.config["RATELIMIT_ENABLED"] = False
    assert (codes[0], codes[-1]) == (200, 429)


def test_what_was_issued_before_the_log_is_taken_in_openly(school):
    """An installation of before: the step takes every record in, in register order, and says that it came late."""
    first, second = school.printed("Nguyễn Văn An", "Trần Thị Bình")
    services.revoke(first, ground=3, **school.two, **DECISION)
    school.issued("Lê Cường", signed=False, code="sau")
    _without_the_log()
    step = importlib.import_module("migrations.certificates.0004_log")
    step.up(None, db.obj)
    told = said()
    assert (told[0]["type"], told[0]["certificates"], told[0]["changes"]) == ("backfill", 3, 4)
    assert told[0]["terms"] == Term.select().count() == sum(one["type"] == "rules" for one in told)
    assert all(one["late"] == 1 for one in told[1:])
    kinds = [one["type"] for one in told if "certificate" in one]
    assert kinds == ["issue", "sign", "print", "revoke", "issue", "sign", "print", "issue"]
    assert log.included_at(second.id) == len(told) - 2
    for row in Certificate.select():
        kept = LogEntry.get(LogEntry.certificate == row.id, LogEntry.kind == "issue")
        assert json.loads(kept.entry)["record"] == entries.record_commitment(bytes(kept.salt), row.__data__)
    for change in StatusChange.select():
        kept = LogEntry.get(LogEntry.certificate == change.certificate_id, LogEntry.number == change.number)
        assert json.loads(kept.entry)["status"] == entries.status_commitment(
            bytes(kept.salt), change.__data__, 1
        )
    assert checkpoints.make().size == len(told)


def _without_the_log() -> None:
    """Take away what the step makes; tables of later steps stay, without their reference to it."""
    later = " CASCADE" if is_postgresql() else ""
    for name in ("witness", "checkpoint", "key", "head", "node", ""):
        table = f"certificates_log_{name}".rstrip("_")
        db.execute_sql(f"DROP TABLE {table}{later}")
        for deed in ("frozen", "up", "kept") if is_postgresql() else ():
            db.execute_sql(f"DROP FUNCTION IF EXISTS {table}_{deed}_refuse()")
