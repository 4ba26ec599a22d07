"""Checkpoints as signed notes: the text formats of C2SP `signed-note` and `tlog-checkpoint`."""

from __future__ import annotations

import base64
import hashlib

ED25519 = b"\x01"


def body(origin: str, size: int, root: bytes) -> str:
    """What a checkpoint says: whose log, how many entries, its root."""
    return f"{origin}\n{size}\n{base64.b64encode(root).decode()}\n"


def key_hash(name: str, public_key: bytes) -> bytes:
    """The four bytes by which a signature names its key."""
    return hashlib.sha256(name.encode() + b"\n" + ED25519 + public_key).digest()[:4]


def verifier_key(name: str, public_key: bytes) -> str:
    """A public key as people hand it on: name, four bytes in hexadecimal, algorithm and key in base64."""
    return f"{name}+{key_hash(name, public_key).hex()}+{base64.b64encode(ED25519 + public_key).decode()}"


def signed(text: str, name: str, public_key: bytes, signature: bytes) -> str:
    """A note with its signature line."""
    line = base64.b64encode(key_hash(name, public_key) + signature).decode()
    return f"{text}\n— {name} {line}\n"
