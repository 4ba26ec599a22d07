"""The offline check: what is made for it, and what a device makes of it (its own scripts, run in node)."""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask import current_app

from certificates import keys, keyset, services
from certificates.cli.certificates import cli
from certificates.keyset import document as keysets
from certificates.keyset import pinned
from certificates.log import checkpoints, reading, tree
from certificates.models import Key
from certificates.offline import document, making, scripts, soundness
from certificates.status import encoding
from certificates.token import address, join, message, signature_holds, split
from certificates.token.algorithms import ES256
from lms import clock
from lms.cli import context
from lms.config import settings
from tests.certificates import in_node
from tests.certificates.tampering import build_log_anew, drop_guards
from tests.certificates.tampering import run as sql
from tests.certificates.test_desk_addresses import BASE, HOSTILE, OWN

pytestmark = pytest.mark.once

NOW = datetime(2025, 4, 2, 9, 0)
DECISION = {"decision_no": "15/QĐ-TCT", "decided_on": date(2025, 4, 2)}


def publish(at: datetime = NOW) -> str:
    """What the worker does every minute; returns the data as a device gets them."""
    with clock.frozen(at):
        services.publish_status_lists()
        checkpoints.make()
        making.make()
    return making.bundle_path().read_text()


def code(row: Any) -> str:
    return address(settings().base_url, bytes(row.token))


def utc(local: datetime) -> str:
    return clock.from_local(local).isoformat() + "Z"


@dataclass
class Device:
    """Steps for the scripts of a device, told in order, run together."""

    folder: Path
    steps: list[dict[str, Any]] = field(default_factory=list)
    origin: str = field(default_factory=lambda: settings().base_url)

    def take(self, text: str, at: datetime = NOW, proof: Any = None) -> None:
        self.steps.append({"take": text, "now": utc(at), "proof": proof})

    def judge(self, text: str, at: datetime = NOW) -> None:
        self.steps.append({"judge": text, "now": utc(at)})

    def told(self, *, fallback: bool = False) -> list[Any]:
        root = pinned.root()
        given = {"pin": root.pin if root else "", "origin": self.origin, "steps": self.steps}
        code_folder = in_node.modules(self.folder)
        script = Path(__file__).with_name("offline_story.mjs")
        noble = str(code_folder / "noble.js") if fallback else "-"
        done = subprocess.run(
            [in_node.node(), str(script), str(code_folder), noble],
            input=json.dumps(given), capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]

    def codes(self, **how: Any) -> list[str]:
        """Verdicts alone; for data what became of them."""
        return [one.get("code") or _fate(one) for one in self.told(**how)]


def _fate(one: dict[str, Any]) -> str:
    return "taken" if one.get("taken") else one.get("refused") or f"alarm {one['alarm']['kind']}"


@pytest.fixture
def device(app, tmp_path) -> Device:
    return Device(tmp_path)


@pytest.fixture
def rows(school) -> list[Any]:
    return school.issued("Nguyễn Thị Phương Thảo", "Trần Đặng Quỳnh Như")


# ---------------------------------------------------------------- a day, a month, a wrong clock


def test_threat_18_green_for_a_day_amber_after_it_nothing_after_thirty(rows, school, device):
    services.revoke(rows[1], ground=2, **school.two, **DECISION)
    device.take(publish())
    times = {
        "now": NOW, "next day": NOW + timedelta(hours=23), "a day later": NOW + timedelta(hours=25),
        "29 days": NOW + timedelta(days=29), "31 days": NOW + timedelta(days=31),
        "two years before": NOW - timedelta(days=730), "an hour slow": NOW - timedelta(minutes=50),
        "two years after": NOW + timedelta(days=760),
    }  # fmt: skip
    for at in times.values():
        device.judge(code(rows[0]), at)
    device.judge(code(rows[1]), times["a day later"])
    device.judge(code(rows[1]), times["31 days"])
    said = device.told()[1:]
    by_time = dict(zip(times, ((one["code"], one["tone"]) for one in said), strict=False))
    assert by_time == {
        "now": ("genuine", "good"), "next day": ("genuine", "good"), "a day later": ("stale", "warn"),
        "29 days": ("stale", "warn"), "31 days": ("too_old", "bad"), "two years before": ("clock", "warn"),
        "an hour slow": ("genuine", "good"), "two years after": ("too_old", "bad"),
    }  # fmt: skip
    # A revocation that is known counts whatever the age of the list, as long as anything is judged.
    assert [one["code"] for one in said[-2:]] == ["revoked", "too_old"]


