"""What is signed of the offline data: pure functions (docs/certificate-format.md, Offline data).

Key set, status lists and log state carry signatures of their own. This text binds them to one moment and adds what has
none: the dictionary, the addresses that are ours, and the key of the public log.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from certificates.keyset.document import canonical, moment
from lms.config import FormerAddress

DOMAIN = b"VNOFFLINE1\x00"
FILE_DOMAIN = b"VNFILE1\x00"


@dataclass(frozen=True)
class Snapshot:
    """What one moment's offline data say."""

    issued_at: datetime
    next_update: datetime
    #: What addresses of ours begin with (scheme and host), and what they began with on days gone by.
    origins: Sequence[str]
    former: Sequence[FormerAddress]
    #: Version of the key set, and list → sequence of the status lists, that belong to it.
    keyset: int
    lists: Mapping[int, int]
    #: The public log's key as witnesses pin it, and its size when this was written; "" and 0 before its first state.
    log: str
    log_size: int
    #: issuers, programmes, posts, rules: entries of the dictionary.
    terms: Mapping[str, Iterable[Mapping[str, Any]]]
    #: What programmes count for on the day of the data (certificates.offline.standing).
    counts: Mapping[str, Any]


def write(snapshot: Snapshot) -> str:
    """The text to be signed."""
    return canonical(
        {
            "v": 1,
            "issued_at": moment(snapshot.issued_at),
            "next_update": moment(snapshot.next_update),
            "origins": list(snapshot.origins),
            "former": [_former(one) for one in snapshot.former],
            "keyset": snapshot.keyset,
            "lists": {str(number): sequence for number, sequence in snapshot.lists.items()},
            "log": snapshot.log,
            "log_size": snapshot.log_size,
            "terms": {name: list(entries) for name, entries in snapshot.terms.items()},
            "counts": dict(snapshot.counts),
        }
    )


def _former(address: FormerAddress) -> dict[str, str]:
    return {
        "origin": address.base,
        "first": address.first.isoformat(),
        "last": address.last.isoformat(),
    }


def message(kid: str, text: str) -> bytes:
    """What the status key signs of the offline data."""
    return DOMAIN + bytes.fromhex(kid) + text.encode()


def file_message(kid: str, sha256: str) -> bytes:
    """What the status key signs of the downloadable file."""
    return FILE_DOMAIN + bytes.fromhex(kid) + bytes.fromhex(sha256)
