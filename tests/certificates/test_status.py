"""Signed status lists: what is published, what a reader refuses, and that nothing final is taken back."""

from __future__ import annotations

import base64
import gzip
import hmac
import json
import resource
import zlib
from base64 import b64decode
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from peewee import IntegrityError

from certificates import keys, keyset, queries, services, soundness
from certificates.auditing.findings import Report
from certificates.auditing.published_audit import audit_published
from certificates.keyset import document as keysets
from certificates.keyset.models import KeySetVersion
from certificates.models import Certificate, Key, StatusChange
from certificates.routes import status as route
from certificates.status import documents, encoding, noted, places, reading
from certificates.status.documents import SignedList
from certificates.status.models import StatusListVersion, StatusPlace
from lms import clock
from lms.db import db, is_postgresql
from tests.certificates import in_node
from tests.certificates.make_status_vectors import CURVE, ISSUED, KEY, KEYS, STATES, UNTIL

VECTORS = json.loads((Path(__file__).parents[1] / "vectors/statuslists.json").read_text())
DECISION = {"decision_no": "15/QĐ-TCT", "decided_on": date(2025, 4, 2)}
URL = "https://kiemtra.example.vn/c/status/0/revocation"
NOON = datetime(2025, 6, 1, 12)


@pytest.fixture(autouse=True)
def _notes_come_back(app):
    route.forget()
    yield
    noted._path().unlink(missing_ok=True)
    route.forget()


def published(number: int = 0) -> StatusListVersion:
    services.publish_status_lists()
    found = places.newest(number)
    assert found is not None
    return found


def read(row: StatusListVersion, **given) -> reading.StatusList:
    signed = SignedList(row.document, row.kid, bytes(row.signature))
    return reading.read(signed, keyset.book().status_keys, number=row.number, now=clock.now(), **given)


# ---------------------------------------------------------------- readers


@pytest.mark.parametrize("case", VECTORS["lists"], ids=lambda case: case["why"])
def test_threat_17_python_takes_only_a_whole_signed_list_of_the_right_kind(case):
    signed = SignedList(case["document"], case["kid"], b64decode(case["signature"]))
    now = keysets.read_moment(VECTORS["now"])
    ask = lambda: reading.read(signed, KEYS, number=VECTORS["number"], now=now, at_least=VECTORS["seen"])  # noqa: E731
    if case["outcome"] not in {"read", "stale"}:
        with pytest.raises(reading.Unreadable) as wrong:
            ask()
        assert wrong.value.code == case["outcome"]
        return
    said = ask()
    assert ("stale" if said.stale else "read") == case["outcome"]
    assert {place: said.state(place) for place in (*STATES, 1, 131_070)} == STATES | {1: 0, 131_070: 0}
    for outside in (-1, encoding.SIZE):
        with pytest.raises(reading.Unreadable, match="purpose"):
            said.state(outside)


@pytest.mark.once
@pytest.mark.parametrize("fallback", [False, True], ids=["WebCrypto", "noble"])
def test_threat_17_the_page_takes_the_same_lists(tmp_path, fallback):
    given = {name: VECTORS[name] for name in ("status_keys", "number", "seen", "now", "states", "lists")}
    answers = in_node.run(tmp_path, given | {"keys": []}, fallback=fallback)
    for case, answer in zip(VECTORS["lists"], answers, strict=True):
        if fallback and case["why"] == "signed with ES256":
            assert answer["outcome"] == "unsupported"
            continue
        assert answer["outcome"] == case["outcome"], case["why"]
        if answer["outcome"] in {"read", "stale"}:
            assert answer["states"] == list(VECTORS["states"].values())
            assert answer["outside"] == "purpose"


