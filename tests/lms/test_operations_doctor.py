"""The doctor says what is wrong and what to do about it."""

from __future__ import annotations

import os

import pytest

from lms import config
from lms.config import Settings
from lms.db import db
from lms.operations import checks


@pytest.fixture
def instance(app, tmp_path):
    """Settings of an instance of one's own, with its secrets."""
    before = config.settings()
    for name in checks.SECRETS:
        config.add_secret(tmp_path, name)

    def use(**values) -> None:
        config.use(Settings(instance=tmp_path, database=before.database, testing=True, **values))

    use()
    yield tmp_path, use
    config.use(before)


def said(check) -> dict[str, list[str]]:
    levels: dict[str, list[str]] = {"ok": [], "warn": [], "bad": []}
    for finding in check():
        levels[finding.level].append(finding.sentence)
        assert (finding.level == "ok") == (finding.remedy == ""), finding
    return levels


def test_secrets_that_others_can_read(instance) -> None:
    folder, _use = instance
    assert said(checks.secrets)["bad"] == []

    os.chmod(folder / "secrets.json", 0o644)

    assert "can be read by others" in said(checks.secrets)["bad"][0]


def test_secrets_that_are_gone(instance) -> None:
    folder, _use = instance
    (folder / "secrets.json").write_text("{}")

    assert "lacks secret_key, password_salt, data_key, hash_key" in said(checks.secrets)["bad"][0]


def test_an_address_only_this_machine_can_open(instance) -> None:
    _folder, use = instance
    assert "LMS_PUBLIC_URL is not set" in said(checks.settings)["warn"][0]

    use(public_url="https://kimbang.example.vn", https=True, proxies=1)

    assert said(checks.settings)["warn"] == []


def test_tls_without_a_proxy_that_is_believed(instance) -> None:
    _folder, use = instance
    use(public_url="https://kimbang.example.vn", https=True)

    assert "all visitors count as one address" in said(checks.settings)["warn"][0]


def test_a_backup_that_is_old(instance) -> None:
    folder, _use = instance
    assert "No archive" in said(checks.backups)["warn"][0]
    (folder / "backups").mkdir()
    archive = folder / "backups/kimbang-20250303-013000.kimbang.zip"
    archive.touch()
    assert said(checks.backups)["warn"] == []

    os.utime(archive, (0, 0))

    assert archive.name in said(checks.backups)["warn"][0]


def test_steps_that_are_pending(app) -> None:
    db.execute_sql("delete from courses_migration")

    assert "migration steps are pending" in said(checks.database)["bad"][0]


def test_a_check_that_fails_is_a_finding(app, monkeypatch) -> None:
    monkeypatch.setattr(checks, "CHECKS", (broken,))

    (finding,) = checks.examine()

    assert (finding.level, finding.sentence) == ("bad", "Disk: OSError: no such device")


def broken():
    """Disk"""
    raise OSError("no such device")
    yield


def test_a_folder_for_returned_mail_that_is_none(instance) -> None:
    folder, use = instance
    use(
        smtp_url="smtp://localhost",
        mail_returns="tra-ve@kimbang.example.vn",
        mail_returns_folder=str(folder / "r"),
    )
    assert len(said(checks.mail)["bad"]) == 1
    for name in ("new", "cur"):
        (folder / "r" / name).mkdir(parents=True)
    assert said(checks.mail)["bad"] == []


def test_a_site_that_sends_and_does_not_read_what_comes_back(instance) -> None:
    _folder, use = instance
    use(smtp_url="smtp://localhost")
    assert len(said(checks.mail)["warn"]) == 1
