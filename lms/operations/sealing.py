"""Secrets inside an archive: closed with a passphrase that is kept apart from every archive, as signing keys are.

Whoever finds an archive has sealed citizen ids and their hashes, and nothing to open or to guess them with.
"""

from __future__ import annotations

import os
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from lms import config
from lms.errors import Invalid, NotFound

#: The file of the instance that is closed before it goes into an archive.
SECRETS = "secrets.json"
_MARK = b"KIMBANG-SEALED-1\n"
_SALT, _NONCE = 16, 12


def close(content: bytes) -> bytes:
    """The content closed with this installation's passphrase, which is made with the first archive."""
    salt, nonce = os.urandom(_SALT), os.urandom(_NONCE)
    closed = AESGCM(_key(passphrase(make=True), salt)).encrypt(nonce, content, _MARK)
    return _MARK + salt + nonce + closed


def opened(content: bytes) -> bytes:
    """What `close` closed; archives of earlier versions, which held it open, are given back as they are.

    Raises NotFound without a passphrase, Invalid when it is another one or the content was altered.
    """
    if not content.startswith(_MARK):
        return content
    rest = content.removeprefix(_MARK)
    salt, nonce, closed = rest[:_SALT], rest[_SALT : _SALT + _NONCE], rest[_SALT + _NONCE :]
    try:
        return AESGCM(_key(passphrase(), salt)).decrypt(nonce, closed, _MARK)
    except InvalidTag as wrong:
        raise Invalid(
            "The passphrase does not open the secrets of this archive: it is the passphrase of another installation, "
            "or the archive was altered. Take the one that was kept beside its signing keys."
        ) from wrong


def passphrase(*, make: bool = False) -> str:
    """LMS_ARCHIVE_PASSPHRASE, or the file beside the signing keys, made when it may be. Raises NotFound."""
    chosen = config.settings()
    if chosen.archive_passphrase:
        return chosen.archive_passphrase
    file = chosen.instance / "keys" / "archive-passphrase"
    if not file.exists():
        if not make:
            raise NotFound(
                "The secrets of this archive are closed. Put the folder instance/keys back first, which was kept apart "
                f"from the archives, as {file.parent}; or name its archive-passphrase in LMS_ARCHIVE_PASSPHRASE."
            )
        file.parent.mkdir(mode=0o700, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(secrets.token_hex(32) + "\n")
    return file.read_text().strip()


def _key(phrase: str, salt: bytes) -> bytes:
    """Costs about 50 ms and 16 MB, so that a phrase somebody chose is not guessed by trying."""
    return Scrypt(salt=salt, length=32, n=2**14, r=8, p=1).derive(phrase.encode())
