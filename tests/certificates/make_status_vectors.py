"""Write tests/vectors/statuslists.json anew: ``python -m tests.certificates.make_status_vectors``.

Status lists that a reader takes, takes as out of date, or refuses. The keys are made from fixed seeds.
"""

from __future__ import annotations

import base64
import gzip
import json
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from certificates.keys import FileSigner
from certificates.keyset import document as documents
from certificates.keyset.document import canonical
from certificates.status import documents as lists
from certificates.status.documents import SignedList
from certificates.token import PublicKey

PATH = Path(__file__).parent.parent / "vectors" / "statuslists.json"
SEEN = 41
NUMBER = 0
ISSUED, UNTIL, NOW = datetime(2025, 6, 1, 6), datetime(2025, 6, 2, 6), datetime(2025, 6, 1, 12)
STATES = {0: 1, 3: 3, 5: 2, 70_001: 1, 131_071: 3}

KEY = FileSigner(Ed25519PrivateKey.from_private_bytes(bytes(range(3, 35))))
CURVE = FileSigner(ec.derive_private_key(int.from_bytes(bytes(range(4, 36)), "big"), ec.SECP256R1()))
LEAKED = FileSigner(Ed25519PrivateKey.from_private_bytes(bytes(range(5, 37))))
STRANGER = FileSigner(Ed25519PrivateKey.from_private_bytes(bytes(range(6, 38))))


def public(signer: FileSigner, status: str = "active") -> PublicKey:
    return PublicKey(
        signer.kid, signer.algorithm, signer.public_key, 0, date(2025, 1, 1), date(2025, 12, 31), status
    )


KEYS = {key.kid: key for key in (public(KEY), public(CURVE), public(LEAKED, "withdrawn"))}


def sign(text: str, signer: FileSigner = KEY) -> SignedList:
    kid = signer.kid.hex()
    return SignedList(text, kid, signer.sign(lists.message(kid, text)))


def text(sequence: int = SEEN, until: datetime = UNTIL, issued: datetime = ISSUED, **other: Any) -> str:
    said = json.loads(lists.write(NUMBER, sequence, issued, until, STATES))
    return canonical(said | other)


def _packed(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def cases() -> list[tuple[str, SignedList, str]]:
    """Why, the list, and what a reader says: "read", "stale" or the code of the refusal."""
    good = sign(text())
    whole = gzip.compress(bytes(32_768), mtime=0)
    broken = bytearray(good.signature)
    broken[3] ^= 4
    return [
        ("the sequence seen last", good, "read"),
        ("a later sequence", sign(text(SEEN + 1)), "read"),
        ("signed with ES256", sign(text(), CURVE), "read"),
        ("past its time", sign(text(until=datetime(2025, 6, 1, 11))), "stale"),
        ("an earlier sequence", sign(text(SEEN - 1)), "rollback"),
        ("another list", sign(text(list=1)), "purpose"),
        ("an unknown key", sign(text(), STRANGER), "key"),
        ("an unknown key under a known id", replace(sign(text(), STRANGER), kid=KEY.kid.hex()), "signature"),
        ("a withdrawn key", sign(text(), LEAKED), "key"),
        ("before the key's time", sign(text(issued=datetime(2024, 12, 31))), "key"),
        ("a flipped bit of the signature", replace(good, signature=bytes(broken)), "signature"),
        ("no signature", replace(good, signature=b""), "signature"),
        ("a state changed by hand", replace(good, document=text(encoded=_packed(whole))), "signature"),
        ("a sequence raised by hand", replace(good, document=text(SEEN + 9)), "signature"),
        ("a short list", sign(text(encoded=_packed(gzip.compress(bytes(16_384), mtime=0)))), "size"),
        ("an empty list", sign(text(encoded=_packed(gzip.compress(b"", mtime=0)))), "size"),
        ("one byte too long", sign(text(encoded=_packed(gzip.compress(bytes(32_769), mtime=0)))), "size"),
        ("a bomb of 8 MB", sign(text(encoded=_packed(gzip.compress(bytes(8 << 20), mtime=0)))), "size"),
        ("cut off", sign(text(encoded=_packed(whole[:-9]))), "size"),
        ("something behind it", sign(text(encoded=_packed(whole + b"x"))), "size"),
        ("not compressed", sign(text(encoded=_packed(bytes(32_768)))), "size"),
        ("another size", sign(text(size=65_536)), "form"),
        ("one bit a place", sign(text(bits=1)), "form"),
        ("a later form", sign(text(v=2)), "form"),
    ]  # fmt: skip


def main() -> None:
    """Write the file."""
    document = {
        "comment": "Status lists for readers of docs/certificate-format.md; `seen` is the highest sequence seen before.",
        "status_keys": [documents.entry(key) for key in KEYS.values()],
        "number": NUMBER,
        "seen": SEEN,
        "now": documents.moment(NOW),
        "states": {str(index): state for index, state in STATES.items()},
        "lists": [{"why": why, **signed.as_json(), "outcome": outcome} for why, signed, outcome in cases()],
    }
    PATH.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    main()
