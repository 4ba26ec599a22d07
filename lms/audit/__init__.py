"""Who did what: an append-only, hash-chained record."""

from lms.audit.services import record
from lms.audit.verifying import Break, verify_chain

__all__ = ["Break", "record", "verify_chain"]
