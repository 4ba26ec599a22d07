"""What a signer is, whatever keeps its key, and the rule that no signature leaves unverified."""

from __future__ import annotations

from typing import Protocol

from certificates.errors import SelfTestFailed
from certificates.token import algorithms
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


def released(signer: Signer, message: bytes) -> bytes:
    """A signature that was verified before it left. Raises SelfTestFailed, KeyUnavailable.

    A faulty chip or memory can make a signature that tells about the private key: it must never be seen.
    """
    signature = signer.sign(message)
    if not algorithms.holds(signer.algorithm, signer.public_key, signature, message):
        raise SelfTestFailed(
            f"The signature of key {signer.kid.hex()} does not verify; nothing was released."
        )
    return signature
