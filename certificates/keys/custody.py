"""Where private keys may be used: in the worker and on the command line, never in a process that answers visitors."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from flask_babel import gettext as _

from certificates.keys.signer import KeyUnavailable
from lms import config


def must_be_allowed() -> None:
    """Raises KeyUnavailable in a process that serves pages."""
    if config.serves_pages():
        raise KeyUnavailable(
            _("Pages never use a private key. Signing is the work of the background process: lms worker.")
        )


def folder() -> Path:
    """The folder of private keys and of what opens them; it is in no archive. Raises KeyUnavailable."""
    must_be_allowed()
    return config.settings().instance / "keys"


def put(path: Path, content: bytes) -> None:
    """Write a secret file whole, readable by the service account alone."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f"{path.name}.{os.getpid()}.new")
    with suppress(FileNotFoundError):
        draft.unlink()
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
