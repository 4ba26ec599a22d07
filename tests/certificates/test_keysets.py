"""The list of keys: signed by a root that is pinned, never going back; the ceremony; withdrawn keys."""

from __future__ import annotations

import json
import re
from base64 import b64decode
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from certificates import keys, keyset, log, queries, services, soundness, verification
from certificates.cli import keys as command
from certificates.keys import development, shares
from certificates.keyset import document as documents
from certificates.keyset import pinned
from certificates.keyset.document import OFFLINE, Root, Signed, Untrusted
from certificates.keyset.models import KeySetVersion
from certificates.models import Certificate, Key, StatusChange
from certificates.token import join, message, verify_fragment
from certificates.token.base32 import decode
from lms import clock, config
from lms.cli import context
from lms.db import db, is_postgresql
from lms.errors import Conflict, Invalid
from lms.jobs import known
from tests.certificates import in_node
from tests.certificates.make_vectors import KEYS

VECTORS = json.loads((Path(__file__).parents[1] / "vectors/keysets.json").read_text())
TOKENS = json.loads((Path(__file__).parents[1] / "vectors/certificates.json").read_text())["tokens"]
WORDS = ("một hai ba bốn năm", "sáu bảy tám chín mười", "mười một mười hai")


@pytest.fixture
def offline(school, tmp_path, monkeypatch):
    """The school after a ceremony: root in three shares in `tmp_path`; the pin of before comes back afterwards."""
    return _held(school, tmp_path, monkeypatch)


@pytest.fixture(autouse=True)
def _quick_guesses(monkeypatch):
    """Half a second a passphrase is meant for thieves, not for tests."""
    monkeypatch.setattr(shares, "COST", 2**10)


@pytest.fixture(autouse=True)
def _pin_comes_back(app):
    files = [pinned._path(), config.settings().instance / "keys/root-development.pem"]
    before = [file.read_bytes() if file.exists() else None for file in files]
    yield
    for file, content in zip(files, before, strict=True):
        file.unlink(missing_ok=True)
        if content is not None:
            file.write_bytes(content)
    keyset.refresh()


def _held(school, folder, monkeypatch):
    _run(
        monkeypatch, command.ceremony, str(folder / "root"), answers=[word for word in WORDS for _ in (1, 2)]
    )
    return school


def _run(monkeypatch, what, *arguments, answers=(), fails=False):
    app = keyset_app()
    monkeypatch.setattr(context, "application", lambda: app)
    done = CliRunner().invoke(what, list(arguments), input="".join(f"{one}\n" for one in answers))
    assert (done.exception is not None) is fails, (done.output, done.exception)
    return str(done.exception) if fails else done.output


def keyset_app():
    from flask import current_app

    return current_app._get_current_object()


# ---------------------------------------------------------------- reading


@pytest.mark.parametrize("case", VECTORS["keysets"], ids=lambda case: case["why"])
def test_threat_16_python_believes_only_the_pinned_root_and_never_an_older_list(case):
    signed = Signed(case["document"], case["root"], b64decode(case["signature"]))
    now = documents.read_moment(VECTORS["now"])
    try:
        said = documents.trusted(signed, documents.read_pin(VECTORS["pin"]), at_least=VECTORS["seen"])
        outcome = "stale" if said.is_stale(now) else "trusted"
    except Untrusted:
        outcome = "refused"
    assert outcome == case["outcome"]


@pytest.mark.once
@pytest.mark.parametrize("fallback", [False, True], ids=["WebCrypto", "noble"])
def test_threat_16_the_page_believes_the_same_lists(tmp_path, fallback):
    given = {name: VECTORS[name] for name in ("pin", "seen", "now", "keysets")} | {"keys": []}
    answers = in_node.run(tmp_path, given, fallback=fallback)
    said = {case["why"]: answer["outcome"] for case, answer in zip(VECTORS["keysets"], answers, strict=True)}
    assert said == {case["why"]: case["outcome"] for case in VECTORS["keysets"]}
    assert set(answers[0]["kids"]) == {kid.hex() for kid in KEYS}


