"""The register against signatures, log and papers: certificates in portions, a few queries each."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from peewee import chunked

from certificates import keyset, record
from certificates.auditing.findings import Report
from certificates.log import entries
from certificates.log.models import LogEntry
from certificates.models import Certificate, Key, StatusChange
from certificates.token import PublicKey, key_id, signature_holds, verify_token
from certificates.token.verify import GENUINE, KEY_WITHDRAWN
from lms.config import settings

AT_ONCE = 1000
_TABLE = "certificates_certificate"
#: A signature and its entry are written together; clocks may differ by this much.
_APART = timedelta(hours=1)
#: What a changed value breaks when it is no longer of its kind.
_UNREADABLE = (ValueError, TypeError, AttributeError, KeyError, OverflowError)

Leaves = dict[tuple[str, int | None], list[tuple[dict[str, Any], bytes, str]]]


class RegisterAudit:
    """Reads every certificate once, in the order of their keys."""

    def __init__(self, report: Report, *, files: bool, done: Callable[[int], None]) -> None:
        self.report, self.files, self.done = report, files, done
        self.keys: dict[bytes, PublicKey] = {}

    def run(self) -> None:
        self._read_keys()
        last = 0
        while ids := self._ids(last):
            rows = self._rows(ids)
            statuses = self._statuses(last, ids[-1])
            leaves = self._leaves(last, ids[-1])
            for number in ids:
                row = rows.get(number)
                mine, steps = leaves.pop(number, {}), statuses.pop(number, [])
                if row is None:
                    self.report.note("unreadable", _TABLE, number, f"#{number}")
                    continue
                self._certificate(row, steps, mine)
            self._gone(leaves)
            last = ids[-1]
            self.report.count("certificates", len(ids))
            self.done(len(ids))
        self._gone(self._leaves(last, None))

    def _read_keys(self) -> None:
        for row in Key.select():
            public = keyset.public_key(row)
            self.keys[public.kid] = public
            if key_id(public.algorithm, public.raw) != public.kid:
                self.report.note("key", "certificates_key", row.id, row.kid)

    # --- reading -----------------------------------------------------------------------------------

    def _ids(self, last: int) -> list[int]:
        query = (
            Certificate.select(Certificate.id)
            .where(Certificate.id > last)
            .order_by(Certificate.id)
            .limit(AT_ONCE)
        )
        return [row[0] for row in query.tuples()]

    def _rows(self, ids: list[int]) -> dict[int, Certificate]:
        """The certificates; one that cannot even be read is left out."""
        query = Certificate.select().where(Certificate.id >= ids[0], Certificate.id <= ids[-1])
        try:
            return {row.id: row for row in query}
        except _UNREADABLE:
            return dict(self._one_by_one(ids))

    def _one_by_one(self, ids: list[int]) -> Iterator[tuple[int, Certificate]]:
        for number in ids:
            try:
                yield number, Certificate.get_by_id(number)
            except _UNREADABLE:
                continue

    def _statuses(self, after: int, upto: int) -> dict[int, list[StatusChange]]:
        found: dict[int, list[StatusChange]] = {}
        query = StatusChange.select().where(
            StatusChange.certificate > after, StatusChange.certificate <= upto
        )
        for one in query.order_by(StatusChange.certificate, StatusChange.number):
            found.setdefault(one.certificate_id, []).append(one)
            self.report.count("statuses", 1)
        return found

    def _leaves(self, after: int, upto: int | None) -> dict[int, Leaves]:
        found: dict[int, Leaves] = {}
        columns = (
            LogEntry.certificate,
            LogEntry.kind,
            LogEntry.number,
            LogEntry.entry,
            LogEntry.salt,
            LogEntry.ref,
        )
        query = LogEntry.select(*columns).where(LogEntry.certificate > after)
        if upto is not None:
            query = query.where(LogEntry.certificate <= upto)
        for number, kind, step, text, salt, ref in query.order_by(LogEntry.seq).tuples():
            try:
                told = json.loads(text)
            except ValueError:
                told = {}
            mine = found.setdefault(number, {})
            mine.setdefault((kind, step), []).append((told, bytes(salt or b""), ref))
        return found

    # --- one certificate ---------------------------------------------------------------------------

    def _certificate(self, row: Certificate, steps: list[StatusChange], leaves: Leaves) -> None:
        try:
            self._frozen(row, leaves)
            self._signed(row, leaves)
        except _UNREADABLE:
            self._note("unreadable", row)
        self._standing(row, steps, leaves)
        self._paper(row, leaves)
        twice = sorted({kind for (kind, _step), found in leaves.items() if len(found) > 1})
        if twice:
            self._note("logged_twice", row, ", ".join(twice))

    def _frozen(self, row: Certificate, leaves: Leaves) -> None:
        leaf = self._leaf(row, leaves, "issue", 1)
        if leaf is None:
            return
        told, salt = leaf
        if told.get("record") != entries.record_commitment(salt, row.__data__, told.get("form", 1)):
            self._note("altered", row)

    def _signed(self, row: Certificate, leaves: Leaves) -> None:
        if row.token is None:
            self.report.count("unsigned", 1)
            if ("sign", None) in leaves or row.record_signature is not None or row.kid:
                self._note("half_signed", row)
            return
        raw = bytes(row.token)
        outcome = verify_token(raw, self.keys)
        if outcome.code not in {GENUINE, KEY_WITHDRAWN} or outcome.token is None:
            self._note("token", row, outcome.code)
        elif different := _different(row, outcome.token.body):
            self._note("differs", row, ", ".join(different))
        key = self.keys.get(raw[:4])
        extract = record.message(raw[:4], record.extract(row))
        if key is None or not signature_holds(key, bytes(row.record_signature or b""), extract):
            self._note("extract", row)
        leaf = self._leaf(row, leaves, "sign", None)
        if leaf is None:
            return
        told, _salt = leaf
        if outcome.code == KEY_WITHDRAWN and not _was_good(self.keys[raw[:4]], told.get("seq")):
            self._note("after_withdrawal", row, row.kid)
        if told.get("token") != entries.digest(raw):
            self._note("log_differs", row, "token")
        elif "late" not in told and not _close(row.signed_at, told.get("time", "")):
            self._note("log_differs", row, "signed_at")

    def _standing(self, row: Certificate, steps: list[StatusChange], leaves: Leaves) -> None:
        if [one.number for one in steps] != list(range(1, len(steps) + 1)) or not steps:
            self._note("status_gap", row)
        kinds = {step: kind for kind, step in leaves if step is not None}
        for one in steps:
            kind = kinds.get(one.number, entries.KIND_OF_STATUS.get(str(one.status), "issue"))
            if one.number == 1 and kind not in kinds.values():
                continue  # said already
            leaf = self._leaf(row, leaves, kind, one.number)
            if leaf is None:
                continue
            told, salt = leaf
            right = entries.status_commitment(salt, one.__data__, told.get("status_form", 1))
            if told.get("status") != right:
                self.report.note("status_altered", "certificates_status", one.id, row.serial, one.number)
        for step in sorted(kinds.keys() - {one.number for one in steps}):
            self.report.note("status_deleted", "certificates_status", "", row.serial, step)

    def _paper(self, row: Certificate, leaves: Leaves) -> None:
        if not row.pdf_sha256:
            if ("print", None) in leaves or row.pdf_path or row.printed_at:
                self._note("paper_missing", row)
            return
        leaf = self._leaf(row, leaves, "print", None)
        if leaf is not None:
            told, _salt = leaf
            if told.get("paper") != row.pdf_sha256:
                self._note("log_differs", row, "pdf_sha256")
            elif "late" not in told and not _close(row.printed_at, told.get("time", "")):
                self._note("log_differs", row, "printed_at")
        if not self.files:
            return
        digest = _file_digest(settings().files / str(row.pdf_path))
        self.report.count("papers", 1)
        if digest is None:
            self._note("paper_missing", row)
        elif digest != row.pdf_sha256:
            self._note("paper_differs", row)

    def _leaf(
        self, row: Certificate, leaves: Leaves, kind: str, step: int | None
    ) -> tuple[dict[str, Any], bytes] | None:
        found = leaves.get((kind, step))
        name = kind if step is None else f"{kind} {step}"
        if not found:
            self._note("not_logged", row, name)
            return None
        told, salt, ref = found[0]
        if ref != entries.certificate_ref(str(row.id16)):
            self._note("log_differs", row, "id16")
        return told, salt

    def _gone(self, leaves: dict[int, Leaves]) -> None:
        for part in chunked(sorted(leaves), AT_ONCE):
            for number in part:
                kinds = ", ".join(sorted({kind for kind, _step in leaves[number]}))
                self.report.note("deleted", _TABLE, number, f"#{number}", kinds)

    def _note(self, code: str, row: Certificate, detail: Any = "") -> None:
        self.report.note(code, _TABLE, row.id, row.serial, detail)


def _different(row: Certificate, signed: Any) -> list[str]:
    """Fields of the signed body that the row contradicts."""
    own = record.body(row)
    names = [name for name in signed.__dataclass_fields__ if getattr(own, name) != getattr(signed, name)]
    return names if str(row.kid) == bytes(row.token or b"")[:4].hex() else [*names, "kid"]


def _was_good(key: PublicKey, seq: Any) -> bool:
    """Whether an entry stood in the log while its key was safe."""
    return key.last_good_checkpoint is not None and isinstance(seq, int) and seq < key.last_good_checkpoint


def _close(at: Any, told: str) -> bool:
    """Whether a column's time is the time of the entry."""
    try:
        return abs(at - datetime.fromisoformat(told.removesuffix("Z"))) < _APART
    except (TypeError, ValueError, AttributeError):
        return False


def _file_digest(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None
