"""How one row of the record is bound to the row before it."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Any

from lms.audit.models import AuditRow


def digest_of(before: str, values: dict[str, Any]) -> str:
    """The digest of a row: SHA-256 over the digest before it and every value of the row, as hexadecimal text."""
    plain = {key: _plain(value) for key, value in values.items()}
    text = json.dumps(plain, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(f"{before}\n{text}".encode()).hexdigest()


def values_of(row: AuditRow) -> dict[str, Any]:
    """The values of a stored row that its digest covers."""
    return {name: row.__data__[name] for name in row.__data__ if name not in {"id", "digest"}}


def _plain(value: Any) -> Any:
    # Microseconds written out always, so that both databases give back the same text.
    return value.isoformat(timespec="microseconds") if isinstance(value, datetime) else value