@pytest.mark.parametrize(
    ("days", "reach"), [(0, "fresh"), (2, "stale"), (31, "old"), (-730, "clock"), (760, "clock-old")]
)
def test_threat_18_the_page_is_told_why_nothing_is_green(rows, device, days, reach):
    device.take(publish(), NOW + timedelta(days=days))
    assert device.told()[0]["reach"] == reach


def test_threat_18_keys_past_their_time_are_not_green_either(rows, device, monkeypatch):
    monkeypatch.setattr(services.keysets, "FRESH_DEVELOPMENT", timedelta(hours=2))
    services.announce(by=None)
    device.take(publish())
    device.judge(code(rows[0]), NOW + timedelta(hours=1))
    device.judge(code(rows[0]), NOW + timedelta(hours=3))
    assert device.codes() == ["taken", "genuine", "stale"]


# ---------------------------------------------------------------- never back, never another's


def test_threat_26_a_revocation_arrives_with_the_next_data_and_cannot_be_taken_back(rows, school, device):
    before = publish()
    services.revoke(rows[0], ground=2, **school.two, **DECISION)
    after = publish(NOW + timedelta(minutes=2))
    proof = _proof(before, after)
    device.take(before)
    device.judge(code(rows[0]))
    device.take(after, proof=proof)
    device.judge(code(rows[0]))
    device.take(before)
    device.judge(code(rows[0]))
    assert device.codes() == ["taken", "genuine", "taken", "revoked", "rollback", "revoked"]


def _changed(text: str, change: Any) -> str:
    bundle = json.loads(text)
    change(bundle)
    return json.dumps(bundle)


def _other_root(bundle: dict[str, Any]) -> None:
    stranger = keys.new_signer()
    bundle["keyset"] = services.sign_key_set(bundle["keyset"]["document"], stranger).as_json()


def _extra_key(bundle: dict[str, Any]) -> None:
    said = json.loads(bundle["keyset"]["document"])
    said["keys"].append(said["keys"][0] | {"kid": "00112233"})
    bundle["keyset"]["document"] = keysets.canonical(said)


def _longer(name: str) -> Any:
    def change(bundle: dict[str, Any]) -> None:
        said = json.loads(bundle["about"]["document"])
        said["next_update"] = "2035-01-01T00:00:00Z"
        said["terms"]["programmes"][0]["title"] = "Cao cấp lý luận chính trị"
        if name == "about":
            bundle["about"]["document"] = keysets.canonical(said)
            return
        entry = json.loads(bundle["lists"][0]["document"]) | {"next_update": "2035-01-01T00:00:00Z"}
        bundle["lists"][0]["document"] = keysets.canonical(entry)

    return change


@pytest.mark.parametrize(
    ("change", "fate"),
    [
        (_other_root, "signature"),
        (_extra_key, "signature"),
        (_longer("about"), "signature"),
        (_longer("list"), "signature"),
        (lambda bundle: bundle.update(lists=[]), "form"),
        (lambda bundle: bundle.update(checkpoint=""), "form"),
        (lambda bundle: bundle.pop("about"), "form"),
        (lambda bundle: bundle["keyset"].update(signature="AAAA"), "signature"),
        (lambda bundle: bundle["about"].update(kid="00112233"), "signature"),
        (lambda bundle: bundle.update(checkpoint=bundle["checkpoint"].replace("\n", "\n9", 1)), "alarm signature"),
        (lambda bundle: bundle["lists"][0].update(document=" " * 300_000), "form"),
    ],
    ids=[
        "another root", "an extra key", "a dictionary and a date of its own", "a list that lasts for ever",
        "a list left out", "the log left out", "no frame", "a short signature", "an unknown key", "another size of the log",
        "a swollen list",
    ],
)  # fmt: skip
def test_threat_16_changed_data_are_refused_and_nothing_becomes_green(rows, device, change, fate):
    """Every part is signed, and signed together: none can be swapped, stretched or left out."""
    device.take(_changed(publish(), change))
    device.judge(code(rows[0]))
    assert device.codes() == [fate, "no_data"]


def test_threat_16_an_older_list_of_keys_is_refused_also_beside_fresh_lists(rows, school, device):
    old = json.loads(publish())
    services.withdraw_key(Key.get(Key.kid == rows[0].kid), by=None, reason="thử")
    new = publish(NOW + timedelta(minutes=5))
    device.take(_changed(new, lambda bundle: bundle.update(keyset=old["keyset"])))
    device.take(new)
    device.judge(code(rows[0]))
    device.take(json.dumps(old))
    assert device.codes() == ["form", "taken", "withdrawn", "rollback"]


