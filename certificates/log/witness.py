#!/usr/bin/env python3
"""A witness of the public log of certificates: one file, Python 3.9 or later, nothing else.

    python3 witness.py https://kiemtra.example.vn/log --state witness.json

remembers the last state of the log and accepts a new one only with its signature and the proof that nothing below it
was changed. Run it from cron, on a machine of an institution that does not run the log. It ends with

    0  all is well, the state was kept
    1  could not be checked now (network, or no answer)
    3  ALARM: the log was cut, forked or changed, or is signed by another key; evidence was kept, the state was not

With ``--mirror FOLDER`` it also keeps every entry and works the root out of them. ``--offline FOLDER`` checks such a
mirror without any network, also when the log is gone.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import os
import sys
import urllib.error
import urllib.parse
import urllib.request
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

OK, NOT_CHECKED, ALARM = 0, 1, 3
PAGE = 256
_MOST_BYTES = 1_000_000


class NotChecked(Exception):
    """It could not be checked now."""


class Alarm(Exception):
    """The log is not what it was; `kind` names how, `pieces` are files to keep."""

    def __init__(self, kind: str, sentence: str, **pieces: str) -> None:
        super().__init__(sentence)
        self.kind, self.pieces = kind, pieces


def main(arguments: list[str] | None = None) -> int:
    """Read the command line; returns the exit code."""
    parser = argparse.ArgumentParser(description="A witness of the public log of certificates.")
    parser.add_argument("url", nargs="?", help="address of the log, like https://kiemtra.example.vn/log")
    parser.add_argument("--state", type=Path, help="file that keeps the last state")
    parser.add_argument("--key", default="", help="the log's public key, as printed in its regulation")
    parser.add_argument("--evidence", type=Path, help="folder for evidence (default: beside the state)")
    parser.add_argument("--mirror", type=Path, help="folder that keeps every entry")
    parser.add_argument("--offline", type=Path, help="check a mirror without network")
    parser.add_argument("--timeout", type=float, default=20)
    given = parser.parse_args(arguments)
    if given.offline:
        return check_mirror(given.offline, given.key)
    if not given.url or not given.state:
        parser.error("give the address of the log and --state FILE")
    return watch(given.url, given.state, given.key, given.evidence, given.mirror, given.timeout)


def watch(
    url: str,
    state_file: Path,
    key: str = "",
    evidence: Path | None = None,
    mirror: Path | None = None,
    timeout: float = 20,
) -> int:
    """Compare the log with the state of the last time and keep the new one; returns the exit code."""
    log = _Log(url.rstrip("/"), timeout)
    try:
        state = _read_state(state_file)
        note, fresh = _follow(log, state, key)
        if mirror is not None:
            _copy(log, mirror, note, fresh["size"], base64.b64decode(fresh["root"]), fresh["key"])
    except NotChecked as problem:
        print(f"could not be checked: {problem}", file=sys.stderr)
        return NOT_CHECKED
    except Alarm as alarm:
        folder = _keep_evidence(evidence or Path(f"{state_file}.evidence"), alarm)
        print(f"ALARM ({alarm.kind}): {alarm}\nevidence: {folder}", file=sys.stderr)
        return ALARM
    _write(state_file, json.dumps(fresh, indent=1, ensure_ascii=False) + "\n")
    added = fresh["size"] - (state["size"] if state else 0)
    print(f"ok: {fresh['size']} entries ({added} new), root {fresh['root']}")
    if not state and not key:
        print(f"first contact: compare this key with the one printed in the regulation:\n{fresh['key']}")
    return OK


def _follow(log: _Log, state: dict[str, Any] | None, key: str) -> tuple[str, dict[str, Any]]:
    """The new checkpoint and the state to keep. Raises Alarm, NotChecked."""
    pinned = key or (state["key"] if state else log.text("/key").strip())
    before = state["note"] if state else ""
    note, steps = log.text("/checkpoint"), []
    try:
        size, root = open_note(note, pinned)
    except ValueError as problem:
        steps = _steps_to_signer(log, pinned, note)
        if not steps:
            raise Alarm("signature", f"the checkpoint is not a signed state of this log: {problem}",
                        before=before, now=note) from problem  # fmt: skip
        pinned = steps[-1].key
        size, root = open_note(note, pinned)
    if state:
        _must_continue(log, state, note, size, root)
    for step in steps:
        _must_be_logged(log, step, size, root, before=before, now=note)
        print(f"the log has another key, as was announced under the one before:\n{step.key}")
    at = datetime.now(timezone.utc).isoformat(timespec="seconds")  # noqa: UP017  Python 3.9
    encoded = base64.b64encode(root).decode()
    return note, {"log": log.url, "key": pinned, "size": size, "root": encoded, "note": note, "at": at}


def _must_continue(log: _Log, state: dict[str, Any], note: str, size: int, root: bytes) -> None:
    first, was = int(state["size"]), base64.b64decode(state["root"])
    both = {"before": state["note"], "now": note}
    if size < first:
        raise Alarm("rollback", f"the log had {first} entries and now has {size}", **both)
    if size == first:
        if root != was:
            raise Alarm("fork", f"two different logs of {size} entries were signed", **both)
        return
    answer, refused = log.proof(first, size)
    if refused:
        raise Alarm(
            "no-proof", f"the log does not prove that {size} entries continue {first}: {refused}", **both
        )
    try:
        hashes = [base64.b64decode(one, validate=True) for one in json.loads(answer)["hashes"]]
    except (ValueError, KeyError, TypeError):
        hashes = [b""]
    if not consistent(first, was, size, root, hashes):
        raise Alarm(
            "fork", f"the {size} entries of now do not continue the {first} of before", proof=answer, **both
        )


# --- another key, announced under the one before ------------------------------------------------


class Step:
    """A key that was announced: its announcement, and where that stands in the log."""

    def __init__(self, key: str, said: str, index: int) -> None:
        self.key, self.said, self.index = key, said, index


def steps_from(pinned: str, answer: str) -> list[Step]:
    """The keys that follow a key, each announced under the one before and signed by itself too."""
    steps: list[Step] = []
    for one in json.loads(answer)["changes"]:
        text, _, signatures = one["note"].partition("\n\n")
        lines, trusted = text.split("\n"), steps[-1].key if steps else pinned
        name = read_key(trusted)[0]
        if len(lines) != 4 or lines[:2] != [f"{name}/key", "kimbang-log-key 1"]:
            continue
        said = f"{text}\n"
        if is_signed(said, signatures, trusted) and is_signed(said, signatures, lines[2]):
            steps.append(Step(lines[2], said, int(one["index"])))
    return steps


def _steps_to_signer(log: _Log, pinned: str, note: str) -> list[Step]:
    """The announced steps from the known key to the one that signed a checkpoint; none when there are none."""
    try:
        steps = steps_from(pinned, log.text("/keys"))
    except NotChecked as problem:
        if isinstance(problem.__cause__, urllib.error.HTTPError) and problem.__cause__.code == 404:
            return []
        raise
    except (ValueError, KeyError, TypeError):
        return []
    for number, step in enumerate(steps, 1):
        try:
            open_note(note, step.key)
        except ValueError:
            continue
        return steps[:number]
    return []


def _must_be_logged(log: _Log, step: Step, size: int, root: bytes, **notes: str) -> None:
    """An announcement counts when the log holds it, for everybody to see. Raises Alarm, NotChecked."""
    try:
        entry = log.text(f"/entries/{step.index // PAGE}").split("\n")[step.index % PAGE]
        answer = log.text("/proof/inclusion?" + urllib.parse.urlencode({"index": step.index, "size": size}))
        hashes = [base64.b64decode(one, validate=True) for one in json.loads(answer)["hashes"]]
        told = json.loads(entry)
        digest = hashlib.sha256(step.said.encode()).hexdigest()
        right = (told["type"], told["digest"]) == ("logkey", digest)
        right = right and included(leaf_hash(entry.encode()), step.index, size, root, hashes)
    except (ValueError, KeyError, TypeError, IndexError):
        right = False
    if not right:
        raise Alarm(
            "key", "another key signs, and its announcement is not in the log", said=step.said, **notes
        )


# --- the tree (RFC 6962) ------------------------------------------------------------------------


def leaf_hash(entry: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of(leaves: list[bytes]) -> bytes:
    """The root over leaf hashes."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    row = leaves
    while len(row) > 1:
        odd = row[-1:] if len(row) % 2 else []
        row = [node_hash(row[place], row[place + 1]) for place in range(0, len(row) - 1, 2)] + odd
    return row[0]


