"""The return address of each letter: it names the letter and carries a mark that nobody else can make.

What comes back is sent to the envelope's sender, so the letter is known whatever a server writes into its report, and a
stranger, who cannot know the mark, cannot put an address on the list of those that take no mail.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable

from lms import crypto
from lms.config import settings
from lms.notify.models import Mail

#: Characters of the mark: 96 bits.
_LENGTH = 24


def sender_of(mail: Mail) -> str:
    """The envelope's sender of a letter; the plain sender while no address for returns is set."""
    pattern = settings().returns_pattern
    return pattern.replace("*", f"{mail.id}-{_mark(mail)}") if pattern else settings().sender


def letter_of(addresses: Iterable[str]) -> Mail | None:
    """The letter that one of these addresses names with the right mark; None for everything else."""
    pattern = settings().returns_pattern
    if not pattern:
        return None
    before, _star, after = pattern.partition("*")
    tag = re.compile(
        rf"(?<![\w.+-]){re.escape(before)}(\d{{1,12}})-([0-9a-f]{{{_LENGTH}}}){re.escape(after)}(?![\w.-])",
        re.IGNORECASE | re.ASCII,
    )
    for address in addresses:
        for number, mark in tag.findall(address):
            mail: Mail | None = Mail.get_or_none(Mail.id == int(number))
            if mail is not None and hmac.compare_digest(_mark(mail), mark.lower()):
                return mail
    return None


def _mark(mail: Mail) -> str:
    return crypto.keyed_hash(f"{mail.id}\0{mail.message_id}\0{mail.address}", "returned mail")[:_LENGTH]
