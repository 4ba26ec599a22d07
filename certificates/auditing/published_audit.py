"""What was published: lists of keys and status lists are those of the log, and say what the register says."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping

from certificates.auditing.findings import Report
from certificates.desk import sealing
from certificates.desk.models import PileReport, ReportSeal
from certificates.keyset.models import KeySetVersion
from certificates.log.entries import report_ref
from certificates.log.models import LogEntry
from certificates.services.statuslists import states_of
from certificates.status import encoding
from certificates.status.models import StatusListVersion

_KEYSETS, _LISTS = "certificates_keyset", "certificates_status_list"
_SEALS = "certificates_report_seal"


def audit_published(report: Report) -> None:
    """Each published list has its entry in the log with its digest, none is gone, and the newest fit the register."""
    logged: dict[str, dict[str, str]] = {_KEYSETS: {}, _LISTS: {}}
    entries = LogEntry.select(LogEntry.kind, LogEntry.entry).where(
        LogEntry.kind.in_(["keyset", "statuslist"])
    )
    for kind, text in entries.tuples():
        told = json.loads(text)
        if kind == "keyset":
            logged[_KEYSETS][str(told["version"])] = told["digest"]
        else:
            logged[_LISTS][f"{told['list']}/{told['sequence']}"] = told["digest"]
    rows = KeySetVersion.select(KeySetVersion.version, KeySetVersion.document)
    _compare(
        report,
        _KEYSETS,
        {str(version): _sha256(text.encode()) for version, text in rows.tuples()},
        logged[_KEYSETS],
    )
    newest: dict[int, tuple[int, bytes, int]] = {}
    kept = {}
    columns = (
        StatusListVersion.number,
        StatusListVersion.sequence,
        StatusListVersion.document,
        StatusListVersion.changed_to,
    )
    for number, sequence, text, changed_to in (
        StatusListVersion.select(*columns).order_by(StatusListVersion.id).tuples()
    ):
        bits = _bits(text)
        kept[f"{number}/{sequence}"] = _sha256(bits)
        newest[number] = (sequence, bits, changed_to)
    _compare(report, _LISTS, kept, logged[_LISTS])
    for number, (sequence, bits, changed_to) in newest.items():
        wrong = _differing(bits, encoding.pack(states_of(number, upto=changed_to)))
        if wrong:
            report.note("list_differs", _LISTS, f"{number}/{sequence}", f"#{number}", wrong)
    _reports(report)
    report.count("published lists", len(kept) + len(rows))


def _reports(report: Report) -> None:
    """Every signed report of the verify desk, its text written anew from its row, against the log."""
    entries_ = LogEntry.select(LogEntry.entry).where(LogEntry.kind == "report")
    told = [json.loads(text) for (text,) in entries_.tuples()]
    logged = {one["report"]: one["digest"] for one in told}
    seals = ReportSeal.select(ReportSeal, PileReport).join(PileReport)
    kept = {
        report_ref(str(one.report.id16)): sealing.note_digest(
            sealing.text(one.report, str(one.note).partition("\n")[0], str(one.pdf_sha256))
        )
        for one in seals
    }
    _compare(report, _SEALS, kept, logged)


def _compare(report: Report, table: str, kept: Mapping[str, str], logged: Mapping[str, str]) -> None:
    for name, digest in kept.items():
        if name not in logged:
            report.note("not_logged", table, name, f"#{name}", name)
        elif logged[name] != digest:
            report.note("log_differs", table, name, f"#{name}", "digest")
    for name in logged.keys() - kept.keys():
        report.note("deleted", table, name, f"#{name}", name)


def _bits(text: str) -> bytes:
    """The bits of a list; nothing when it cannot be read, which then differs from its digest."""
    try:
        return encoding.expand(
            base64.b64decode(json.loads(text)["encoded"]), encoding.SIZE * encoding.BITS // 8
        )
    except (KeyError, TypeError, ValueError):
        return b""


def _differing(one: bytes, other: bytes) -> int:
    """At how many places two lists say different things."""
    if len(one) != len(other):
        return encoding.SIZE
    places = {*encoding.places_set(one), *encoding.places_set(other)}
    return sum(encoding.state_at(one, place) != encoding.state_at(other, place) for place in places)


def _sha256(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()
