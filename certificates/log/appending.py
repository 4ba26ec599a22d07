"""Add entries to the log, inside the transaction of the deed that they tell of."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from certificates.log import entries, tree
from certificates.log.models import LogEntry, LogHead, LogNode
from certificates.models import Certificate, StatusChange
from lms import clock
from lms.db import atomic, insert_many, lock

#: Subtrees of these levels are kept: 256 leaves, 65,536, 16,777,216 …
KEPT_LEVELS = 8


@dataclass(frozen=True)
class Deed:
    """Something the log tells: a kind of `certificates.log.entries` with the rows and facts that belong to it."""

    kind: str
    certificate: Certificate | None = None
    #: The status that was added, for the kinds that change the standing of a certificate.
    change: StatusChange | None = None
    facts: dict[str, Any] = field(default_factory=dict)


def append(
    kind: str, *, certificate: Certificate | None = None, change: StatusChange | None = None, **facts: Any
) -> LogEntry:
    """Add one entry; see `append_many`. `facts` are numbers, hashes and codes: ``version=3, digest="9f…"``."""
    return append_many([Deed(kind, certificate, change, facts)])[0]


@atomic
def append_many(deeds: Iterable[Deed], *, at: datetime | None = None) -> list[LogEntry]:
    """Add entries in order, in the caller's transaction; whoever comes meanwhile waits for its end.

    ``issue`` (with the certificate and its first status) binds the frozen values, ``sign`` (with `token`, its SHA-256)
    the signed token, ``print`` (with `paper`) the PDF, ``suspend``, ``unsuspend``, ``revoke`` and ``supersede`` (with the status) what became of it. Values
    that say something about a person are bound by salted hashes; they themselves never get into the log.
    Raises ValueError for an unknown kind or a fact in words.
    """
    moment = at or clock.now()
    head = _lock_head()
    growing = tree.Growing.read(head.size, bytes(head.peaks))
    rows, nodes = [], []
    for deed in deeds:
        row = _row(deed, growing.size, moment)
        rows.append(row)
        nodes += [
            {"level": level, "place": place, "hash": root}
            for (level, place), root in growing.add(row["leaf"])
            if level % KEPT_LEVELS == 0
        ]
    insert_many(LogEntry, rows)
    insert_many(LogNode, nodes)
    LogHead.update(size=growing.size, peaks=growing.packed).where(LogHead.id == head.id).execute()
    return [LogEntry(**row) for row in rows]


def included_at(certificate_id: int) -> int | None:
    """The smallest size of the log in which the signed token of a certificate is included; None when it is not in it."""
    return includes_at([certificate_id]).get(certificate_id)


def includes_at(certificate_ids: Sequence[int]) -> dict[int, int]:
    """`included_at` of many certificates in one query; those whose token the log does not know are left out."""
    query = (
        LogEntry.select(LogEntry.certificate, LogEntry.seq, LogEntry.entry, Certificate.token)
        .join(Certificate)
        .where(LogEntry.certificate.in_(list(certificate_ids) or [-1]), LogEntry.kind == "sign")
        .order_by(LogEntry.seq.desc())
        .tuples()
    )
    return {
        certificate_id: seq + 1
        for certificate_id, seq, entry, token in query
        if token is not None and json.loads(entry).get("token") == entries.digest(bytes(token))
    }


def _lock_head() -> LogHead:
    head: LogHead | None = LogHead.get_or_none()
    return lock(head) if head is not None else LogHead.create()


def _row(deed: Deed, seq: int, at: datetime) -> dict[str, Any]:
    facts, salt = dict(deed.facts), None
    if deed.kind in entries.OF_CERTIFICATES:
        salt = secrets.token_bytes(entries.SALT_BYTES)
        facts = _facts(deed, salt) | facts
    entry = entries.entry(deed.kind, seq, at, **facts)
    return {
        "seq": seq,
        "kind": deed.kind,
        "certificate": deed.certificate.id if deed.certificate else None,
        "number": deed.change.number if deed.change else None,
        "ref": facts.get("certificate", ""),
        "entry": entry.decode(),
        "leaf": hashlib.sha256(b"\x00" + entry).digest(),
        "salt": salt if "record" in facts or "status" in facts else None,
    }


def _facts(deed: Deed, salt: bytes) -> dict[str, Any]:
    """What the entry of a deed on a certificate says. Raises ValueError when a row is missing that it has to bind."""
    certificate, change = deed.certificate, deed.change
    if certificate is None or (change is None and deed.kind not in {"sign", "print"}):
        raise ValueError(f"An entry {deed.kind!r} needs the certificate, and the status that was added.")
    facts: dict[str, Any] = {"certificate": entries.certificate_ref(certificate.id16)}
    if change is None:
        name = {"sign": "token", "print": "paper"}[deed.kind]
        if name not in deed.facts:
            raise ValueError(f"An entry {deed.kind!r} needs the hash of the {name}.")
        return facts
    facts |= {
        "status": entries.status_commitment(salt, change.__data__),
        "status_form": entries.STATUS_FORM,
        "number": change.number,
        "on": change.on_date.isoformat(),
        "ground": change.ground,
    }
    if deed.kind == "issue":
        facts |= {
            "record": entries.record_commitment(salt, certificate.__data__),
            "form": entries.RECORD_FORM,
        }
    return facts
