"""Personal data at rest: sealed values and keyed hashes for look-up (CCCD)."""

from __future__ import annotations

import base64
import hmac
import os

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from lms.config import settings


def seal(text: str) -> str:
    """Encrypt a short text with the instance's data key (AES-256-GCM)."""
    nonce = os.urandom(12)
    sealed = AESGCM(_key("data_key")).encrypt(nonce, text.encode(), None)
    return base64.urlsafe_b64encode(nonce + sealed).decode()


def unseal(sealed: str) -> str:
    """Open what `seal` closed. Raises cryptography's InvalidTag when it was altered or the key is another."""
    raw = base64.urlsafe_b64decode(sealed)
    return AESGCM(_key("data_key")).decrypt(raw[:12], raw[12:], None).decode()


def keyed_hash(text: str, purpose: str = "cccd") -> str:
    """A hash for equality look-ups that is worthless without the instance's key."""
    return hmac.digest(_key("hash_key"), f"{purpose}\0{text}".encode(), "sha256").hex()


def _key(name: str) -> bytes:
    return bytes.fromhex(settings().secret(name))
