"""Make the offline data and the file anew when something they hold has changed: the worker's part.

Both are files beside the papers, so that web processes only hand them out.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from certificates import keys, keyset, queries
from certificates.keyset.document import moment
from certificates.log import checkpoints
from certificates.offline import document, shell, standing
from certificates.offline.document import Snapshot
from certificates.status import places
from certificates.status.documents import SignedList
from certificates.status.models import StatusListVersion
from lms import clock
from lms.config import settings

#: Without any status list yet, the data are good for as long as one would be.
FRESH = timedelta(hours=24)


def folder() -> Path:
    """Where data and file lie."""
    return settings().files / "offline"


def bundle_path() -> Path:
    return folder() / "bundle.json"


def file_path() -> Path:
    return folder() / "verifier.html"


def facts() -> dict[str, Any]:
    """What was made last: ``made_at``, ``sha256``, ``bytes``, ``kid``, ``signature`` of the file; {} before the first."""
    try:
        said: dict[str, Any] = json.loads((folder() / "facts.json").read_text())
    except FileNotFoundError:
        return {}
    return said


def make() -> bool:
    """Write data and file anew when keys, lists, dictionary, log or the page changed; returns whether anything was.

    Nothing is made while there is no published key set, no status key or a list that is still missing. Raises
    KeyUnavailable when the status key cannot sign.
    """
    keyset.refresh()
    known, key = keyset.book(), queries.status_key(clock.today())
    lists = [places.newest(number) for number in places.lists_in_use()]
    if (
        known.signed is None
        or known.document is None
        or key is None
        or key.published_at is None
        or None in lists
    ):
        return False
    whole = [one for one in lists if one is not None]
    before, stamp, state = facts(), _stamp(known, whole), checkpoints.latest()
    size = int(state.size) if state else 0
    is_there = before.get("stamp") == stamp and bundle_path().exists() and file_path().exists()
    if is_there and before.get("size") == size:
        return False
    # A log that merely grew changes the data, not the file: that would be made anew every minute.
    about = (
        json.loads(bundle_path().read_text())["about"]
        if is_there
        else _signed_about(known, whole, str(key.kid), size)
    )
    bundle = {
        "v": 1,
        "keyset": known.signed.as_json(),
        "lists": [_signed(one).as_json() for one in whole],
        "about": about,
        "checkpoint": str(state.note) if state else "",
    }
    _write(bundle_path(), json.dumps(bundle, ensure_ascii=False, separators=(",", ":")).encode())
    made = (
        before | {"size": size}
        if is_there
        else _make_file(bundle, str(key.kid)) | {"size": size, "stamp": stamp}
    )
    _write(folder() / "facts.json", json.dumps(made, indent=1).encode())
    return True


def _stamp(known: keyset.KeyBook, lists: list[StatusListVersion]) -> str:
    """What decides whether the file must be made anew."""
    log_key = checkpoints.key()
    parts = [
        shell.version(),
        known.signed.as_json() if known.signed else None,
        [(one.number, one.sequence, one.digest) for one in lists],
        keyset.dictionary(known),
        checkpoints.vkey(log_key) if log_key else "",
        settings().base_url,
        settings().former_urls,
    ]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _signed_about(
    known: keyset.KeyBook, lists: list[StatusListVersion], kid: str, size: int
) -> dict[str, str]:
    assert known.document is not None
    log_key, now = checkpoints.key(), clock.now().replace(microsecond=0)
    text = document.write(
        Snapshot(
            now,
            min([now + FRESH, *(one.next_update for one in lists)]),
            [settings().base_url],
            settings().former_addresses,
            known.document.version,
            {one.number: one.sequence for one in lists},
            checkpoints.vkey(log_key) if log_key else "",
            size,
            keyset.dictionary(known),
            standing.counts_today(known, clock.today()),
        )
    )
    return SignedList(text, kid, _sign(kid, document.message(kid, text))).as_json()


def _signed(row: StatusListVersion) -> SignedList:
    return SignedList(row.document, row.kid, bytes(row.signature))


def _make_file(bundle: dict[str, Any], kid: str) -> dict[str, Any]:
    content = shell.one_file(bundle, made_at=clock.now()).encode()
    digest = hashlib.sha256(content).hexdigest()
    _write(file_path(), content)
    return {
        "made_at": moment(clock.now()),
        "sha256": digest,
        "bytes": len(content),
        "kid": kid,
        "signature": base64.b64encode(_sign(kid, document.file_message(kid, digest))).decode(),
    }


def made_at(said: dict[str, Any]) -> datetime:
    """When the file was made, in UTC."""
    return read_moment(said["made_at"])


def read_moment(text: str) -> datetime:
    """A moment of these files, in UTC. Raises ValueError."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ")


def _sign(kid: str, message: bytes) -> bytes:
    return keys.released(keys.signer_for(kid), message)


def _write(path: Path, content: bytes) -> None:
    """Put a file in place whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}.new")
    draft.write_bytes(content)
    draft.replace(path)