def test_threat_17_a_bomb_and_a_short_list_are_refused_though_they_are_signed(
    rows, school, device, monkeypatch
):
    good = publish()
    for number, bits in enumerate((b"\0" * 40_000_000, b"\0" * 100)):
        monkeypatch.setattr(encoding, "pack", lambda _states, bits=bits: bits)
        monkeypatch.setattr("certificates.services.statuslists._must_not_clear", lambda *_: None)
        device.take(publish(NOW + timedelta(hours=13 + number)), NOW + timedelta(hours=15))
    device.take(good)
    device.judge(code(rows[0]))
    assert device.codes() == ["form", "form", "taken", "genuine"]


def test_threat_17_a_paper_of_a_list_that_is_not_there_is_amber(rows, device):
    """Its list was made after these data: the signature is genuine, its state unknown."""
    text = publish()
    device.take(text)
    device.judge(code(_later_paper(rows)))
    assert device.codes() == ["taken", "unknown_status"]


def _later_paper(rows: list[Any]) -> Any:
    """Signed under a place of another list."""
    token = split(bytes(rows[0].token))
    changed = replace(token.body, status_index=3 * encoding.SIZE + 7).encode()
    signer = keys.signer_for(rows[0].kid)
    return type("Paper", (), {"token": join(token.kid, changed, signer.sign(message(token.kid, changed)))})


# ---------------------------------------------------------------- the log


def _state(text: str) -> dict[str, Any]:
    _origin, size, root = json.loads(text)["checkpoint"].split("\n")[:3]
    return {"size": int(size), "root": root}


def _proof(before: str, after: str) -> list[str]:
    hashes = reading.consistency_proof(_state(before)["size"], _state(after)["size"])
    return [base64.b64encode(one).decode() for one in hashes]


def test_threat_13_a_device_follows_the_log_only_with_a_proof(rows, school, device):
    before = publish()
    services.suspend(rows[1], by=school.head, **DECISION)
    after = publish(NOW + timedelta(minutes=2))
    device.take(before)
    device.take(
        after, proof=None
    )  # cannot be had now: the revocations count, the log is compared another time
    device.judge(code(rows[1]))
    device.take(after, proof=_proof(before, after))
    device.judge(code(rows[0]))
    assert device.codes() == ["taken", "taken", "suspended", "taken", "genuine"]


@pytest.mark.parametrize("how", ["fork", "same size", "rollback", "no proof"])
def test_threat_13_a_log_that_was_rewritten_is_a_loud_alarm_with_evidence(rows, school, device, how):
    before = publish()
    fine = code(rows[0])
    if how != "no proof":
        drop_guards()
        sql(
            "UPDATE certificates_log SET entry = entry || ' ' WHERE seq = (SELECT min(seq) FROM certificates_log)"
        )
    if how in {"fork", "no proof"}:
        services.suspend(rows[1], by=school.head, **DECISION)
    if how == "rollback":
        sql("DELETE FROM certificates_log WHERE seq > 2")
    if how != "no proof":
        build_log_anew()
        checkpoints.copy_path().unlink(missing_ok=True)
    with clock.frozen(NOW + timedelta(minutes=5)):
        checkpoints.make()
        (making.folder() / "facts.json").unlink()
        making.make()
    after = making.bundle_path().read_text()
    proof = _proof(before, after) if how == "fork" else "refused" if how == "no proof" else None
    device.take(before)
    device.judge(fine)
    device.take(after, proof=proof)
    device.judge(fine)
    said = device.told()
    kind = {"fork": "fork", "same size": "fork", "rollback": "rollback", "no proof": "no-proof"}[how]
    assert [_fate(said[0]), said[1]["code"], _fate(said[2])] == ["taken", "genuine", f"alarm {kind}"]
    assert (said[3]["code"], said[3]["tone"]) == ("alarm", "warn")
    evidence = said[2]["alarm"]
    assert evidence["before"]["note"] == json.loads(before)["checkpoint"]
    assert evidence["now"]["note"] == json.loads(after)["checkpoint"]


def test_proofs_hold_for_the_device_exactly_when_they_hold_for_the_witness(app, device):
    leaves = [tree.leaf_hash(str(number).encode()) for number in range(24)]

    def root(first: int, end: int) -> bytes:
        growing = tree.Growing()
        for leaf in leaves[first:end]:
            list(growing.add(leaf))
        return growing.root

    wanted = []
    for second in range(2, 25):
        for first in range(1, second):
            state = lambda size: {"size": size, "root": base64.b64encode(root(0, size)).decode()}  # noqa: E731
            proof = [base64.b64encode(root(*part)).decode() for part in tree.consistency(first, second)]
            device.steps.append({"continues": [state(first), state(second), proof]})
            device.steps.append({"continues": [state(first), state(second), proof[:-1]]})
            device.steps.append(
                {"continues": [{"size": first, "root": state(second)["root"]}, state(second), proof]}
            )
            wanted += [True, False, False]
    assert device.told() == wanted


