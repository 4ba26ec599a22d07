"""Deeds on certificates: one function a deed, one transaction."""

from certificates.services.blanks import (
    destroy_blanks,
    put_on_blanks,
    receive_blanks,
    return_blanks,
    spoil,
    spoil_unused,
)
from certificates.services.cancelling import cancel_issue
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
from certificates.services.keys import create_key, create_status_key, rotate_key, withdraw_key
from certificates.services.keysets import (
    KeySetRefused,
    adopt_root,
    announce,
    draft_key_set,
    publish_key_set,
    renew,
    sign_key_set,
)
from certificates.services.lost import ask_for_substitute, give_substitute, print_substitute
from certificates.services.reference import add_issuer, add_register, note_term
from certificates.services.sheaves import bind_papers
from certificates.services.signing import print_paper, sign
from certificates.services.standing import reinstate, revoke, supersede, suspend
from certificates.services.statuslists import StatusCleared, publish_status_lists
from certificates.services.templates import (
    begin_template,
    change_template,
    discard_template,
    propose_template,
)

__all__ = [
    "Issue",
    "KeySetRefused",
    "StatusCleared",
    "add_issuer",
    "add_register",
    "adopt_root",
    "announce",
    "approve_and_issue",
    "ask_for_substitute",
    "ask_to_replace",
    "ask_to_revoke",
    "begin_template",
    "bind_papers",
    "cancel_issue",
    "carry_out",
    "change_template",
    "create_key",
    "create_status_key",
    "destroy_blanks",
    "discard_template",
    "draft_key_set",
    "give_substitute",
    "name_in_order",
    "note_bulk_check",
    "note_term",
    "order_revocation",
    "prepare_batch",
    "print_paper",
    "print_substitute",
    "propose_template",
    "publish_key_set",
    "publish_status_lists",
    "put_on_blanks",
    "receive_blanks",
    "reinstate",
    "renew",
    "resume_printing",
    "return_blanks",
    "revoke",
    "rotate_key",
    "sign",
    "sign_key_set",
    "spoil",
    "spoil_unused",
    "start_printing",
    "supersede",
    "suspend",
    "withdraw_key",
]
