"""Write and check the audit record."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Any

from lms import clock
from lms.access.models import User
from lms.audit.models import AuditHead, AuditRow
from lms.db import db, lock


def record(by: User | None, deed: str, thing: Any = None, **details: Any) -> AuditRow:
    """Add a deed to the record, in the deed's own transaction. `by` None is the platform itself.

    Never put a secret, a citizen id or a ballot's code into `details`.
    """
    with db.atomic():
        head = AuditHead.get_or_none()
        head = lock(head) if head else AuditHead.create()
        by_id = getattr(by, "id", None)
        values = {
            "number": head.number + 1,
            "at": clock.now(),
            "by": by_id,
            "by_name": str(getattr(by, "display_name", "") or "") if by_id else "",
            "deed": deed,
            "object_kind": thing._meta.table_name if thing is not None else "",
            "object_id": str(thing._pk) if thing is not None else "",
            "object_label": str(thing)[:200] if thing is not None else "",
            "details": json.loads(json.dumps(details, ensure_ascii=False, default=str)),
        }
        digest = _digest(head.digest, values)
        row = AuditRow.create(**values, digest=digest)
        AuditHead.update(number=head.number + 1, digest=digest).where(AuditHead.id == head.id).execute()
    return row


def verify_chain() -> int | None:
    """Check the chain; returns the number of the first row that does not fit, or None when all do."""
    before, expected = "", 1
    for row in AuditRow.select().order_by(AuditRow.number).iterator():
        values = {name: row.__data__[name] for name in row.__data__ if name not in {"id", "digest"}}
        if row.number != expected or row.digest != _digest(before, values):
            return expected
        before, expected = row.digest, expected + 1
    head = AuditHead.get_or_none()
    if head and head.number != expected - 1:
        return expected
    return None


def _digest(before: str, values: dict[str, Any]) -> str:
    plain = {key: _plain(value) for key, value in values.items()}
    text = json.dumps(plain, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(f"{before}\n{text}".encode()).hexdigest()


def _plain(value: Any) -> Any:
    # Microseconds written out always, so that both databases give back the same text.
    return value.isoformat(timespec="microseconds") if isinstance(value, datetime) else value
