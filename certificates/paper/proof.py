"""What goes along with a paper as a file: everything needed to check it in twenty years without asking us.

`proof.json` holds the address in the code, the signed register extract, the same as a verifiable credential (a token for the
programs of others), and how far the public log had it when the paper was made: with the signed state, who countersigned it,
and the hashes when it was included already, else the place it was given.
"""

from __future__ import annotations

import base64
import json
from typing import Any

from certificates import keyset, record
from certificates.errors import SelfTestFailed
from certificates.interop import services as interop
from certificates.log import checkpoints, cosignatures, reading
from certificates.log.entries import certificate_ref
from certificates.log.models import LogEntry
from certificates.models import Key
from lms.config import settings
from lms.errors import NotFound


def proof(certificate: Any, url: str) -> bytes:
    """The file of a signed certificate, as canonical JSON. Raises SelfTestFailed."""
    key = Key.get(Key.kid == certificate.kid)
    values = {
        "form": 1,
        "address": url,
        "token": _text(bytes(certificate.token)),
        "record": record.extract(certificate),
        "record_signature": _text(bytes(certificate.record_signature)),
        "key": keyset.key_json(keyset.public_key(key)),
        "log": _log(certificate),
    }
    credential = "" if key.status == "withdrawn" else _credential(certificate)
    if credential:
        values["credential"] = credential
    return json.dumps(values, ensure_ascii=False, sort_keys=True, indent=1).encode()


def _credential(certificate: Any) -> str:
    """The credential as a token, verified; empty while none is made.

    Raises SelfTestFailed when the row is not what was signed.
    """
    try:
        return interop.token(certificate)
    except NotFound:
        return ""
    except interop.Altered as wrong:
        raise SelfTestFailed(f"{certificate.serial}: the row is not what was signed") from wrong


def _log(certificate: Any) -> dict[str, Any]:
    """The entry that signed it, and its proof when a published state includes it."""
    entry = (
        LogEntry.select(LogEntry.seq, LogEntry.entry)
        .where(LogEntry.ref == certificate_ref(certificate.id16), LogEntry.kind == "sign")
        .order_by(LogEntry.seq)
        .tuples()
        .first()
    )
    told: dict[str, Any] = {
        "origin": checkpoints.origin(),
        "proofs": f"{settings().base_url}/log/proof/inclusion",
    }
    if entry is None:
        return told
    place, text = entry
    told |= {"index": place, "entry": text}
    last = checkpoints.latest()
    if last is not None and last.size > place:
        hashes = reading.inclusion_proofs([place], last.size)[0]
        note = f"{last.note}{cosignatures.lines_of(int(last.size))}"
        told |= {"size": last.size, "checkpoint": note, "hashes": [_text(one) for one in hashes]}
    return told


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