# ---------------------------------------------------------------- what a code may be, and old devices


@pytest.mark.parametrize("fallback", [False, True], ids=["WebCrypto", "without"])
def test_threat_30_a_browser_without_webcrypto_checks_the_same(rows, device, fallback):
    text = code(rows[0])
    device.take(publish())
    device.judge(text)
    device.judge(text[:-1] + str((int(text[-1]) + 1) % 10))
    device.judge(code(rows[1]).split("#")[0] + "#" + text.split("#")[1])
    device.judge(text.split("#")[0])
    device.judge(f"  {text}\n")
    said = device.told(fallback=fallback)
    assert [one.get("code") for one in said[1:]] == ["genuine", "forged", "forged", "unsigned", "genuine"]
    assert (said[1]["name"], said[2].get("name")) == (rows[0].name, None)


def test_threat_30_a_key_the_device_cannot_compute_with_is_amber(school, device):
    Key.update(status="retired").where(Key.kid == school.key.kid).execute()
    services.create_key(school.issuer, date(2025, 1, 1), date(2025, 12, 31), by=None, algorithm=ES256)
    keyset.refresh()
    (row,) = school.issued("Lê An")
    assert keyset.key(bytes(row.token[:4])).algorithm == ES256
    device.take(publish())
    device.judge(code(row))
    assert [device.codes(), device.codes(fallback=True)] == [["taken", "genuine"], ["taken", "unable"]]


def test_threat_07_the_device_knows_our_address_and_names_the_others(app, tmp_path):
    device = Device(tmp_path, origin=BASE)
    device.steps = [{"address": text} for text, _place, _alike in HOSTILE.values()]
    device.steps += [{"address": f"{OWN}#123"}, {"address": f"{OWN}?x#1"}, {"address": "Nguyễn Văn An"}]
    said = device.told()
    assert [one["kind"] for one in said[-3:]] == ["paper", "damaged", "none"]
    for (what, (_text, _place, alike)), one in zip(HOSTILE.items(), said, strict=False):
        assert one["kind"] in {"look_alike", "foreign"}, (what, one)
        assert one["kind"] == "look_alike" or not alike, (what, one)


# ---------------------------------------------------------------- rules that changed


@pytest.mark.usefixtures("rules")
def test_threat_33_without_network_both_answers_about_posts_are_known_with_their_days(school, device):
    """Posts of the day of issue are signed into the code; those of today stand in the data, with their day."""
    row = school.issued("Lê An")[0]
    before, year_later = publish(), NOW + timedelta(days=394)
    with clock.frozen(year_later):
        services.renew(by=None)
    after = publish(year_later)
    device.take(before)
    device.judge(code(row))
    device.take(after, year_later, proof=_proof(before, after))
    device.judge(code(row), year_later)
    said = device.told()
    assert [said[1]["code"], said[1]["change"]] == ["genuine", None]
    change = said[3]["change"]
    assert (said[3]["code"], change["on"]) == ("genuine", "2026-05-01")
    assert 60001 in change["gone"] and 60002 in change["come"]
    assert not set(change["gone"]) & set(change["come"])


# ---------------------------------------------------------------- what the worker makes


def test_data_and_file_are_made_when_something_changed_and_not_otherwise(rows, school):
    publish()
    first = making.facts()
    with clock.frozen(NOW + timedelta(minutes=1)):
        assert making.make() is False
        checkpoints.make()
        services.suspend(rows[0], by=school.head, **DECISION)
        checkpoints.make()
        assert making.make() is True  # the log grew: data alone
        assert making.facts()["sha256"] == first["sha256"]
        services.publish_status_lists()
        assert making.make() is True
    assert making.facts()["sha256"] != first["sha256"]
    assert making.facts()["made_at"] == "2025-04-02T02:01:00Z"


def test_without_keys_nothing_is_made_and_the_pages_say_so(client, app):
    for path in (making.bundle_path(), making.file_path(), making.folder() / "facts.json"):
        path.unlink(missing_ok=True)
    assert making.make() is False
    assert client.get("/offline/bundle.json").status_code == 404
    assert "chưa được lập" in client.get("/offline/file").text


