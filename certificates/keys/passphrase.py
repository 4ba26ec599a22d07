"""What opens the key files: LMS_SIGNING_PASSPHRASE, or a file beside them that is made with the first key."""

from __future__ import annotations

import secrets

from certificates.keys import custody
from lms import config

#: Name under which earlier versions kept it among the secrets that every process reads.
_BEFORE = "signing_passphrase"


def passphrase() -> bytes:
    """The passphrase of this installation's key files. Raises KeyUnavailable in a process that serves pages."""
    custody.must_be_allowed()
    given = config.settings().signing_passphrase
    return (given or _kept()).encode()


def _kept() -> str:
    file = custody.folder() / "passphrase"
    if file.exists():
        return file.read_text().strip()
    instance = config.settings().instance
    text = config.read_secrets(instance).get(_BEFORE) or secrets.token_hex(32)
    custody.put(file, text.encode())
    config.drop_secret(instance, _BEFORE)
    return text
