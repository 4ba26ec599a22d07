"""Passwords: long enough, not a known one, not the person's own name; nothing about digits and capitals.

Length and a list of known passwords are what helps (NIST SP 800-63B, 3.1.1.2); rules of composition make people
write "Matkhau@2025".
"""

from __future__ import annotations

import functools
import unicodedata
import uuid

from flask_babel import gettext as _
from flask_security.utils import hash_password, verify_password

from lms import audit
from lms.access import sign_ins
from lms.access.models import SignIn, User
from lms.db import atomic, lock
from lms.errors import Invalid
from lms.plugins.settings import setting
from lms.text import fold

#: Known to everybody here, beside the list of leaked passwords.
_OURS = frozenset(
    [
        "matkhau",
        "matkhaumoi",
        "khongbiet",
        "anhyeuem",
        "emyeuanh",
        "yeuemnhieu",
        "iloveyou",
        "vietnam",
        "thanhhoa",
        "hanoi",
        "saigon",
        "noivu",
        "canbo",
        "congchuc",
        "quantri",
        "hethong",
        "truongchinhtri",
        "hochiminh",
        "matkhaudaynhe",
        "xinchao",
        "xinchaovietnam",
        "kimbang",
        "chungchi",
    ]
)
LONGEST = 128


def check(password: str, user: User, *, field: str = "new_password") -> None:
    """Raise Invalid, with the sentence at `field`, unless the password may be used for the account."""
    sentence = problem(password, email=str(user.email), name=str(user.display_name))
    if sentence:
        raise Invalid(fields={field: sentence})


def problem(password: str, *, email: str = "", name: str = "") -> str | None:
    """What stands against a password, as a sentence that says what to do; None when it is good."""
    shortest = setting("lms.password_length")
    if len(password) < shortest:
        return _(
            "Please use at least %(count)s characters: three or four words that do not belong together are easy to keep in mind.",
            count=shortest,
        )
    if len(password) > LONGEST:
        return _("Please use at most %(count)s characters.", count=LONGEST)
    plain = fold(password).lower()
    if _repeats(plain) or _known(plain):
        return _(
            "This password is on the list of known ones and would be tried first. Please choose another one."
        )
    if _own(plain, email, name):
        return _("Please choose a password without your name or e-mail address.")
    return None


@atomic
def change(user: User, old: str, new: str, *, keep: SignIn | None) -> int:
    """Change one's own password; every other device is signed out. Returns how many. Raises Invalid."""
    row = lock(user)
    if not is_right(row, old):
        raise Invalid(fields={"password": _("This is not your present password. Please type it again.")})
    check(new, row)
    if old == new:
        raise Invalid(fields={"new_password": _("This is your present password. Please choose a new one.")})
    _write(row, new)
    audit.record(row, "access.password_changed", row)
    return sign_ins.end_all(row, by=row, but=keep)


@atomic
def choose(user: User, new: str) -> None:
    """Set the password by a one-time link; every device is signed out. Raises Invalid."""
    row = lock(user)
    check(new, row)
    _write(row, new)
    audit.record(row, "access.password_set", row)
    sign_ins.end_all(row, by=row)


def hashed(password: str) -> str:
    """The hash that is kept; the same letters typed on different machines give the same bytes (NFKD, as at sign-in)."""
    return str(hash_password(unicodedata.normalize("NFKD", password)))


def is_right(user: User, password: str) -> bool:
    """Whether it is the account's password."""
    return bool(verify_password(unicodedata.normalize("NFKD", password), user.password or ""))


def _write(user: User, password: str) -> None:
    User.update(password=hashed(password), fs_uniquifier=uuid.uuid4().hex).where(User.id == user.id).execute()


def _repeats(plain: str) -> bool:
    """One short piece over and over: "121212121212"."""
    return len(set(plain)) < 4 or any(
        plain == (plain[:size] * len(plain))[: len(plain)] for size in range(1, len(plain) // 2 + 1)
    )


def _known(plain: str) -> bool:
    """On the list itself, or a listed one with digits and signs around it."""
    core = "".join(one for one in plain if one.isalpha())
    bare = "".join(one for one in plain if one.isalnum())
    return (
        bool({plain, bare} & _list()) or core in _list() or _counts_on(bare) or (not core and bare in _list())
    )


def _counts_on(bare: str) -> bool:
    """A row of keys or digits: "123456789012", "qwertyuiop12"."""
    rows = (
        "01234567890123456789",
        "98765432109876543210",
        "qwertyuiopasdfghjklzxcvbnm",
        "abcdefghijklmnopqrstuvwxyz",
    )
    return any(bare in row for row in rows)


def _own(plain: str, email: str, name: str) -> bool:
    local = fold(email.partition("@")[0]).lower()
    joined = fold(name).lower().replace(" ", "")
    squeezed = plain.replace(" ", "")
    return any(len(own) >= 4 and own in squeezed for own in (local, joined))


@functools.cache
def _list() -> frozenset[str]:
    from zxcvbn.frequency_lists import FREQUENCY_LISTS  # noqa: PLC0415  half a second and 10 MB, when one is chosen

    return frozenset(FREQUENCY_LISTS["passwords"]) | _OURS
