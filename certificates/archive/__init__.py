"""Check a paper from files alone: the lists of keys and statuses and the log as they were published, no service, no database.

A folder holds `keys.json`, `status/0` … and `log/` (a mirror by witness.py, with `keys` beside it), and `root-public.txt`;
whoever checks compares the root and the key of the log with what the regulation printed.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from certificates.keyset import document as documents
from certificates.keyset.document import KeySetDocument, Signed, Untrusted
from certificates.log import entries, witness
from certificates.status import encoding
from certificates.status import reading as statuses
from certificates.status.documents import SignedList
from certificates.token import Malformed, NotAnId, Outcome, base32, read_address, verify_fragment

GENUINE, NOT_GENUINE, UNCONFIRMED, EXPIRED = "genuine", "not_genuine", "unconfirmed", "expired"
_STATES = ("", "revoked", "superseded", "suspended")
_KINDS = {"revoke": "revoked", "supersede": "superseded", "suspend": "suspended", "unsuspend": ""}


class NotUsable(ValueError):
    """The folder proves nothing; the sentence says what is wrong with it."""


@dataclass
class Answer:
    """What the files say of a paper: verdict, the signed values, and the day up to which they know."""

    code: str
    detail: str = ""
    lines: list[tuple[str, str]] = field(default_factory=list)
    known_until: datetime | None = None


@dataclass(frozen=True)
class Log:
    """A mirror whose entries give the signed root."""

    lines: list[str]
    until: datetime | None

    def on(self, identifier: bytes) -> Iterator[dict[str, Any]]:
        """The entries on one certificate, oldest first, each with its place."""
        ref = entries.certificate_ref(base32.path_id(identifier))
        for line in self.lines:
            if ref in line:
                yield json.loads(line)


def check(folder: Path, what: str, today: date, *, root: str = "", log_key: str = "") -> Answer:
    """Check an address as the code carries it, or the PDF of a paper (a path), with the files of a folder.

    `root` and `log_key` are pins as printed in the regulation; without them those in the folder are believed.
    Raises NotUsable.
    """
    address = _address(what)
    keys = _keys(folder, root)
    log = _log(folder, log_key)
    try:
        _base, identifier, digits = read_address(address)
    except (Malformed, NotAnId) as wrong:
        raise NotUsable(f"This is no address of a certificate ({wrong}).") from wrong
    outcome = verify_fragment(identifier, digits, {key.kid: key for key in keys.keys})
    token = outcome.token
    if token is None or token.body is None or outcome.code not in {"genuine", "key_withdrawn"}:
        return Answer(NOT_GENUINE, outcome.code)
    answer = Answer(GENUINE, lines=_lines(token.body, identifier))
    told = list(log.on(identifier)) if log else []
    place = next(
        (one["seq"] for one in told if one.get("token") == hashlib.sha256(token.raw).hexdigest()), None
    )
    if place is not None:
        answer.lines.append(("log", f"entry {place + 1}, signed state of {len(log.lines) if log else 0}"))
    if outcome.code == "key_withdrawn" and not _was_safe(outcome, keys, place):
        return _with(answer, UNCONFIRMED, "its key was withdrawn, and the log does not prove it older")
    answer = _with_status(answer, folder, keys, token.body.status_index, log, told)
    ends = token.body.valid_until
    past = ends is not None and ends < today and answer.code == GENUINE
    return _with(answer, EXPIRED, f"on {ends:%d/%m/%Y}") if past else answer


def _with(answer: Answer, code: str, detail: str) -> Answer:
    answer.code, answer.detail = code, detail
    return answer


def _with_status(
    answer: Answer,
    folder: Path,
    keys: KeySetDocument,
    index: int,
    log: Log | None,
    told: list[dict[str, Any]],
) -> Answer:
    """The status by the list and by the log: either may be older than the other, and what either says against it counts."""
    by_list, list_until = _listed(folder, keys, index)
    by_log = ""
    for one in told:
        by_log = _KINDS.get(one["type"], by_log)
    known = [moment for moment in (list_until, log.until if log else None) if moment]
    if not known:
        return _with(answer, UNCONFIRMED, "neither a status list nor a log is in the folder")
    answer.known_until = max(known)
    return _with(answer, by_log or by_list or GENUINE, "")


def _listed(folder: Path, keys: KeySetDocument, index: int) -> tuple[str, datetime | None]:
    """The state in the archived status list, and the moment it was made."""
    number = index // encoding.SIZE
    path = folder / "status" / str(number)
    if not path.is_file():
        return "", None
    try:
        said = json.loads(path.read_text())
        signed = SignedList(said["document"], said["kid"], base64.b64decode(said["signature"], validate=True))
        known = {key.kid: key for key in keys.status_keys}
        found = statuses.read(signed, known, number=number, now=datetime.min)
        return _STATES[found.state(index)], found.issued_at
    except (KeyError, TypeError, ValueError) as wrong:
        raise NotUsable(
            f"{path} is no status list that a key of the list of keys signed ({wrong})."
        ) from wrong


def _keys(folder: Path, pin: str) -> KeySetDocument:
    path = folder / "keys.json"
    try:
        root = documents.read_pin(pin or (folder / "root-public.txt").read_text().strip())
        said = json.loads(path.read_text())["keyset"]
        signed = Signed(said["document"], said["root"], base64.b64decode(said["signature"], validate=True))
        return documents.trusted(signed, root)
    except (OSError, KeyError, TypeError, ValueError) as wrong:
        why = wrong if isinstance(wrong, Untrusted | OSError) else f"not readable: {wrong}"
        raise NotUsable(f"{path} is not signed by the root ({why}).") from wrong


def _log(folder: Path, pin: str) -> Log | None:
    """The mirror, when there is one: its entries must give the root that the key of the log signed."""
    place = folder / "log"
    if not (place / "checkpoint").is_file():
        return None
    try:
        lines = [line for page in sorted(place.glob("*.jsonl")) for line in page.read_text().splitlines()]
        key = pin or (place / "key").read_text().strip()
        note = (place / "checkpoint").read_text()
        size, root = witness.open_note(note, _follow(place, key, note, lines))
    except (OSError, ValueError, KeyError, TypeError) as wrong:
        raise NotUsable(f"{place} is no mirror of the log with this key ({wrong}).") from wrong
    lines = lines[:size]
    if len(lines) < size or witness.root_of([witness.leaf_hash(one.encode()) for one in lines]) != root:
        raise NotUsable(f"{place}: the entries do not give the signed root; the mirror was changed.")
    last = json.loads(lines[-1])["time"] if lines else ""
    return Log(lines, documents.read_moment(last) if last else None)


def _follow(place: Path, key: str, note: str, lines: list[str]) -> str:
    """The key that signed the state: the one given, or one announced after it, with the announcement in the log."""
    try:
        witness.open_note(note, key)
        return key
    except ValueError:
        steps = witness.steps_from(key, (place / "keys").read_text()) if (place / "keys").is_file() else []
    for step in steps:
        digest = hashlib.sha256(step.said.encode()).hexdigest()
        if json.loads(lines[step.index]).get("digest") != digest:
            break
        key = step.key
    return key


def _was_safe(outcome: Outcome, keys: KeySetDocument, place: int | None) -> bool:
    kid = outcome.token.kid if outcome.token else b""
    good = next((key.last_good_checkpoint for key in keys.keys if key.kid == kid), None)
    return good is not None and place is not None and place < good


def _lines(body: Any, identifier: bytes) -> list[tuple[str, str]]:
    born = f"{body.birth:%d/%m/%Y}" if isinstance(body.birth, date) else str(body.birth)
    return [
        ("id", base32.path_id(identifier)),
        ("name", body.name),
        ("birth", born),
        ("serial", body.serial),
        ("issued on", f"{body.issued_on:%d/%m/%Y}"),
        ("programme", str(body.programme)),
        ("posts", ", ".join(map(str, body.posts)) or "-"),
    ]


def _address(what: str) -> str:
    """The address itself, or the one in the proof that is attached to a PDF."""
    if "/c/" in what:
        return what
    from pypdf import PdfReader  # noqa: PLC0415  only for papers as files
    from pypdf.errors import PyPdfError  # noqa: PLC0415

    try:
        attached = PdfReader(io.BytesIO(Path(what).read_bytes())).attachments
        return str(json.loads(attached["proof.json"][0])["address"])
    except (OSError, PyPdfError, KeyError, IndexError, ValueError) as wrong:
        raise NotUsable(f"{what} is neither an address nor a PDF with its proof.json.") from wrong
