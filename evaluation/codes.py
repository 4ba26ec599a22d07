"""One-time codes of the anonymous forms: how they look, how long they are, how they are kept.

Ten Crockford base-32 characters = 50 random bits, printed ``K7Q2M-9XPRT``. Short enough to type from a slip,
and long enough: with 10,000 codes alive at once and the door closing after 30 wrong codes in ten minutes from
one address, a thousand machines guessing for a month have one chance in about 900 of casting one false ballot.
Only a keyed hash of a code is stored, so neither the database nor a backup of it can be turned into codes.
"""

from __future__ import annotations

from lms.access import links
from lms.crypto import keyed_hash

LENGTH = 10
#: Wrong codes an address may try, and within how many seconds. Right ones are not counted: a class shares an address.
WRONG_CODES = 30
WITHIN_SECONDS = 600


def new_code() -> str:
    """A fresh code from the system's randomness, without separators."""
    return links.new_code(LENGTH)


def read_code(typed: str) -> str | None:
    """The code a person meant, or None when it cannot be one.

    >>> read_code("k7q2m-9xprt"), read_code("O0IL1-00000"), read_code("hello")
    ('K7Q2M9XPRT', '0011100000', None)
    """
    if len(typed) > 40:
        return None
    code = links.normalise(typed)
    if len(code) != LENGTH or any(letter not in links.ALPHABET for letter in code):
        return None
    return code


def printed(code: str) -> str:
    """The code as it stands on a slip: two groups of five."""
    return f"{code[:5]}-{code[5:]}"


def code_hash(code: str) -> str:
    """What is stored of a code: equality can be looked up, the code cannot be got back."""
    return keyed_hash(code, purpose="evaluation.code")
