"""Private keys: who signs. Only the worker and the command line come here; web processes never hold a private key.

`signer` what a signer is, `files` keys in encrypted files, `hsm` keys in a hardware module (PKCS#11), `passphrase` what
opens the files, `custody` where private keys may be used at all.
"""

from __future__ import annotations

from certificates.keys.files import FileSigner, new_signer, save
from certificates.keys.signer import KeyUnavailable, Signer, released
from certificates.keys.stores import create, signer_for

__all__ = [
    "FileSigner",
    "KeyUnavailable",
    "Signer",
    "create",
    "new_signer",
    "released",
    "save",
    "signer_for",
]