def consistent(first: int, first_root: bytes, second: int, second_root: bytes, proof: list[bytes]) -> bool:
    """Whether the proof shows that the tree of `second` leaves continues the tree of `first`."""
    if not 0 <= first <= second or first == second or first == 0:
        return not proof and (first == 0 or (first == second and first_root == second_root))
    path = proof if first & (first - 1) else [first_root, *proof]
    if not path:
        return False
    here, last = first - 1, second - 1
    while here & 1:
        here, last = here >> 1, last >> 1
    old = new = path[0]
    for one in path[1:]:
        if last == 0:
            return False
        if here & 1 or here == last:
            old, new = node_hash(one, old), node_hash(one, new)
            while here and not here & 1:
                here, last = here >> 1, last >> 1
        else:
            new = node_hash(new, one)
        here, last = here >> 1, last >> 1
    return last == 0 and old == first_root and new == second_root


def included(leaf: bytes, index: int, size: int, root: bytes, proof: list[bytes]) -> bool:
    """Whether the proof shows that the leaf (by its hash) stands at `index` of the tree of `size`."""
    if not 0 <= index < size:
        return False
    here, last = index, size - 1
    for one in proof:
        if last == 0:
            return False
        if here & 1 or here == last:
            leaf = node_hash(one, leaf)
            while here and not here & 1:
                here, last = here >> 1, last >> 1
        else:
            leaf = node_hash(leaf, one)
        here, last = here >> 1, last >> 1
    return last == 0 and leaf == root


