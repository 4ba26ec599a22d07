"""Deeds on certificates: one function a deed, one transaction."""

from certificates.services.checking import note_bulk_check
from certificates.services.deciding import (
    ask_to_replace,
    ask_to_revoke,
    carry_out,
    name_in_order,
    order_revocation,
)
from certificates.services.issuing import (
    Issue,
    approve_and_issue,
    prepare_batch,
    resume_printing,
    start_printing,
)
from certificates.services.keys import create_key, withdraw_key
from certificates.services.reference import add_issuer, add_register, note_term
from certificates.services.signing import print_paper, sign
from certificates.services.standing import reinstate, revoke, supersede, suspend

__all__ = [
    "Issue",
    "add_issuer",
    "add_register",
    "approve_and_issue",
    "ask_to_replace",
    "ask_to_revoke",
    "carry_out",
    "create_key",
    "name_in_order",
    "note_bulk_check",
    "note_term",
    "order_revocation",
    "prepare_batch",
    "print_paper",
    "reinstate",
    "resume_printing",
    "revoke",
    "sign",
    "start_printing",
    "supersede",
    "suspend",
    "withdraw_key",
]
