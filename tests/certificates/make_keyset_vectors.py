"""Write tests/vectors/keysets.json anew: ``python -m tests.certificates.make_keyset_vectors``.

Lists of keys that a reader believes or refuses. The keys are made from fixed seeds and sign nothing outside these tests.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from certificates.keys import FileSigner
from certificates.keyset import document as documents
from certificates.keyset.document import OFFLINE, Root, Signed
from tests.certificates.make_vectors import KEYS

PATH = Path(__file__).parent.parent / "vectors" / "keysets.json"
ROOT = FileSigner(Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33))))
OTHER = FileSigner(Ed25519PrivateKey.from_private_bytes(bytes(range(2, 34))))
PIN = Root(OFFLINE, ROOT.algorithm, ROOT.public_key)
#: The highest version the reader of the vectors has seen.
SEEN = 7
NOW = datetime(2025, 6, 1)


def sign(text: str, root: FileSigner = ROOT) -> Signed:
    return Signed(text, root.kid.hex(), root.sign(documents.message(text)))


def text(version: int = SEEN, until: datetime = datetime(2026, 1, 1), keys: Any = None) -> str:
    known = list(KEYS.values()) if keys is None else keys
    certificates, status = [key for key in known if key.issuer], [key for key in known if not key.issuer]
    return documents.write(version, OFFLINE, datetime(2025, 1, 1), until, certificates, status)


def cases() -> list[tuple[str, Signed, str]]:
    """Why, the list, and what a reader says: "trusted", "stale" or "refused"."""
    good = sign(text())
    first, *others = KEYS.values()
    foreign = replace(first, kid=OTHER.kid, raw=OTHER.public_key)
    changed = bytearray(good.signature)
    changed[0] ^= 1
    return [
        ("the version seen last", good, "trusted"),
        ("a later version", sign(text(SEEN + 1)), "trusted"),
        ("past its time", sign(text(until=datetime(2025, 5, 31))), "stale"),
        ("no keys at all", sign(text(keys=[])), "trusted"),
        ("an earlier version", sign(text(SEEN - 1)), "refused"),
        ("another root", sign(text(), OTHER), "refused"),
        ("another root under the pinned one's id", replace(sign(text(), OTHER), root=ROOT.kid.hex()), "refused"),
        ("a key more than was signed", replace(good, document=text(keys=[first, *others, foreign])), "refused"),
        ("a key less than was signed", replace(good, document=text(keys=others)), "refused"),
        ("a withdrawn key made active", replace(good, document=good.document.replace("withdrawn", "active")), "refused"),
        ("a version raised by hand", replace(good, document=text(SEEN + 5)), "refused"),
        ("a flipped bit of the signature", replace(good, signature=bytes(changed)), "refused"),
        ("no signature", replace(good, signature=b""), "refused"),
        ("a later form", sign(text().replace('"v":1', '"v":2')), "refused"),
    ]  # fmt: skip


def main() -> None:
    """Write the file."""
    document = {
        "comment": "Lists of keys for readers of docs/certificate-format.md; `seen` is the highest version seen before.",
        "pin": PIN.pin,
        "seen": SEEN,
        "now": documents.moment(NOW),
        "keysets": [{"why": why, **signed.as_json(), "outcome": outcome} for why, signed, outcome in cases()],
    }
    PATH.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    main()
