"""The signature algorithms a key may have. Strict: of every signature there is exactly one accepted form."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

#: RFC 8032; the public key is 32 bytes.
ED25519 = "Ed25519"
#: ECDSA on P-256 with SHA-256; the public key is the uncompressed point (65 bytes), the signature r ‖ s (64 bytes).
ES256 = "ES256"

P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def holds(algorithm: str, public_key: bytes, signature: bytes, message: bytes) -> bool:
    """Whether the signature over the message is this key's; False for an algorithm we do not know."""
    check = _CHECKS.get(algorithm)
    return check is not None and check(public_key, signature, message)


def is_known(algorithm: str) -> bool:
    return algorithm in _CHECKS


def low_s(signature: bytes) -> bytes:
    """An ECDSA signature r ‖ s in its one accepted form: of s and order − s the smaller.

    Both would verify; who may choose could write the same paper's code twice.
    """
    s = int.from_bytes(signature[32:], "big")
    if s > P256_ORDER // 2:
        s = P256_ORDER - s
    return signature[:32] + s.to_bytes(32, "big")


def _ed25519(public_key: bytes, signature: bytes, message: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def _es256(public_key: bytes, signature: bytes, message: bytes) -> bool:
    if len(signature) != 64 or len(public_key) != 65:
        return False
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    if not 0 < r < P256_ORDER or not 0 < s <= P256_ORDER // 2:
        return False
    try:
        point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), public_key)
        point.verify(encode_dss_signature(r, s), message, ec.ECDSA(SHA256()))
    except (InvalidSignature, ValueError):
        return False
    return True


_CHECKS: Mapping[str, Callable[[bytes, bytes, bytes], bool]] = {ED25519: _ed25519, ES256: _es256}
