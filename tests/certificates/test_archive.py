"""Threat 34: twenty years later the service is gone; a paper and a folder of published files are all there is."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from certificates import archive, services
from certificates.cli.certificates import cli
from certificates.keyset import pinned
from certificates.log import checkpoints, rotation
from certificates.services import archives
from certificates.token import address
from lms.config import settings

DECISION = {"decision_no": "15/QĐ-TCT", "decided_on": date(2025, 4, 2)}
LATER = date(2045, 4, 2)


@pytest.fixture
def rows(school) -> list[Any]:
    return school.printed("Lê An", "Trần Thị Bình", "Nguyễn Văn Ba")


def kept(tmp_path: Path) -> Path:
    """What the operator, or anybody with a browser, put away."""
    services.publish_status_lists()
    checkpoints.make()
    archives.keep(tmp_path / "kept")
    return tmp_path / "kept"


def code_of(row: Any) -> str:
    return address(settings().base_url, bytes(row.token))


def verdict(folder: Path, what: str, **pins: str) -> str:
    return archive.check(folder, what, LATER, **pins).code


def test_threat_34_cold_restore_a_paper_is_verified_on_an_empty_machine(rows, school, tmp_path):
    """A process of its own, an empty instance, no database, no network: paper, folder, command."""
    services.revoke(rows[1], ground=3, **school.two, **DECISION)
    folder, empty = kept(tmp_path), tmp_path / "empty"
    empty.mkdir()
    papers = [settings().files / str(row.pdf_path) for row in rows[:2]]
    environment = {"PATH": os.environ["PATH"], "LMS_INSTANCE": str(empty), "LANG": "C.UTF-8"}
    root, log_key = pinned.root().pin, checkpoints.vkey(checkpoints.key())
    told = []
    for paper in papers:
        words = [str(folder), str(paper), "--root", root, "--log-key", log_key]
        done = subprocess.run(
            [sys.executable, "-m", "certificates.archive", *words],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        told.append((done.returncode, done.stdout + done.stderr))
    assert [code for code, _said in told] == [0, 1], told
    for said in ("Lê An", "01/02/1980", rows[0].serial, "verdict    genuine", "log        entry"):
        assert said in told[0][1], told[0][1]
    assert "verdict    revoked" in told[1][1]
    assert list(empty.iterdir()) == []


def test_threat_34_list_and_log_both_count_and_one_is_enough(rows, school, tmp_path):
    services.suspend(rows[1], by=school.head, **DECISION)
    folder = kept(tmp_path)
    codes = [code_of(row) for row in rows]
    assert [verdict(folder, one) for one in codes] == ["genuine", "suspended", "genuine"]
    (folder / "status" / "0").rename(tmp_path / "list")
    assert [verdict(folder, one) for one in codes] == ["genuine", "suspended", "genuine"]
    (tmp_path / "list").rename(folder / "status" / "0")
    (folder / "log" / "checkpoint").unlink()
    assert [verdict(folder, one) for one in codes] == ["genuine", "suspended", "genuine"]
    (folder / "status" / "0").unlink()
    assert verdict(folder, codes[0]) == "unconfirmed"


def test_threat_34_a_forged_paper_stays_forged(rows, tmp_path):
    folder, code = kept(tmp_path), code_of(rows[0])
    other = code_of(rows[1])
    assert verdict(folder, code[:-1] + str((int(code[-1]) + 1) % 10)) == "not_genuine"
    assert verdict(folder, f"{code.partition('#')[0]}#{other.partition('#')[2]}") == "not_genuine"


def test_threat_34_a_withdrawn_key_counts_as_far_as_the_log_proves(rows, school, tmp_path):
    safe = checkpoints.make().size
    late = school.issued("Lê Cường", code="muon")[0]
    services.withdraw_key(school.key, by=None, reason="lộ khoá", last_good_checkpoint=safe)
    services.announce(by=None)
    folder = kept(tmp_path)
    assert verdict(folder, code_of(rows[0])) == "genuine"
    assert verdict(folder, code_of(late)) == "unconfirmed"


def test_threat_34_files_that_were_tampered_with_prove_nothing(rows, tmp_path):
    folder, code = kept(tmp_path), code_of(rows[0])

    def refused(name: str, change: Any, why: str) -> None:
        path = folder / name
        before = path.read_text()
        path.write_text(change(before))
        with pytest.raises(archive.NotUsable, match=why):
            archive.check(folder, code, LATER)
        path.write_text(before)

    stranger = f"Ed25519:{base64.b64encode(b'x' * 32).decode()}"
    refused("root-public.txt", lambda _text: stranger, "not signed by the root")
    refused("keys.json", lambda text: text.replace("not_after", "not_afteR"), "not signed by the root")
    refused("status/0", lambda text: text.replace("sequence", "sequencE"), "no status list")
    refused("log/00000000.jsonl", lambda text: text.replace("issue", "admin", 1), "mirror was changed")
    refused("log/checkpoint", lambda text: text.replace("\n\n", "\nx\n\n"), "no mirror")
    with pytest.raises(archive.NotUsable, match="not signed by the root"):
        archive.check(folder, code, LATER, root=stranger)
    assert verdict(folder, code) == "genuine"


def test_threat_34_the_key_of_the_log_that_was_printed_leads_to_the_one_of_the_end(rows, school, tmp_path):
    printed = checkpoints.vkey(checkpoints.key() or checkpoints.make_key())
    checkpoints.make()
    rotation.rotate(30)
    folder = kept(tmp_path)
    note = (folder / "log" / "checkpoint").read_text().split("\n")
    # As it stands when the new key signs alone.
    (folder / "log" / "checkpoint").write_text("\n".join([*note[:4], *note[5:]]))
    assert verdict(folder, code_of(rows[0]), log_key=printed) == "genuine"
    (folder / "log" / "keys").write_text(json.dumps({"changes": []}))
    with pytest.raises(archive.NotUsable):
        archive.check(folder, code_of(rows[0]), LATER, log_key=printed)


def test_the_same_from_the_command_line_of_an_installation(app, rows, tmp_path, monkeypatch):
    monkeypatch.setattr("lms.cli.context.application", lambda: app)
    folder = str(tmp_path / "kept")
    checkpoints.make()
    services.publish_status_lists()
    assert "✔ 7 files" in CliRunner().invoke(cli, ["keep", folder]).output
    told = CliRunner().invoke(cli, ["verify-kept", folder, code_of(rows[0])])
    assert (told.exit_code, "compare    root and key" in told.output) == (0, True), told.output
    assert CliRunner().invoke(cli, ["verify-kept", folder, "x"]).exit_code == 2


def test_what_is_no_paper_is_said_so(rows, tmp_path):
    folder = kept(tmp_path)
    for what in ("/nirgends.pdf", "https://x/c/zz#1", str(folder / "keys.json")):
        with pytest.raises(archive.NotUsable):
            archive.check(folder, what, LATER)
