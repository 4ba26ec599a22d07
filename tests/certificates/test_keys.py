"""Private keys: what keeps them, where they may be used, and what is found of them in an archive."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from certificates import keys, keyset, queries, services
from certificates.errors import SelfTestFailed
from certificates.keys import custody, passphrase
from certificates.models import Certificate
from certificates.token import algorithms, verify_token
from lms import config
from lms.errors import Invalid
from lms.operations import archive, sealing
from tests.certificates import softhsm

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("algorithm", ["Ed25519", "ES256"])
def test_a_key_comes_back_from_its_file_and_issues_certificates(school, algorithm):
    key = services.create_key(
        school.issuer, date(2025, 1, 1), date(2025, 12, 31), by=None, algorithm=algorithm
    )
    row = school.issued("Nguyễn Văn An")[0]
    assert (row.kid, key.algorithm) == (key.kid, algorithm)
    assert verify_token(bytes(row.token), keyset.book().keys).genuine
    file = config.settings().instance / "keys" / f"{key.kid}.pem"
    assert file.stat().st_mode & 0o077 == 0
    assert b"ENCRYPTED PRIVATE KEY" in file.read_bytes()


def test_a_key_file_of_an_earlier_version_still_signs(app, tmp_path):
    """Before, the passphrase lay among the secrets that pages read as well; it moves beside the keys with first use."""
    before = config.settings()
    config.add_secret(tmp_path, "secret_key")
    old = config.add_secret(tmp_path, "signing_passphrase")
    signer = keys.new_signer()
    custody.put(tmp_path / "keys" / f"{signer.kid.hex()}.pem", signer.sealed(old.encode()))
    config.use(replace(before, instance=tmp_path))
    try:
        assert keys.signer_for(signer.kid.hex()).public_key == signer.public_key
        assert list(config.read_secrets(tmp_path)) == ["secret_key"]
        assert (tmp_path / "keys/passphrase").read_text() == old
        assert (tmp_path / "keys/passphrase").stat().st_mode & 0o077 == 0
    finally:
        config.use(before)


def test_no_signature_leaves_that_its_own_public_key_refuses():
    right, wrong = keys.new_signer(), keys.new_signer()

    class Faulty(keys.FileSigner):
        def sign(self, message: bytes) -> bytes:
            return wrong.sign(message)

    assert keys.released(right, b"x") == right.sign(b"x")
    with pytest.raises(SelfTestFailed):
        keys.released(Faulty(right.private), b"x")


def test_a_wrong_passphrase_and_a_missing_file_are_told_apart(app, tmp_path, monkeypatch):
    before = config.settings()
    config.use(replace(before, instance=tmp_path, signing_passphrase="one"))
    try:
        signer = keys.create()
        config.use(replace(before, instance=tmp_path, signing_passphrase="two"))
        with pytest.raises(keys.KeyUnavailable, match="LMS_SIGNING_PASSPHRASE"):
            keys.signer_for(signer.kid.hex())
        with pytest.raises(keys.KeyUnavailable, match="00000000"):
            keys.signer_for("00000000")
    finally:
        config.use(before)


@pytest.mark.once
def test_a_key_in_a_hardware_module_issues_certificates_and_never_leaves(app, school, tmp_path):
    import pkcs11

    with softhsm.token(tmp_path):
        key = services.create_key(
            school.issuer, date(2025, 1, 1), date(2025, 12, 31), by=None, algorithm="ES256", in_hardware=True
        )
        rows = school.issued("Nguyễn Văn An", "Trần Thị Bình")
        assert {row.kid for row in rows} == {key.kid}
        assert all(verify_token(bytes(row.token), keyset.book().keys).genuine for row in rows)
        assert not (config.settings().instance / "keys" / f"{key.kid}.pem").exists()
        private = keys.signer_for(key.kid).private
        with pytest.raises(pkcs11.AttributeSensitive):
            private[pkcs11.Attribute.VALUE]
        signatures = [keys.signer_for(key.kid).sign(bytes([n])) for n in range(24)]
        assert all(int.from_bytes(one[32:], "big") <= algorithms.P256_ORDER // 2 for one in signatures)
        with pytest.raises(keys.KeyUnavailable, match="deadbeef"):
            keys.signer_for("deadbeef")


@pytest.mark.once
def test_a_hardware_module_with_a_wrong_pin_says_what_to_look_at(app, tmp_path):
    with softhsm.token(tmp_path):
        config.use(replace(config.settings(), pkcs11_pin="wrong-pin"))
        with pytest.raises(keys.KeyUnavailable, match="LMS_PKCS11_PIN"):
            keys.create("ES256", in_hardware=True)


def test_threat_35_an_archive_holds_nothing_that_signs_and_nothing_that_opens(app, school, tmp_path):
    """Whoever steals last night's archive can read the register, sign nothing, and open or guess no citizen id."""
    chosen = config.settings()
    opens = [chosen.secret(name) for name in ("data_key", "hash_key", "secret_key")]
    signer = keys.signer_for(school.key.kid)
    made = archive.make(tmp_path / "night.kimbang.zip")
    assert not [name for name in made.files if name.startswith("keys/")]
    secret = passphrase.passphrase()
    raw = signer.private.private_bytes_raw()
    with zipfile.ZipFile(tmp_path / "night.kimbang.zip") as source:
        for name in source.namelist():
            content = source.read(name)
            for found in (b"PRIVATE KEY", secret, raw, raw.hex().encode(), *map(str.encode, opens)):
                assert found not in content, name
        closed = source.read("files/secrets.json")
    assert json.loads(sealing.opened(closed))["data_key"] == opens[0]
    config.use(replace(chosen, archive_passphrase="another"))
    try:
        with pytest.raises(Invalid, match="another installation"):
            sealing.opened(closed)
    finally:
        config.use(chosen)


@pytest.mark.once
def test_pages_never_open_a_private_key_nor_know_what_opens_it(tmp_path):
    """A real web process on an installation with keys: every file it opens is watched while it answers."""
    environ = os.environ | {
        "LMS_INSTANCE": str(tmp_path),
        "LMS_DATABASE": "",
        "LMS_SIGNING_PASSPHRASE": "secret-7",
    }
    for deed in (("found", "1", "2"), ("pages",)):
        done = subprocess.run(
            [sys.executable, "-m", "tests.certificates.process", *deed],
            cwd=ROOT, env=environ, capture_output=True, text=True, timeout=120,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.split() == ["answered", "no-secret", "refused", "unopened"]


def test_issuing_on_the_pages_only_queues_the_signing(school):
    batch = school.prepared(school.closed_class())
    services.approve_and_issue(batch, by=school.head)
    assert all(row.token is None for row in queries.of_batch(batch))
    assert Certificate.select().count() == 3
