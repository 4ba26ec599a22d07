"""Private keys: who signs. Only the worker and the command line come here; web processes never hold a private key."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask_babel import gettext as _

from certificates.token import key_id
from certificates.token.verify import ED25519
from lms.config import settings
from lms.errors import Unavailable


class KeyUnavailable(Unavailable):
    """The private key cannot be used here; nothing was signed."""

    code = "signing_key_unavailable"


class Signer(Protocol):
    """Something that signs with one key. The algorithm is the key's; callers cannot choose it."""

    @property
    def kid(self) -> bytes: ...

    @property
    def algorithm(self) -> str: ...

    @property
    def public_key(self) -> bytes: ...

    def sign(self, message: bytes) -> bytes: ...


@dataclass(frozen=True)
class FileSigner:
    """A key in an encrypted PKCS#8 file of the instance."""

    private: Ed25519PrivateKey

    @property
    def algorithm(self) -> str:
        return ED25519

    @property
    def public_key(self) -> bytes:
        return self.private.public_key().public_bytes_raw()

    @property
    def kid(self) -> bytes:
        return key_id(self.algorithm, self.public_key)

    def sign(self, message: bytes) -> bytes:
        return self.private.sign(message)


def new_signer() -> FileSigner:
    """A new key, in memory only."""
    return FileSigner(Ed25519PrivateKey.generate())


def save(signer: FileSigner) -> Path:
    """Write a key to the instance, encrypted with the signing passphrase; readable by the service account alone."""
    path = _path(signer.kid.hex())
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    sealed = signer.private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(_passphrase()),
    )
    draft = path.with_suffix(f".{os.getpid()}.new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(sealed)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    return path


def signer_for(kid: str) -> Signer:
    """The signer of a key id. Raises KeyUnavailable when its file is not here or the passphrase does not open it."""
    path = _path(kid)
    try:
        return _load(path, path.stat().st_mtime_ns, _passphrase())
    except OSError as missing:
        raise KeyUnavailable(
            _(
                "The private key %(kid)s is not on this machine, so nothing was signed. Put its file into the key folder and try again.",
                kid=kid,
            )
        ) from missing
    except ValueError as wrong:
        raise KeyUnavailable(
            _(
                "The private key %(kid)s could not be opened. Check LMS_SIGNING_PASSPHRASE and try again.",
                kid=kid,
            )
        ) from wrong


@lru_cache(maxsize=8)
def _load(path: Path, _changed: int, passphrase: bytes) -> Signer:
    private = serialization.load_pem_private_key(path.read_bytes(), passphrase)
    if not isinstance(private, Ed25519PrivateKey):
        raise ValueError("not an Ed25519 key")
    return FileSigner(private)


def _path(kid: str) -> Path:
    return settings().instance / "keys" / f"{kid}.pem"


def _passphrase() -> bytes:
    return (settings().signing_passphrase or settings().secret("signing_passphrase")).encode()
