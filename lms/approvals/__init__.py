"""The two-person rule, for any plugin: one asks, another one agrees, then it is done. See docs/two-persons.md."""

from lms.approvals.queries import latest, waiting_ids
from lms.approvals.services import approve, refuse, request, two_person, withdraw

__all__ = ["approve", "latest", "refuse", "request", "two_person", "waiting_ids", "withdraw"]
