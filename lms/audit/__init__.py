"""Who did what: an append-only, hash-chained record."""

from lms.audit.services import record, verify_chain

__all__ = ["record", "verify_chain"]
