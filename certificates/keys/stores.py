"""Where a key is kept: in an encrypted file, or in a hardware module when one is configured."""

from __future__ import annotations

from certificates.keys import custody, files, hsm
from certificates.keys.signer import Signer
from certificates.token.algorithms import ED25519


def create(algorithm: str = ED25519, *, in_hardware: bool = False) -> Signer:
    """Make a key and keep it where it will sign from. Raises KeyUnavailable."""
    custody.must_be_allowed()
    if in_hardware:
        return hsm.new_signer(algorithm)
    signer = files.new_signer(algorithm)
    files.save(signer)
    return signer


def signer_for(kid: str) -> Signer:
    """The signer of a key id, wherever its key is. Raises KeyUnavailable when it is not on this machine."""
    if hsm.is_configured() and not files.is_here(kid):
        return hsm.signer_for(kid)
    return files.signer_for(kid)