def test_the_file_is_signed_and_its_hash_is_told(client, rows):
    publish()
    said = client.get("/offline/file.json").json
    page = client.get("/offline/file").text
    content = client.get("/offline/kim-bang-kiem-tra-ngoai-tuyen.html").data
    assert hashlib.sha256(content).hexdigest() == said["sha256"]
    assert said["sha256"] in page
    assert "02/04/2025" in page
    key = keyset.book().status_keys[bytes.fromhex(said["kid"])]
    signed = document.file_message(said["kid"], said["sha256"])
    assert signature_holds(key, base64.b64decode(said["signature"]), signed)


def test_what_was_fetched_before_is_not_sent_again(client, rows, max_queries):
    publish()
    for path in ("/offline/bundle.json", "/offline/kim-bang-kiem-tra-ngoai-tuyen.html"):
        tag = client.get(path).headers["ETag"]
        with max_queries(0):
            for known in (tag, f"W/{tag}"):  # weak: compressed by a server in front
                assert client.get(path, headers={"If-None-Match": known}).status_code == 304
    assert client.get("/offline/bundle.json").headers["Access-Control-Allow-Origin"] == "*"


def test_the_file_is_slowed_down_with_a_sentence(app, client, rows):
    publish()
    app.config["RATELIMIT_ENABLED"] = True
    try:
        answers = [client.get("/offline/bundle.json", headers={"If-None-Match": "*"}) for _ in range(125)]
        codes = [one.status_code for one in answers]
    finally:
        app.config["RATELIMIT_ENABLED"] = False
    assert codes[-1] == 429


def test_threat_20_nothing_about_a_person_is_in_the_data_or_the_file(client, rows):
    publish()
    for path in (making.bundle_path(), making.file_path()):
        text = path.read_text()
        for row in rows:
            assert row.name not in text
            assert row.id16 not in text
            assert row.serial not in text


def test_the_worker_keeps_one_version_whole(client, rows):
    publish()
    script = client.get("/offline/worker.js")
    assert script.headers["Service-Worker-Allowed"] == "/offline/"
    files = json.loads(script.text.split("const FILES = ")[1].split("\n")[0])
    assert len(files) == len(set(files))
    for file in files:
        answer = client.get(file)
        assert answer.status_code == 200, file
        answer.close()
    assert not any("bundle" in file for file in files)
    page = client.get("/offline/")
    assert "Set-Cookie" not in page.headers
    assert "'unsafe-inline'" not in page.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "line",
    ["import x from './codec.js'", "export default 1", "import * as x from './codec.js'", "export { a }"],
)
def test_a_script_in_another_form_is_an_error_and_not_a_broken_file(tmp_path, line):
    module = tmp_path / "one.js"
    module.write_text(f"{line}\n")
    (tmp_path / "codec.js").write_text("")
    with pytest.raises(ValueError, match="one"):
        scripts.one_piece(module)


# ---------------------------------------------------------------- the command line


def _run(monkeypatch: Any, *arguments: str) -> Any:
    app = current_app._get_current_object()
    monkeypatch.setattr(context, "application", lambda: app)
    return CliRunner().invoke(cli, list(arguments))


def test_the_command_writes_the_file_and_tells_a_changed_one(rows, monkeypatch, tmp_path):
    services.publish_status_lists()
    out = tmp_path / "kiem-tra.html"
    made = _run(monkeypatch, "offline", str(out))
    assert made.exit_code == 0, made.output
    assert hashlib.sha256(out.read_bytes()).hexdigest() in made.output
    assert _run(monkeypatch, "offline", "--check", str(out)).exit_code == 0
    out.write_bytes(out.read_bytes().replace(b"connect-src 'none'", b"connect-src *     "))
    assert _run(monkeypatch, "offline", "--check", str(out)).exit_code == 1


# ---------------------------------------------------------------- what the doctor says


def test_the_doctor_says_when_nobody_makes_the_data_any_more(rows):
    """Devices that update would then show every genuine paper in amber, and nobody at the school would know."""

    def said(at: datetime) -> tuple[str, str]:
        with clock.frozen(at):
            (found,) = soundness.findings()
        return found.level, found.sentence

    making.bundle_path().unlink(missing_ok=True)
    assert said(NOW)[0] == "bad"
    publish()
    assert said(NOW + timedelta(hours=23))[0] == "ok"
    level, sentence = said(NOW + timedelta(hours=25))
    assert level == "bad" and "no paper as genuine" in sentence
    making.bundle_path().write_text("{")
    try:
        assert "cannot be read" in said(NOW)[1]
    finally:
        making.bundle_path().unlink()  # files stay when the database is set back
