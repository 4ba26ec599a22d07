"""The root this installation trusts: LMS_ROOT_KEY, or ``root.json`` of the instance, which also remembers how far we came.

Every process reads it; nothing in it is secret. It lies outside the database: who may write there cannot bring in keys
of his own, nor go back to a key set from before a withdrawal.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from certificates.keyset.document import DEVELOPMENT, Root, read_pin
from lms import config


def root() -> Root | None:
    """The pinned root; None in an installation that never had one. Raises ValueError when LMS_ROOT_KEY cannot be read."""
    given = config.settings().root_key
    if given:
        return read_pin(given)
    said = _read()
    return read_pin(said["pin"], said["kind"]) if said else None


def seen() -> int:
    """The highest version that was noted for the pinned root."""
    chosen, said = root(), _read()
    return int(said["seen"]) if said and chosen and said["pin"] == chosen.pin else 0


def pin(chosen: Root) -> None:
    """Trust this root from now on."""
    _write(_record(chosen))


def restore(before: Root | None, version: int) -> None:
    """Go back to the root trusted before an attempt that failed."""
    if before is None:
        _path().unlink(missing_ok=True)
        return
    pin(before)
    note(version)


def note(version: int) -> None:
    """Remember a version that was published: nothing before it is believed any more."""
    chosen = root()
    if chosen is not None and version > seen():
        _write(_record(chosen) | {"seen": version})


def is_development() -> bool:
    """Whether keys are vouched for by this machine itself: no root yet, or one whose private half lies here."""
    chosen = root()
    return chosen is None or chosen.kind == DEVELOPMENT


def _record(chosen: Root) -> dict[str, object]:
    return {"kind": chosen.kind, "pin": chosen.pin, "fingerprint": chosen.fingerprint, "seen": 0}


def _path() -> Path:
    return config.settings().instance / "root.json"


def _read() -> dict[str, str]:
    try:
        said: dict[str, str] = json.loads(_path().read_text())
    except FileNotFoundError:
        return {}
    return said


def _write(values: dict[str, object]) -> None:
    path = _path()
    draft = path.with_name(f"root.{os.getpid()}.new")
    draft.write_text(json.dumps(values, indent=1))
    draft.replace(path)
