"""Write the audit record."""

from __future__ import annotations

import json
from typing import Any

from lms import clock
from lms.access.models import User
from lms.audit.chain import digest_of
from lms.audit.models import AuditHead, AuditRow
from lms.db import db, lock


def record(by: User | None, deed: str, thing: Any = None, **details: Any) -> AuditRow:
    """Add a deed to the record, in the deed's own transaction. `by` None is the platform itself.

    The module's ``deeds.py`` says the deed in words. Never put a secret, a citizen id or a ballot's code into `details`.
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
        digest = digest_of(head.digest, values)
        row = AuditRow.create(**values, digest=digest)
        AuditHead.update(number=head.number + 1, digest=digest).where(AuditHead.id == head.id).execute()
    return row
