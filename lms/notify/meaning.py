"""What a mail server's answer says of an address (RFC 3463), and how people are told. Pure functions."""

from __future__ import annotations

import re
from typing import Any, Literal

from flask_babel import lazy_gettext as _l

#: Whom an answer speaks against: the address itself; the address when it happens again and again; this letter alone.
Blame = Literal["address", "counted", "letter"]

_ENHANCED = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?!\.?\d)")
#: Reply codes of servers that say no more (RFC 5321), as the status they come nearest to.
_REPLY = re.compile(r"(?:^|[\s:])(421|45[0-2]|55[0-4])(?=[\s-])")
_AS_STATUS = {"550": "5.1.0", "551": "5.1.6", "552": "5.2.2", "553": "5.1.3", "554": "5.7.0"}

#: Refusals of this letter, or of us, that say nothing of the address: sender, size, form, content, policy.
_OF_THE_LETTER = frozenset({"5.1.7", "5.1.8", "5.2.3", "5.3.4"})
_SUBJECTS_OF_THE_LETTER = frozenset({"5", "6", "7"})
#: States that may pass: a full mailbox, a system or a way that is out of order.
_PASSING = frozenset({"5.2.2"})
_PASSING_SUBJECTS = frozenset({"3", "4"})
#: Of the ways, these mean that there is no such place.
_NO_SUCH_PLACE = frozenset({"5.4.1", "5.4.4"})

_WORDS = {
    "1.2": _l("There is no mail server for the part after the @."),
    "4.4": _l("There is no mail server for the part after the @."),
    "1.3": _l("The address is not written correctly."),
    "1.6": _l("The mailbox has moved and left no new address."),
    "2.1": _l("The mailbox is switched off."),
    "2.2": _l("The mailbox is full."),
    "2.3": _l("The letter is too large for this mailbox."),
    "3.4": _l("The letter is too large for this mailbox."),
    "4.1": _l("The mail server of this address does not answer."),
}
_WORDS_OF_SUBJECTS = {
    "1": _l("The mailbox does not exist."),
    "4": _l("The mail server of this address could not be reached."),
    "5": _l("The mail server of this address did not understand ours."),
    "6": _l("The mail server of this address does not take this kind of letter."),
    "7": _l("The mail server of this address refuses mail from us by its rules or its junk filter."),
}


def status_in(text: str) -> str:
    """The status an answer names, like "5.1.1"; else the one its reply code comes nearest to, else empty."""
    if found := _ENHANCED.search(text):
        return ".".join(str(int(part)) for part in found.groups())
    if code := _REPLY.search(text):
        return _AS_STATUS.get(code[1], "4.0.0")
    return ""


def blame(status: str) -> Blame:
    """Whom a status speaks against when the letter was given up."""
    kind, subject, _detail = status.split(".")
    if status in _OF_THE_LETTER or subject in _SUBJECTS_OF_THE_LETTER:
        return "letter"
    if kind == "4" or status in _PASSING:
        return "counted"
    if subject in _PASSING_SUBJECTS and status not in _NO_SUCH_PLACE:
        return "counted"
    return "address"


def words(status: str) -> Any:
    """What a status means, for people; empty for none."""
    if not status:
        return ""
    _kind, subject, detail = status.split(".")
    if status == "5.4.1":
        return _WORDS_OF_SUBJECTS["1"]
    found = _WORDS.get(f"{subject}.{detail}") or _WORDS_OF_SUBJECTS.get(subject)
    return found or _l("The mail server of this address did not take the letter.")
