"""What is signed of a report, and whether a report on record is still the one that was signed.

A signed note (C2SP) by the key of the public log: address of the report, its moment, the SHA-256 of its lines and files.
No name of a person is in it, and it is no state of the log: its first line is the report's address.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from typing import Any

from certificates.desk.models import PileReport, ReportSeal
from certificates.log import checkpoints, entries, notes
from certificates.log.models import LogEntry, LogKey
from certificates.token.algorithms import ED25519, holds

FORM = "kimbang-report 1"
GENUINE, WAITING, ALTERED = "genuine", "waiting", "altered"


@dataclass(frozen=True)
class Standing:
    """How a report on record stands: genuine, waiting for its signature, or altered since."""

    state: str
    seal: ReportSeal | None = None
    #: Its entry in the public log, counted from 1; 0 until it is published.
    place: int = 0


def text(report: PileReport, address: str, signed_pdf: str) -> str:
    """What is signed, line by line."""
    lines = [
        address,
        FORM,
        f"made {entries.moment(report.made_at)}",
        f"lines {lines_digest(report)}",
        f"pdf {report.pdf_sha256}",
        f"xlsx {report.xlsx_sha256}",
    ]
    if signed_pdf != report.pdf_sha256:
        lines.append(f"pdf-signed {signed_pdf}")
    return "\n".join(lines) + "\n"


def lines_digest(report: PileReport) -> str:
    """The SHA-256 over what the public page shows."""
    return entries.digest(entries.canonical(report.content).encode())


def note_digest(said: str) -> str:
    """What the public log holds of a signed report."""
    return hashlib.sha256(said.encode()).hexdigest()


def seal_of(report: PileReport) -> ReportSeal | None:
    """The signature of a report; None until the worker made it."""
    found: ReportSeal | None = ReportSeal.get_or_none(ReportSeal.report == report.id)
    return found


def standing(report: PileReport) -> Standing:
    """Work the signature out again: four small queries."""
    seal = seal_of(report)
    if seal is None:
        return Standing(WAITING)
    said, _blank, signature = str(seal.note).partition("\n\n")
    said += "\n"
    entry = (
        LogEntry.select(LogEntry.entry).where(LogEntry.seq == seal.seq, LogEntry.kind == "report").scalar()
    )
    right = (
        _is_signed(said, signature, str(seal.kid))
        and said == text(report, said.partition("\n")[0], str(seal.pdf_sha256))
        and said.partition("\n")[0].endswith(f"/c/r/{report.id16}")
        and entry is not None
        and f'"digest":"{note_digest(said)}"' in entry
    )
    if not right:
        return Standing(ALTERED, seal)
    return Standing(GENUINE, seal, int(seal.seq) + 1 if seal.seq < checkpoints.published() else 0)


def _is_signed(said: str, signature: str, kid: str) -> bool:
    key: Any = LogKey.get_or_none(LogKey.kid == kid)
    if key is None or not signature.startswith("— "):
        return False
    try:
        raw = base64.b64decode(signature.strip().rsplit(" ", 1)[1], validate=True)
    except ValueError:
        return False
    public = bytes(key.public_key)
    return raw[:4] == notes.key_hash(str(key.origin), public) and holds(
        ED25519, public, raw[4:], said.encode()
    )
