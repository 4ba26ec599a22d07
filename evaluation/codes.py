"""One-time codes of the anonymous forms: how they look, how long they are, how they are kept.

Ten Crockford base-32 characters = 50 random bits, printed ``K7Q2M-9XPRT``. Short enough to type from a slip,
and long enough: with 10,000 codes alive at once and the door closing after 30 wrong codes in ten minutes from
one address, a thousand machines guessing for a month have one chance in about 900 of casting one false ballot.
Only a keyed hash of a code is stored, so neither the database nor a backup of it can be turned into codes.
"""

from __future__ import annotations

import secrets

from lms.crypto import keyed_hash

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 10
BITS = LENGTH * 5

#: What people type for what is printed: Crockford's confusable letters, any case, spaces and dashes.
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1"})


def new_code() -> str:
    """A fresh code from the system's randomness, without separators."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def read_code(typed: str) -> str | None:
    """The code a person meant, or None when it cannot be one.

    >>> read_code("k7q2m-9xprt"), read_code("O0IL1-00000"), read_code("hello")
    ('K7Q2M9XPRT', '0011100000', None)
    """
    if len(typed) > 40:
        return None
    code = "".join(typed.split()).replace("-", "").upper().translate(_READ_AS)
    if len(code) != LENGTH or any(letter not in ALPHABET for letter in code):
        return None
    return code


def printed(code: str) -> str:
    """The code as it stands on a slip: two groups of five."""
    return f"{code[:5]}-{code[5:]}"


def code_hash(code: str) -> str:
    """What is stored of a code: equality can be looked up, the code cannot be got back."""
    return keyed_hash(code, purpose="evaluation.code")
