"""Whether this process can serve now: asked by load balancers and by `lms doctor`."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable

from lms.config import settings
from lms.db import db, migrating

#: Less free space than this, and produced papers may not fit any more.
LEAST_FREE_BYTES = 200 * 1024 * 1024
_SECONDS_FRESH = 10.0


def readiness() -> dict[str, str]:
    """Each part and "ok", or a short word for what is wrong with it."""
    return {name: _asked(check) for name, check in _CHECKS.items()}


def _asked(check: Callable[[], str]) -> str:
    try:
        return check()
    except Exception as problem:
        return type(problem).__name__


def _database() -> str:
    db.execute_sql("select 1")
    return "ok"


_shape: tuple[float, str] = (-_SECONDS_FRESH, "")


def _migrations() -> str:
    global _shape
    if time.monotonic() - _shape[0] > _SECONDS_FRESH:
        _shape = (time.monotonic(), "pending" if migrating.pending() else "ok")
    return _shape[1]


def _disk() -> str:
    return "ok" if shutil.disk_usage(settings().instance).free > LEAST_FREE_BYTES else "nearly full"


_CHECKS = {"database": _database, "migrations": _migrations, "disk": _disk}
