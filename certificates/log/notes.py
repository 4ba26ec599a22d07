"""Checkpoints as signed notes: the text formats of C2SP `signed-note` and `tlog-checkpoint`."""

from __future__ import annotations

import base64
import hashlib

from flask_babel import gettext as _

from lms.errors import Invalid

ED25519 = b"\x01"
#: A witness's key: it signs a time with every state.
COSIGNATURE = b"\x04"


def body(origin: str, size: int, root: bytes) -> str:
    """What a checkpoint says: whose log, how many entries, its root."""
    return f"{origin}\n{size}\n{base64.b64encode(root).decode()}\n"


def key_hash(name: str, public_key: bytes, kind: bytes = ED25519) -> bytes:
    """The four bytes by which a signature names its key."""
    return hashlib.sha256(name.encode() + b"\n" + kind + public_key).digest()[:4]


def verifier_key(name: str, public_key: bytes) -> str:
    """A public key as people hand it on: name, four bytes in hexadecimal, algorithm and key in base64."""
    return f"{name}+{key_hash(name, public_key).hex()}+{base64.b64encode(ED25519 + public_key).decode()}"


def signed(text: str, name: str, public_key: bytes, signature: bytes) -> str:
    """A note with its signature line."""
    return f"{text}\n{line(name, public_key, signature)}"


def line(name: str, public_key: bytes, signature: bytes) -> str:
    """A signature as it stands under a note."""
    return f"— {name} {base64.b64encode(key_hash(name, public_key) + signature).decode()}\n"


def read_cosigner(vkey: str) -> tuple[str, bytes]:
    """Name and public key of a witness that countersigns. Raises Invalid."""
    name, _plus, rest = vkey.strip().partition("+")
    digits, _plus, encoded = rest.partition("+")
    try:
        raw = base64.b64decode(encoded, validate=True)
    except ValueError:
        raw = b""
    right = len(raw) == 33 and raw[:1] == COSIGNATURE
    if not name or " " in name or not right or key_hash(name, raw[1:], COSIGNATURE).hex() != digits:
        raise Invalid(_("This is no key of a witness (cosignature/v1, like NAME+KEYHASH+BASE64)."))
    return name, raw[1:]
