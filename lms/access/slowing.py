"""Slow down guessing of passwords and codes, in every process alike, without locking anybody out.

Wrong tries are counted in a row for a name. Which names a try has depends on where it comes from:

* a device on which the account has signed in before: that device alone, so a stranger's tries never reach the owner;
* any other device: the account from this address, and the account from anywhere (an attacker with many addresses).

An address as such is never slowed down by a few people's mistakes: a whole office may stand behind it. A try that
comes too early is refused unread and does not prolong the wait.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import ngettext

from lms import clock, crypto
from lms.access.models import WrongTries
from lms.db import atomic
from lms.errors import LmsError

#: Counts older than this start again.
FORGOTTEN = timedelta(hours=24)


class Wait(LmsError):
    """Too many wrong tries; `details["retry_after"]` is in seconds."""

    status = 429
    code = "wait"


@dataclass(frozen=True)
class Name:
    """What wrong tries are counted for; `free` tries cost nothing, then the wait doubles up to `longest` seconds."""

    text: str
    free: int
    longest: int

    @property
    def key(self) -> str:
        return crypto.keyed_hash(self.text, "wrong-tries")

    def wait(self, count: int) -> int:
        """Seconds to wait after so many wrong tries in a row."""
        over = count - self.free
        return 0 if over < 0 else min(self.longest, 2 ** min(over, 20))


def names(account: str, *, address: str, device: str = "") -> tuple[Name, ...]:
    """The names of a try to sign in as `account` (what was typed, existing or not)."""
    account = account.strip().lower()[:200]
    if device:
        return (Name(f"device {account} {device}", free=5, longest=900),)
    return (
        Name(f"address {account} {address}", free=5, longest=900),
        Name(f"account {account}", free=20, longest=300),
    )


def refuse_early(names: Iterable[Name]) -> None:
    """Raise Wait when one of the names still has to wait. One query."""
    now = clock.now()
    waits = [row.wait_until for row in _rows(names) if row.wait_until and row.wait_until > now]
    if waits:
        raise _wait(max(waits) - now)


@atomic
def count_wrong(names: Iterable[Name]) -> None:
    """Count a wrong try for each of the names."""
    now = clock.now()
    WrongTries.delete().where(WrongTries.last_at < now - FORGOTTEN).execute()
    for name in names:
        WrongTries.insert(key_hash=name.key, count=0, last_at=now).on_conflict_ignore().execute()
        mine = WrongTries.key_hash == name.key
        WrongTries.update(count=WrongTries.count + 1, last_at=now).where(mine).execute()
        count = WrongTries.select(WrongTries.count).where(mine).scalar()
        WrongTries.update(wait_until=_until(now, name.wait(count))).where(mine).execute()


@atomic
def forget(name: Name) -> None:
    """The right answer came: this name starts again. Other names of the account keep their count."""
    WrongTries.delete().where(WrongTries.key_hash == name.key).execute()


def _rows(names: Iterable[Name]) -> list[WrongTries]:
    keys = [name.key for name in names]
    return list(WrongTries.select(WrongTries.wait_until).where(WrongTries.key_hash.in_(keys)))


def _until(now: datetime, seconds: int) -> datetime | None:
    return now + timedelta(seconds=seconds) if seconds else None


def _wait(left: timedelta) -> Wait:
    seconds = max(1, int(left.total_seconds() + 0.999))
    if seconds < 90:
        sentence = ngettext(
            "There were too many wrong tries. Please wait %(num)s second, then try again.",
            "There were too many wrong tries. Please wait %(num)s seconds, then try again.",
            seconds,
        )
    else:
        sentence = ngettext(
            "There were too many wrong tries. Please wait %(num)s minute, then try again.",
            "There were too many wrong tries. Please wait %(num)s minutes, then try again.",
            -(-seconds // 60),
        )
    return Wait(sentence, retry_after=seconds)