# --- signed notes (C2SP signed-note, tlog-checkpoint) -------------------------------------------


def open_note(note: str, key: str) -> tuple[int, bytes]:
    """Size and root of a checkpoint that is signed by `key`. Raises ValueError."""
    name, _public = read_key(key)
    text, blank, signatures = note.partition("\n\n")
    lines = text.split("\n")
    if not blank or len(lines) < 3 or lines[0] != name:
        raise ValueError("it is no checkpoint of " + name)
    if not lines[1].isascii() or not lines[1].isdigit() or lines[1] != str(int(lines[1])):
        raise ValueError("its size is no number")
    root = base64.b64decode(lines[2], validate=True)
    if len(root) != 32:
        raise ValueError("its root has not 32 bytes")
    if not is_signed(f"{text}\n", signatures, key):
        raise ValueError("no signature of the log's key holds")
    return int(lines[1]), root


def is_signed(text: str, signatures: str, key: str) -> bool:
    """Whether one of the lines is the key's signature over the text. Raises ValueError."""
    name, public = read_key(key)
    for line in signatures.split("\n"):
        if not line.startswith(f"— {name} "):
            continue
        raw = base64.b64decode(line.rsplit(" ", 1)[1], validate=True)
        if raw[:4] == key_hash(name, public) and ed25519_holds(public, raw[4:], text.encode()):
            return True
    return False


def read_key(key: str) -> tuple[str, bytes]:
    """Name and public key of a verifier key. Raises ValueError."""
    name, _, rest = key.strip().partition("+")
    digits, _, encoded = rest.partition("+")
    raw = base64.b64decode(encoded, validate=True)
    if len(raw) != 33 or raw[0] != 1 or key_hash(name, raw[1:]).hex() != digits:
        raise ValueError("this is no public key of a log")
    return name, raw[1:]


def key_hash(name: str, public: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n\x01" + public).digest()[:4]


# --- Ed25519 (RFC 8032), verification alone -----------------------------------------------------

_P = 2**255 - 19
_L = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, _P - 2, _P) % _P
_Point = tuple[int, int, int, int]


def ed25519_holds(public: bytes, signature: bytes, message: bytes) -> bool:
    """Whether a signature is the key's over the message; only the canonical form is accepted."""
    if len(public) != 32 or len(signature) != 64:
        return False
    key, start, scalar = _point(public), _point(signature[:32]), int.from_bytes(signature[32:], "little")
    if key is None or start is None or scalar >= _L:
        return False
    challenge = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % _L
    base = _point((4 * pow(5, _P - 2, _P) % _P).to_bytes(32, "little"))
    assert base is not None
    left, right = _times(scalar, base), _plus(start, _times(challenge, key))
    return (left[0] * right[2] - right[0] * left[2]) % _P == 0 and (
        left[1] * right[2] - right[1] * left[2]
    ) % _P == 0