@pytest.mark.once
def test_threat_17_a_gigabyte_in_a_megabyte_costs_no_memory():
    squeeze = zlib.compressobj(9, zlib.DEFLATED, 31)
    head = squeeze.compress(bytes(1 << 20)) + squeeze.flush(zlib.Z_FULL_FLUSH)
    block = squeeze.compress(bytes(1 << 20)) + squeeze.flush(zlib.Z_FULL_FLUSH)
    bomb = head + block * 1023
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(encoding.WrongSize):
        encoding.expand(bomb, encoding.SIZE // 4)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000  # kilobytes


# ---------------------------------------------------------------- the W3C form


def credential(**changes) -> dict:
    made = documents.credential(
        URL, "revocation", 42, ISSUED, UNTIL, STATES, issuer="https://kiemtra.example.vn"
    )
    return made | changes


def check(jwt: str, **given) -> tuple[bytes, bool]:
    return reading.read_credential(jwt, KEYS, **({"url": URL, "purpose": "revocation", "now": NOON} | given))


def jwt(header: dict, payload: dict, sign=lambda _text: b"") -> str:
    text = ".".join(documents.base64url(json.dumps(part).encode()) for part in (header, payload))
    return f"{text}.{documents.base64url(sign(text.encode()))}"


@pytest.mark.parametrize("signer", [KEY, CURVE], ids=["EdDSA", "ES256"])
def test_the_w3c_list_reads_back(signer):
    bits, stale = check(documents.vc_jwt(credential(), signer))
    assert not stale
    assert [place for place in range(encoding.SIZE) if bits[place >> 3] & 0x80 >> (place & 7)] == [
        0,
        5,
        70_001,
    ]
    assert check(documents.vc_jwt(credential(), signer), now=datetime(2025, 6, 3))[1]


def test_threat_08_no_other_algorithm_and_no_key_of_the_tokens_own_is_taken():
    payload, kid, own = credential(), KEY.kid.hex(), keys.new_signer()
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": documents.base64url(own.public_key)}
    good = {"alg": "EdDSA", "kid": kid, "typ": "vc+jwt"}
    check(jwt(good, payload, KEY.sign))
    mac = lambda text: hmac.digest(KEY.public_key, text, "sha256")  # noqa: E731
    forged = {
        "none": jwt(good | {"alg": "none"}, payload),
        "no signature": jwt(good, payload),
        "HMAC with the public key": jwt(good | {"alg": "HS256"}, payload, mac),
        "HMAC called EdDSA": jwt(good, payload, mac),
        "a key in the header": jwt(good | {"jwk": jwk}, payload, own.sign),
        "a key in the header, no kid": jwt({"alg": "EdDSA", "typ": "vc+jwt", "jwk": jwk}, payload, own.sign),
        "ES256 of an Ed25519 key": jwt(good | {"alg": "ES256"}, payload, KEY.sign),
        "EdDSA of an ES256 key": jwt(good | {"kid": CURVE.kid.hex()}, payload, CURVE.sign),
        "an extension that must be understood": jwt(good | {"crit": ["b64"]}, payload, KEY.sign),
        "another type": jwt(good | {"typ": "JWT"}, payload, KEY.sign),
    }
    for why, text in forged.items():
        with pytest.raises(reading.Unreadable):
            pytest.fail(f"taken: {why} {check(text)}")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"id": URL.replace("/0/", "/1/")}, "purpose"),
        (
            {"credentialSubject": credential()["credentialSubject"] | {"statusPurpose": "suspension"}},
            "purpose",
        ),
        ({"credentialSubject": credential()["credentialSubject"] | {"encodedList": "uAAAA"}}, "size"),
        ({"credentialSubject": credential()["credentialSubject"] | {"encodedList": "zAAAA"}}, "form"),
        ({"type": ["VerifiableCredential"]}, "form"),
        ({"validUntil": "tomorrow"}, "form"),
        ({"validFrom": "2024-01-01T00:00:00Z"}, "key"),
    ],
)
def test_threat_17_a_w3c_list_of_another_kind_is_refused(change, code):
    with pytest.raises(reading.Unreadable) as wrong:
        check(documents.vc_jwt(credential(**change), KEY))
    assert wrong.value.code == code


