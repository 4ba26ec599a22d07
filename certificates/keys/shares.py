"""The root key in three shares; any two custodians together open it, one alone learns nothing.

The 32 bytes of the key are split into three pieces that give it only when all three are put together by XOR; two of
the pieces are random. Custodian 1 gets pieces 2 and 3, custodian 2 pieces 3 and 1, custodian 3 pieces 1 and 2. Two
custodians have all three pieces between them; one lacks a piece, and without it every key is equally possible, whatever
the computing power. There is no arithmetic beyond XOR, so a share can be opened again with any programming language.

Each share is a file of its own, encrypted (AES-256-GCM) with a key that scrypt makes from its custodian's passphrase: who
finds a file has nothing, who finds two files must still guess two passphrases.
"""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from certificates.keys.files import FileSigner
from lms.errors import Invalid

#: Letters of a custodian's passphrase at least.
LEAST = 14
#: scrypt: 64 MB and about half a second a guess. A share says with which cost it was made.
COST = 2**16
_COSTS = range(2**10, 2**20 + 1)
_SIZE = 32


@dataclass(frozen=True)
class Share:
    """A custodian's part, opened: which one it is, and the two pieces by their numbers."""

    custodian: int
    root: str
    pieces: dict[int, bytes]


def split(signer: FileSigner, passphrases: Sequence[str]) -> list[str]:
    """Three share files, one a passphrase. Raises Invalid for short or equal passphrases."""
    if len(passphrases) != 3 or len(set(passphrases)) != 3 or min(map(len, passphrases)) < LEAST:
        raise Invalid(
            f"Three custodians choose three different passphrases of at least {LEAST} letters, several words each."
        )
    if not isinstance(signer.private, Ed25519PrivateKey):
        raise ValueError("the root key is Ed25519")
    secret = signer.private.private_bytes_raw()
    first, second = secrets.token_bytes(_SIZE), secrets.token_bytes(_SIZE)
    pieces = {1: first, 2: second, 3: _xor(secret, first, second)}
    return [
        _sealed(
            Share(custodian, signer.kid.hex(), {n: piece for n, piece in pieces.items() if n != custodian}),
            passphrases[custodian - 1],
        )
        for custodian in (1, 2, 3)
    ]


def join(one: Share, other: Share) -> FileSigner:
    """The root key out of two shares. Raises Invalid when they are the same one or do not belong together."""
    if one.custodian == other.custodian:
        raise Invalid("Both shares are the same custodian's. Two different ones are needed.")
    if one.root != other.root:
        raise Invalid("The two shares belong to different root keys.")
    both = one.pieces | other.pieces
    if any(one.pieces[n] != other.pieces[n] for n in one.pieces.keys() & other.pieces.keys()):
        raise Invalid("The two shares do not fit together; one of the files is damaged.")
    signer = FileSigner(Ed25519PrivateKey.from_private_bytes(_xor(both[1], both[2], both[3])))
    if signer.kid.hex() != one.root:
        raise Invalid("The two shares do not give the root key; one of the files is damaged.")
    return signer


def opened(text: str, passphrase: str) -> Share:
    """A share file, opened. Raises Invalid when it is none or the passphrase is wrong."""
    try:
        said = json.loads(text)
        salt, nonce, sealed = (base64.b64decode(said[name]) for name in ("salt", "nonce", "sealed"))
        head, cost = _head(int(said["custodian"]), str(said["root"])), int(said["kdf"]["n"])
        if said["kdf"] != _kdf(cost) or cost not in _COSTS:
            raise ValueError(said["kdf"])
    except (KeyError, TypeError, ValueError) as wrong:
        raise Invalid("This is not a share of a root key.") from wrong
    try:
        raw = AESGCM(_key(passphrase, salt, cost)).decrypt(nonce, sealed, head)
    except InvalidTag as wrong:
        raise Invalid(f"The passphrase does not open the share of custodian {said['custodian']}.") from wrong
    numbers = [n for n in (1, 2, 3) if n != said["custodian"]]
    return Share(
        int(said["custodian"]), str(said["root"]), {numbers[0]: raw[:_SIZE], numbers[1]: raw[_SIZE:]}
    )


def _sealed(share: Share, passphrase: str) -> str:
    salt, nonce = secrets.token_bytes(16), secrets.token_bytes(12)
    raw = b"".join(share.pieces[n] for n in sorted(share.pieces))
    sealed = AESGCM(_key(passphrase, salt, COST)).encrypt(nonce, raw, _head(share.custodian, share.root))
    values: dict[str, Any] = {
        "what": "Kim Bảng: share of the root key; any two of three open it",
        "custodian": share.custodian,
        "root": share.root,
        "kdf": _kdf(COST),
        "salt": base64.b64encode(salt).decode(),
        "nonce": base64.b64encode(nonce).decode(),
        "sealed": base64.b64encode(sealed).decode(),
    }
    return json.dumps(values, ensure_ascii=False, indent=1) + "\n"


def _kdf(cost: int) -> dict[str, Any]:
    return {"name": "scrypt", "n": cost, "r": 8, "p": 1}


def _key(passphrase: str, salt: bytes, cost: int) -> bytes:
    return Scrypt(salt=salt, length=32, n=cost, r=8, p=1).derive(passphrase.encode())


def _head(custodian: int, root: str) -> bytes:
    return f"VNROOTSHARE1 {custodian} {root}".encode()


def _xor(*parts: bytes) -> bytes:
    return bytes(a ^ b ^ c for a, b, c in zip(*parts, strict=True))