@pytest.mark.parametrize(
    "spoilt",
    [
        lambda text: text.replace('":', '": ', 1),
        lambda text: text.replace('"version":7', '"version":7,"version":8'),
        lambda text: text.replace('"kid":"177b0421"', '"kid":"177b0422"'),
        lambda text: text.replace('"status":"active"', '"status":"trusted"', 1),
        lambda text: text[:-1],
        lambda text: text.replace('"status_keys":[]', '"status_keys":' + re.search(r'"keys":(\[\{.*?\}\])', text)[1]),
    ],
    ids=["a space", "a name twice", "a wrong key id", "an unknown state", "cut off", "a key in both lists"],
)  # fmt: skip
def test_another_spelling_is_no_list_of_keys_even_when_the_root_signed_it(spoilt):
    text = VECTORS["keysets"][0]["document"]
    assert spoilt(text) != text
    with pytest.raises(Untrusted, match="form"):
        documents.read(spoilt(text))


@pytest.mark.parametrize(
    "why", ["key of another issuer", "issued before the key's time", "issued after the key's time"]
)
def test_threat_09_a_key_signs_for_its_issuer_and_its_days_alone(why):
    case = next(case for case in TOKENS if case["why"] == why)
    outcome = verify_fragment(decode(case["id"]), case["digits"], KEYS)
    assert outcome.code in {"wrong_issuer", "outside_validity"}
    assert outcome.code == case["outcome"]


# ---------------------------------------------------------------- the database is not believed


def test_threat_16_a_key_written_into_the_database_signs_nothing(client, school):
    """An insider adds a key of his own beside the genuine ones, and a certificate signed with it."""
    row = school.issued("Nguyễn Văn An")[0]
    own = keys.new_signer()
    Key.create(
        kid=own.kid.hex(), algorithm=own.algorithm, public_key=own.public_key, issuer_number=school.issuer.number,
        not_before=date(2025, 1, 1), not_after=date(2025, 12, 31), published_at=clock.now(),
    )  # fmt: skip
    _without_triggers()
    body = bytes(row.token)[4:-64]
    extract = verification.record.extract(row)
    Certificate.update(
        kid=own.kid.hex(),
        token=join(own.kid, body, own.sign(message(own.kid, body))),
        record_signature=own.sign(verification.record.message(own.kid, extract)),
    ).where(Certificate.id == row.id).execute()
    keyset.refresh()
    assert own.kid not in keyset.book().keys
    assert own.kid.hex() not in client.get("/c/keys.json").text
    assert verification.look_up(row.id16, date(2025, 4, 2)).code == "altered"


def test_threat_16_a_list_from_before_is_refused_once_a_later_one_was_noted(client, school):
    row = school.issued("Nguyễn Văn An")[0]
    pinned.note(keyset.book().document.version)
    services.create_key(school.issuer, date(2026, 1, 1), date(2026, 12, 31), by=None)
    latest = keyset.newest()
    pinned.note(latest.version)
    _without_triggers()
    KeySetVersion.delete().where(KeySetVersion.id == latest.id).execute()
    keyset.refresh()
    assert keyset.book().distrust == "rollback"
    assert verification.look_up(row.id16, date(2025, 4, 2)).code == "altered"
    assert [f.level for f in soundness.findings() if "not believed" in f.sentence] == ["bad"]


def test_a_published_list_is_never_changed(school):
    from peewee import IntegrityError

    with pytest.raises(IntegrityError), db.atomic():
        KeySetVersion.update(document="{}").execute()
    with pytest.raises(IntegrityError), db.atomic():
        KeySetVersion.delete().execute()


# ---------------------------------------------------------------- development, ceremony, offline


def test_without_a_ceremony_a_development_root_signs_and_is_named_so(client, school):
    said = client.get("/c/keys.json").json
    document = json.loads(said["keyset"]["document"])
    assert document["root_kind"] == "development"
    assert [key["kid"] for key in document["keys"]] == [school.key.kid]
    sentences = [found.sentence for found in soundness.findings() if found.level == "warn"]
    assert any("development root" in sentence for sentence in sentences)


