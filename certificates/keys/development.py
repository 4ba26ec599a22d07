"""The development root: a root key whose private half lies on this machine, so that a trial works in one command.

It is named as such in every key set it signs, and `lms doctor` asks for a ceremony before real certificates.
"""

from __future__ import annotations

from certificates.keys import custody, files
from certificates.keys.files import FileSigner
from certificates.keys.passphrase import passphrase
from certificates.keys.signer import KeyUnavailable

_NAME = "root-development.pem"


def make() -> FileSigner:
    """A new development root in the place of the one before."""
    signer = files.new_signer()
    custody.put(custody.folder() / _NAME, signer.sealed(passphrase()))
    return signer


def is_here() -> bool:
    """Whether this machine has a development root."""
    return (custody.folder() / _NAME).exists()


def load() -> FileSigner:
    """The development root of this machine. Raises KeyUnavailable."""
    path = custody.folder() / _NAME
    try:
        return files.opened(path.read_bytes(), passphrase())
    except (OSError, ValueError) as problem:
        raise KeyUnavailable(
            f"The development root {path} is missing or cannot be opened, so the list of keys was not signed. "
            "Hold a ceremony: lms keys ceremony FOLDER"
        ) from problem


def forget() -> None:
    """Remove the development root; an offline one has taken its place."""
    (custody.folder() / _NAME).unlink(missing_ok=True)
