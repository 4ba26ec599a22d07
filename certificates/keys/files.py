"""Keys in encrypted PKCS#8 files of the instance."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from flask_babel import gettext as _

from certificates.keys import custody
from certificates.keys.passphrase import passphrase
from certificates.keys.signer import KeyUnavailable, Signer
from certificates.token import key_id
from certificates.token.algorithms import ED25519, ES256, low_s

Private = Ed25519PrivateKey | ec.EllipticCurvePrivateKey


@dataclass(frozen=True)
class FileSigner:
    """A private key in memory; its kind decides the algorithm."""

    private: Private

    @property
    def algorithm(self) -> str:
        return ED25519 if isinstance(self.private, Ed25519PrivateKey) else ES256

    @property
    def public_key(self) -> bytes:
        if isinstance(self.private, Ed25519PrivateKey):
            return self.private.public_key().public_bytes_raw()
        return self.private.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )

    @property
    def kid(self) -> bytes:
        return key_id(self.algorithm, self.public_key)

    def sign(self, message: bytes) -> bytes:
        if isinstance(self.private, Ed25519PrivateKey):
            return self.private.sign(message)
        # RFC 6979: no randomness that could be weak; the same message has the same signature.
        der = self.private.sign(message, ec.ECDSA(SHA256(), deterministic_signing=True))
        r, s = decode_dss_signature(der)
        return low_s(r.to_bytes(32, "big") + s.to_bytes(32, "big"))

    def sealed(self, secret: bytes) -> bytes:
        """The key as an encrypted PKCS#8 document."""
        return self.private.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(secret),
        )


def new_signer(algorithm: str = ED25519) -> FileSigner:
    """A new key, in memory only. Raises ValueError for an algorithm we do not sign with."""
    if algorithm == ED25519:
        return FileSigner(Ed25519PrivateKey.generate())
    if algorithm == ES256:
        return FileSigner(ec.generate_private_key(ec.SECP256R1()))
    raise ValueError(algorithm)


def opened(sealed: bytes, secret: bytes) -> FileSigner:
    """The signer of an encrypted PKCS#8 document. Raises ValueError when the passphrase or the kind of key is wrong."""
    private = serialization.load_pem_private_key(sealed, secret)
    if isinstance(private, Ed25519PrivateKey):
        return FileSigner(private)
    if isinstance(private, ec.EllipticCurvePrivateKey) and isinstance(private.curve, ec.SECP256R1):
        return FileSigner(private)
    raise ValueError("neither an Ed25519 nor a P-256 key")


def save(signer: FileSigner) -> Path:
    """Write a key to the instance, encrypted with the signing passphrase; readable by the service account alone."""
    path = _path(signer.kid.hex())
    custody.put(path, signer.sealed(passphrase()))
    return path


def is_here(kid: str) -> bool:
    """Whether there is a file for this key."""
    return _path(kid).exists()


def signer_for(kid: str) -> Signer:
    """The signer of a key id. Raises KeyUnavailable when its file is not here or the passphrase does not open it."""
    path = _path(kid)
    try:
        return _load(path, path.stat().st_mtime_ns, passphrase())
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
def _load(path: Path, _changed: int, secret: bytes) -> Signer:
    return opened(path.read_bytes(), secret)


def _path(kid: str) -> Path:
    return custody.folder() / f"{kid}.pem"