def test_after_a_ceremony_any_two_custodians_publish_and_one_cannot(offline, tmp_path, monkeypatch):
    folder = tmp_path / "root"
    assert not pinned.is_development()
    assert keyset.book().document.root == "offline"
    assert sorted(path.name for path in folder.iterdir()) == [
        "root-public.txt", "root-share-1.json", "root-share-2.json", "root-share-3.json",
    ]  # fmt: skip
    key = services.create_key(offline.issuer, date(2026, 1, 1), date(2026, 12, 31), by=None)
    with clock.frozen(date(2026, 1, 5)):
        assert queries.key_for(offline.issuer.number, date(2026, 1, 5)) is None
    for number, pair in enumerate([(1, 2), (2, 3), (3, 1)], keyset.newest().version + 1):
        arguments = [word for n in pair for word in ("--share", str(folder / f"root-share-{n}.json"))]
        said = _run(monkeypatch, command.publish, *arguments, answers=[WORDS[n - 1] for n in pair])
        assert f"version {number}" in said
    assert bytes.fromhex(key.kid) in keyset.book().keys
    assert queries.key_for(offline.issuer.number, date(2026, 1, 5)).kid == key.kid
    one = ["--share", str(folder / "root-share-1.json")]
    assert "Two different" in _run(
        monkeypatch, command.publish, *one, *one, answers=[WORDS[0]] * 2, fails=True
    )
    assert "Two shares open" in _run(monkeypatch, command.publish, *one, answers=[WORDS[0]], fails=True)
    both = [*one, "--share", str(folder / "root-share-2.json")]
    assert "custodian 2" in _run(
        monkeypatch, command.publish, *both, answers=[WORDS[0], WORDS[2]], fails=True
    )


def test_the_root_can_sign_on_a_machine_of_its_own(offline, tmp_path, monkeypatch):
    services.create_key(offline.issuer, date(2026, 1, 1), date(2026, 12, 31), by=None)
    _run(monkeypatch, command.draft, str(tmp_path / "next.json"))
    two = [word for n in (1, 3) for word in ("--share", str(tmp_path / f"root/root-share-{n}.json"))]
    _run(monkeypatch, command.sign, str(tmp_path / "next.json"), *two, answers=[WORDS[0], WORDS[2]])
    said = _run(monkeypatch, command.publish, str(tmp_path / "next.signed.json"))
    assert "2 keys" in said
    assert keyset.book().status_keys
    again = _run(monkeypatch, command.publish, str(tmp_path / "next.signed.json"), fails=True)
    assert "phiên bản" in again or "version" in again


def test_threat_16_a_list_of_another_root_is_not_published(offline):
    stranger = keys.new_signer()
    text = services.draft_key_set(pinned.root())
    with pytest.raises(services.KeySetRefused):
        services.publish_key_set(services.sign_key_set(text, stranger), by=None)
    assert keyset.book().document.version == keyset.newest().version


def test_no_published_key_goes_missing_and_no_withdrawn_one_comes_back(offline, tmp_path):
    root = _root_of(tmp_path)
    services.withdraw_key(offline.key, by=None, reason="thử")
    services.publish_key_set(services.sign_key_set(services.draft_key_set(pinned.root()), root), by=None)
    now, later = clock.now(), clock.now() + timedelta(days=9)
    version = keyset.newest().version + 1
    active = replace(keyset.public_key(Key.get_by_id(offline.key.id)), status="active")
    for kept in ([], [active]):
        text = documents.write(version, OFFLINE, now, later, kept, [])
        with pytest.raises(services.KeySetRefused):
            services.publish_key_set(services.sign_key_set(text, root), by=None)


def test_one_share_alone_tells_nothing_and_short_passphrases_are_refused():
    signer = keys.new_signer()
    first, second, third = shares.split(signer, WORDS)
    opened = [shares.opened(text, word) for text, word in zip((first, second, third), WORDS, strict=True)]
    for one, other in ((0, 1), (1, 2), (2, 0)):
        assert shares.join(opened[one], opened[other]).public_key == signer.public_key
    assert [sorted(share.pieces) for share in opened] == [[2, 3], [1, 3], [1, 2]]
    assert json.loads(first)["kdf"]["n"] == 2**10
    weakened = json.loads(first) | {"kdf": {"name": "scrypt", "n": 2, "r": 8, "p": 1}}
    with pytest.raises(Invalid, match="not a share"):
        shares.opened(json.dumps(weakened), WORDS[0])
    secret = signer.private.private_bytes_raw()
    assert all(secret != piece for share in opened for piece in share.pieces.values())
    with pytest.raises(Invalid, match="passphrase"):
        shares.opened(first, WORDS[1])
    with pytest.raises(Invalid, match="different"):
        shares.join(opened[0], opened[0])
    for poor in (("ngắn",) * 3, (WORDS[0], WORDS[0], WORDS[2]), WORDS[:2]):
        with pytest.raises(Invalid, match="Three custodians"):
            shares.split(signer, poor)