def test_threat_17_short_and_swollen_w3c_lists_are_refused():
    for size in (encoding.SIZE // 16, 8 << 20):
        packed = "u" + documents.base64url(gzip.compress(bytes(size)))
        subject = credential()["credentialSubject"] | {"encodedList": packed}
        with pytest.raises(reading.Unreadable, match="size"):
            check(documents.vc_jwt(credential(credentialSubject=subject), KEY))


# ---------------------------------------------------------------- publishing


def test_a_list_says_what_became_of_each_certificate(client, school):
    good, revoked, suspended = school.issued("An", "Bình", "Cường")
    first = published()
    _become(revoked, "revoked")
    _become(suspended, "suspended")
    second = published()
    assert second.sequence == first.sequence + 1
    said = read(second, at_least=first.sequence)
    assert [said.state(row.status_index) for row in (good, revoked, suspended)] == [0, 1, 3]
    book = keyset.book()
    bits = {
        purpose: reading.read_credential(
            client.get(f"/c/status/0/{purpose}").text,
            book.status_keys,
            url=f"https://kiemtra.example.vn/c/status/0/{purpose}",
            purpose=purpose,
            now=clock.now(),
        )[0]
        for purpose in encoding.PURPOSES
    }
    is_set = lambda purpose, row: bool(bits[purpose][row.status_index >> 3] & 0x80 >> (row.status_index & 7))  # noqa: E731
    assert [is_set("revocation", row) for row in (good, revoked, suspended)] == [False, True, False]
    assert [is_set("suspension", row) for row in (good, revoked, suspended)] == [False, False, True]


def test_nothing_is_published_twice_and_a_list_is_new_every_half_day(school, max_queries):
    school.issued("An")
    first = published()
    with max_queries(6):
        assert services.publish_status_lists() == []
    with clock.frozen(first.issued_at + timedelta(hours=20)):
        later = services.publish_status_lists()
    assert [row.sequence for row in later] == [first.sequence + 1]
    assert later[0].digest == first.digest


def test_a_suspension_can_end_in_the_list(school):
    row = school.issued("An")[0]
    _become(row, "suspended")
    assert read(published()).state(row.status_index) == 3
    _become(row, "reinstated")
    assert read(published()).state(row.status_index) == 0


def test_status_keys_sign_no_certificate_and_certificate_keys_no_list(school):
    row = school.issued("An")[0]
    made = published()
    book = keyset.book()
    assert bytes.fromhex(made.kid) in book.status_keys
    assert bytes.fromhex(made.kid) not in book.keys
    assert bytes.fromhex(row.kid) not in book.status_keys
    signer = keys.signer_for(row.kid)
    forged = SignedList(made.document, row.kid, signer.sign(documents.message(row.kid, made.document)))
    with pytest.raises(reading.Unreadable, match="key"):
        reading.read(forged, book.status_keys, number=0, now=clock.now())
    assert Key.get(Key.kid == made.kid).issuer_number == 0


def test_the_list_is_cheap_to_ask_for_again(client, school, max_queries):
    row = school.issued("An")[0]
    published()
    first = client.get("/c/status/0")
    assert first.json["kid"] == places.newest(0).kid
    assert (first.headers["Cache-Control"], first.headers["Access-Control-Allow-Origin"]) == (
        "public, max-age=60",
        "*",
    )
    with max_queries(0):
        again = client.get("/c/status/0", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert len(first.data) < 3_000
    assert "An" not in first.text and row.id16 not in first.text
    assert client.get("/c/status/7").status_code == 404


def test_threat_26_a_revocation_is_in_the_list_at_the_next_round_of_the_clock(client, school):
    row = school.issued("An")[0]
    published()
    before = client.get("/c/status/0").headers["ETag"]
    _become(row, "revoked")
    published()
    route.forget()
    assert client.get("/c/status/0", headers={"If-None-Match": before}).status_code == 200


def test_the_status_keys_are_published_as_jwks(client, school):
    school.issued("An")
    made = published()
    found = client.get("/c/jwks.json").json["keys"]
    assert [(one["kid"], one["crv"], one["alg"]) for one in found] == [(made.kid, "Ed25519", "EdDSA")]
    raw = base64.urlsafe_b64decode(found[0]["x"] + "=")
    assert raw == bytes(Key.get(Key.kid == made.kid).public_key)


# ---------------------------------------------------------------- insiders


def test_threat_14_the_audit_compares_lists_log_and_register(school):
    row = school.issued("An")[0]
    _become(row, "revoked")
    made = published()

    def found() -> set[tuple[str, str, str]]:
        report = Report(clock.now())
        audit_published(report)
        return {(one.code, one.table, one.row) for one in report.findings}

    assert found() == set()
    services.suspend(school.issued("Bình")[0], by=school.head, **DECISION)
    assert found() == set()  # not published yet: the list says what the register said then
    _without_triggers()
    lists = "certificates_status_list"
    with db.atomic() as deed:
        StatusChange.delete().where(StatusChange.status == "revoked").execute()
        assert found() == {("list_differs", lists, "0/1")}
        deed.rollback()
    with db.atomic() as deed:
        empty = documents.write(0, 1, made.issued_at, made.next_update, {})
        StatusListVersion.update(document=empty).execute()
        assert found() == {("log_differs", lists, "0/1"), ("list_differs", lists, "0/1")}
        deed.rollback()
    with db.atomic() as deed:
        StatusListVersion.delete().execute()
        KeySetVersion.delete().where(KeySetVersion.version == 1).execute()
        assert found() == {("deleted", lists, "0/1"), ("deleted", "certificates_keyset", "1")}
        deed.rollback()
    with db.atomic() as deed:
        KeySetVersion.update(version=77).where(KeySetVersion.version == 1).execute()
        assert {code for code, _table, _row in found()} == {"deleted", "not_logged"}
        deed.rollback()


def test_threat_14_a_revocation_that_was_taken_back_in_the_database_stops_the_list(school):
    row = school.issued("An")[0]
    _become(row, "revoked")
    made = published()
    _without_triggers()
    StatusChange.delete().where(StatusChange.status == "revoked").execute()
    with clock.frozen(made.issued_at + timedelta(hours=20)), pytest.raises(services.StatusCleared):
        services.publish_status_lists()
    assert places.newest(0).sequence == made.sequence
    assert [found.level for found in soundness.findings() if "take back" in found.sentence] == ["bad"]


def test_threat_14_an_old_database_is_noticed_and_publishes_nothing(school):
    row = school.issued("An")[0]
    published()
    _become(row, "revoked")
    later = published()
    noted.note(0, later.sequence)
    _without_triggers()
    StatusListVersion.delete().where(StatusListVersion.sequence == later.sequence).execute()
    StatusChange.delete().where(StatusChange.status == "revoked").execute()
    with clock.frozen(later.issued_at + timedelta(hours=20)), pytest.raises(services.StatusCleared):
        services.publish_status_lists()
    assert [found.level for found in soundness.findings() if "take back" in found.sentence] == ["bad"]


def test_threat_14_a_reader_refuses_yesterdays_list(school):
    row = school.issued("An")[0]
    old = published()
    _become(row, "revoked")
    new = published()
    seen = read(new).sequence
    with pytest.raises(reading.Unreadable, match="rollback"):
        read(old, at_least=seen)


def test_threat_14_a_list_edited_in_the_database_stops_the_next(school):
    school.issued("An")
    made = published()
    _without_triggers()
    StatusListVersion.update(document=made.document.replace('"sequence":1', '"sequence":9')).execute()
    with clock.frozen(made.issued_at + timedelta(hours=20)), pytest.raises(services.StatusCleared):
        services.publish_status_lists()


def test_published_lists_and_given_places_are_kept_by_the_database(school):
    school.issued("An")
    published()
    for deed in (
        StatusListVersion.update(sequence=99),
        StatusListVersion.delete(),
        StatusPlace.delete(),
    ):
        with pytest.raises(IntegrityError), db.atomic():
            deed.execute()


def test_threat_28_an_index_is_never_given_again(school, monkeypatch):
    """Certificates of a year are purged by an insider; their places stay taken, also when the draw hits them."""
    rows = school.issued("An", "Bình", "Cường")
    given = {row.status_index for row in rows}
    assert given == {place.status_index for place in StatusPlace.select()}
    _without_triggers()
    for table in ("certificates_log", "certificates_status", "certificates_certificate"):
        db.execute_sql(f"DELETE FROM {table}")
    hits = iter([*given, 7, *given, 8])
    monkeypatch.setattr(places.secrets, "randbelow", lambda _most: next(hits))
    assert set(places.take(2)) == {7, 8}
    assert Certificate.select().count() == 0


def test_threat_28_neighbours_get_places_that_tell_nothing(school):
    indexes = [row.status_index for row in school.issued(*("Nguyễn Văn An",) * 30, signed=False)]
    assert len(set(indexes)) == 30
    assert indexes != sorted(indexes)
    assert max(indexes) - min(indexes) > encoding.SIZE // 4
    assert max(indexes) < encoding.SIZE


def _become(row: Certificate, status: str) -> None:
    number = queries.history(row)[-1].number + 1
    StatusChange.create(certificate=row, number=number, status=status, on_date=clock.today())


def _without_triggers() -> None:
    if is_postgresql():
        for table in db.get_tables():
            if table.startswith("certificates_"):
                db.execute_sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        return
    found = db.execute_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for (name,) in found:
        if name.startswith("certificates_"):
            db.execute_sql(f"DROP TRIGGER {name}")