def _point(raw: bytes) -> _Point | None:
    number = int.from_bytes(raw, "little")
    sign, y = number >> 255, number & ((1 << 255) - 1)
    if y >= _P:
        return None
    square = (y * y - 1) * pow(_D * y * y + 1, _P - 2, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    if (x * x - square) % _P:
        x = x * pow(2, (_P - 1) // 4, _P) % _P
    if (x * x - square) % _P or (x == 0 and sign):
        return None
    x = _P - x if x & 1 != sign else x
    return x, y, 1, x * y % _P


def _plus(one: _Point, other: _Point) -> _Point:
    a = (one[1] - one[0]) * (other[1] - other[0]) % _P
    b = (one[1] + one[0]) * (other[1] + other[0]) % _P
    c, d = 2 * one[3] * other[3] * _D % _P, 2 * one[2] * other[2] % _P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P


def _times(scalar: int, point: _Point) -> _Point:
    sum_: _Point = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            sum_ = _plus(sum_, point)
        point, scalar = _plus(point, point), scalar >> 1
    return sum_


# --- the log over HTTP, the mirror, files -------------------------------------------------------


class _Log:
    def __init__(self, url: str, timeout: float) -> None:
        self.url, self.timeout = url, timeout

    def text(self, path: str) -> str:
        """What the log answers. Raises NotChecked."""
        try:
            with urllib.request.urlopen(self.url + path, timeout=self.timeout) as answer:
                raw: bytes = answer.read(_MOST_BYTES + 1)
        except (OSError, ValueError) as problem:
            raise NotChecked(f"{self.url}{path}: {problem}") from problem
        if len(raw) > _MOST_BYTES:
            raise NotChecked(f"{self.url}{path} is too long")
        return raw.decode(errors="replace")

    def proof(self, first: int, second: int) -> tuple[str, str]:
        """The consistency proof, and why there is none when the log refuses it. Raises NotChecked."""
        path = "/proof/consistency?" + urllib.parse.urlencode({"first": first, "second": second})
        try:
            return self.text(path), ""
        except NotChecked as problem:
            cause = problem.__cause__
            if isinstance(cause, urllib.error.HTTPError) and cause.code in (400, 404, 409, 410, 422):
                return "", f"it answers {cause.code}"
            raise


def _copy(log: _Log, folder: Path, note: str, size: int, root: bytes, key: str) -> None:
    """Bring the mirror up to date and work the root out of it. Raises Alarm, NotChecked."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range((size + PAGE - 1) // PAGE):
        page = folder / f"{number:08d}.jsonl"
        wanted = min(PAGE, size - number * PAGE)
        if page.exists() and len(page.read_text().splitlines()) >= wanted:
            continue
        lines = log.text(f"/entries/{number}").splitlines()[:wanted]
        _write(page, "".join(f"{line}\n" for line in lines))
    leaves = _leaves(folder)[:size]
    if len(leaves) < size or root_of(leaves) != root:
        raise Alarm("entries", f"the entries do not give the signed root of {size}", now=note)
    _write(folder / "checkpoint", note)
    _write(folder / "key", f"{key}\n")


def check_mirror(folder: Path, key: str = "") -> int:
    """Check a mirror by itself; returns the exit code."""
    try:
        key = key or (folder / "key").read_text().strip()
        size, root = open_note((folder / "checkpoint").read_text(), key)
    except (OSError, ValueError) as problem:
        print(f"could not be checked: {problem}", file=sys.stderr)
        return NOT_CHECKED
    leaves = _leaves(folder)[:size]
    if len(leaves) < size or root_of(leaves) != root:
        print(f"ALARM: the entries do not give the signed root of {size}", file=sys.stderr)
        return ALARM
    print(f"ok: {size} entries give the signed root")
    return OK


def _leaves(folder: Path) -> list[bytes]:
    pages = sorted(folder.glob("*.jsonl"))
    return [leaf_hash(line.encode()) for page in pages for line in page.read_text().splitlines()]


def _read_state(path: Path) -> dict[str, Any] | None:
    if not path.exists():
        return None
    try:
        state: dict[str, Any] = json.loads(path.read_text())
        read_key(state["key"])
        int(state["size"]), base64.b64decode(state["root"]), str(state["note"])
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise NotChecked(
            f"the state in {path} cannot be read ({problem}); it is never made anew by itself"
        ) from problem
    return state


def _keep_evidence(folder: Path, alarm: Alarm) -> Path:
    moment = datetime.now(timezone.utc).strftime("%Y%m%dT%H%M%S.%fZ")  # noqa: UP017
    mine = folder / f"{moment}-{alarm.kind}"
    mine.mkdir(parents=True)
    for name, content in {**alarm.pieces, "report": f"{alarm.kind}: {alarm}\n"}.items():
        _write(mine / name, content)
    return mine


def _write(path: Path, content: str) -> None:
    """Put a file in place whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.new")
    with draft.open("w", encoding="utf-8") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


if __name__ == "__main__":
    sys.exit(main())