# ---------------------------------------------------------------- a year's key


def test_the_key_of_the_next_year_is_published_thirty_days_ahead(school, frozen):
    with frozen(date(2025, 12, 15)), pytest.raises(Invalid, match="30"):
        services.rotate_key(school.issuer, 2026, by=None)
    with frozen(date(2025, 12, 1)):
        key = services.rotate_key(school.issuer, 2026, by=None, algorithm="ES256")
        assert (key.not_before, key.not_after) == (date(2026, 1, 1), date(2026, 12, 31))
        assert key.published_at is None or key.not_before - clock.today() >= timedelta(days=30)
        assert queries.key_for(school.issuer.number, date(2025, 12, 31)).kid == school.key.kid
        assert queries.key_for(school.issuer.number, date(2026, 1, 1)).kid == key.kid
        with pytest.raises(Conflict):
            services.rotate_key(school.issuer, 2026, by=None)


def test_after_its_year_a_key_is_retired_and_still_verifies(school, frozen):
    row = school.issued("Nguyễn Văn An")[0]
    with frozen(date(2026, 1, 2)):
        assert services.renew(by=None)
        assert not services.renew(by=None)
        assert Key.get_by_id(school.key.id).status == "retired"
        assert verification.look_up(row.id16, date(2026, 1, 2)).code == "genuine"
        assert keyset.book().keys[bytes.fromhex(school.key.kid)].status == "retired"


def test_the_worker_looks_after_keys_and_lists_by_itself():
    entries = {one.name: one.seconds for one in known()[1]}
    assert entries["certificates.keep_keys_published"] == 24 * 3600
    assert entries["certificates.publish_status_lists"] == 60


def test_an_urgent_key_takes_the_place_of_a_withdrawn_one_at_once(school):
    services.withdraw_key(school.key, by=None, reason="thử")
    key = services.rotate_key(school.issuer, 2025, by=None, urgent=True)
    assert key.not_before in {clock.today(), date(2025, 1, 1)}
    assert school.issued("Nguyễn Văn An")[0].kid == key.kid


def test_two_keys_never_share_an_id(school, monkeypatch):
    """Four bytes can collide: the second key is thrown away and another is made."""
    same, fresh = keys.signer_for(school.key.kid), keys.new_signer()
    offered = iter([same, same, fresh])
    monkeypatch.setattr(keys, "create", lambda *_a, **_k: next(offered))
    key = services.create_key(school.issuer, date(2026, 1, 1), date(2026, 12, 31), by=None)
    assert key.kid == fresh.kid.hex()


def test_the_doctor_speaks_of_a_year_and_a_list_that_end(school, frozen, offline):
    def said(level):
        return " ".join(found.sentence for found in soundness.findings() if found.level == level)

    assert "signs until 31/12/2025" in said("ok")
    with frozen(date(2025, 11, 20)):
        assert "ends on 31/12/2025" in said("warn")
    with frozen(date(2026, 4, 1)):
        assert "no key that signs today" in said("warn")
        assert "The list of keys ends on" in said("warn")
    with frozen(date(2026, 6, 1)):
        assert "The list of keys ended on" in said("bad")


# ---------------------------------------------------------------- a key that leaked


def _root_of(folder):
    texts = [(folder / f"root/root-share-{n}.json").read_text() for n in (1, 2)]
    return shares.join(*(shares.opened(text, word) for text, word in zip(texts, WORDS, strict=False)))


def _without_triggers() -> None:
    if is_postgresql():
        for table in ("certificates_certificate", "certificates_keyset", "certificates_key"):
            db.execute_sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        return
    found = db.execute_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for (name,) in found:
        if name.startswith("certificates_"):
            db.execute_sql(f"DROP TRIGGER {name}")


