"""What is kept of checks: bulk ones by programs, as a count."""

from __future__ import annotations

from lms import audit
from lms.access.models import User
from lms.db import atomic


@atomic
def note_bulk_check(count: int, *, by: User | None) -> None:
    """Put on record that a program checked so many papers at once; which ones is nobody's business."""
    audit.record(by, "certificates.bulk_check", None, count=count)