def test_threat_10_only_what_the_log_held_before_the_leak_stands(client, school):
    early = school.issued("Nguyễn Văn An")[0]
    good = log.included_at(early.id)
    late = school.issued("Trần Thị Bình")[0]
    services.withdraw_key(school.key, by=None, reason="lộ khoá", last_good_checkpoint=good)
    today = date(2025, 5, 1)
    assert verification.look_up(early.id16, today).code == "genuine"
    assert verification.look_up(late.id16, today).code == "unconfirmed"
    many = verification.look_up_many([early.id16, late.id16], today)
    assert [many[row.id16].code for row in (early, late)] == ["genuine", "unconfirmed"]
    assert "khoá ký giấy này" in client.get(f"/c/{early.id16}").text
    document = json.loads(client.get("/c/keys.json").json["keyset"]["document"])
    entry = next(key for key in document["keys"] if key["kid"] == school.key.kid)
    assert (entry["status"], entry["last_good_checkpoint"]) == ("withdrawn", good)


def test_threat_10_a_revoked_certificate_of_a_withdrawn_key_stays_revoked(school):
    row = school.issued("Nguyễn Văn An")[0]
    StatusChange.create(certificate=row, number=2, status="revoked", on_date=date(2025, 4, 2), ground=1)
    services.withdraw_key(school.key, by=None, reason="lộ khoá", last_good_checkpoint=log.included_at(row.id))
    assert verification.look_up(row.id16, date(2025, 5, 1)).code == "revoked"


def test_threat_10_without_a_last_good_moment_nothing_of_the_key_stands(school):
    row = school.issued("Nguyễn Văn An")[0]
    services.withdraw_key(school.key, by=None, reason="lộ khoá")
    assert verification.look_up(row.id16, date(2025, 5, 1)).code == "unconfirmed"
    with pytest.raises(Conflict):
        services.withdraw_key(Key.get_by_id(school.key.id), by=None, reason="nữa")


def test_threat_10_what_the_thief_signs_is_in_no_register(client, school):
    """Back-dated into the key's time, with a genuine key: the register does not know it, offline it is not confirmed."""
    row = school.issued("Nguyễn Văn An")[0]
    signer = keys.signer_for(school.key.kid)
    services.withdraw_key(school.key, by=None, reason="lộ khoá", last_good_checkpoint=10**6)
    forged = replace(verification.record.body(row), id=b"\x07" * 10, name="Kẻ Gian")
    token = join(signer.kid, forged.encode(), signer.sign(message(signer.kid, forged.encode())))
    outcome = keys_outcome(token)
    assert outcome == "key_withdrawn"
    assert client.get("/c/" + "0" * 16).status_code == 404


def keys_outcome(token: bytes) -> str:
    from certificates.token import verify_token

    return verify_token(token, keyset.book().keys).code


def test_a_withdrawal_with_an_offline_root_counts_here_before_the_root_has_signed_it(offline):
    row = offline.issued("Nguyễn Văn An")[0]
    services.withdraw_key(offline.key, by=None, reason="lộ khoá")
    assert keyset.book().document.keys[0].status == "active"
    assert verification.look_up(row.id16, date(2025, 5, 1)).code == "unconfirmed"


def test_a_development_root_that_was_lost_is_made_anew(school):
    """No archive holds it: after a restore the next change of keys goes on with a new one, and no version goes back."""
    before = keyset.book().document.version
    development.forget()
    services.create_key(school.issuer, date(2026, 1, 1), date(2026, 12, 31), by=None)
    assert keyset.book().distrust == ""
    assert keyset.book().document.version == before + 1
    assert len(keyset.book().keys) == 2


def test_a_root_of_the_settings_remembers_versions_too(offline, tmp_path):
    root = _root_of(tmp_path)
    before = config.settings()
    pinned._path().unlink()
    config.use(replace(before, root_key=Root(OFFLINE, root.algorithm, root.public_key).pin))
    try:
        assert (pinned.seen(), pinned.is_development()) == (0, False)
        pinned.note(5)
        pinned.note(4)
        assert pinned.seen() == 5
        keyset.refresh()
        assert keyset.book().distrust == "rollback"
    finally:
        config.use(before)


def test_root_pins_are_read_from_the_settings_as_well(monkeypatch):
    root = Root(OFFLINE, "Ed25519", keys.new_signer().public_key)
    assert documents.read_pin(root.pin) == root
    with pytest.raises(ValueError, match="LMS_ROOT_KEY"):
        documents.read_pin("RSA:AAAA")
    assert re.fullmatch(r"([0-9a-f]{4} ){15}[0-9a-f]{4}", root.fingerprint)
