"""What `lms doctor` says of keys: is the root a real one, is the list of keys believed, and does anything end soon?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from certificates import keyset
from certificates.keyset import pinned
from certificates.models import Issuer, Key
from certificates.services import statuslists
from certificates.status import places
from lms import clock
from lms.answers import Finding

#: How long before its end something is spoken of: a ceremony needs three people and a date.
EARLY = timedelta(days=60)


def findings() -> Iterator[Finding]:
    """Root, list of keys, and the key of every issuer."""
    if not Key.select().exists():
        return
    yield from _root()
    yield from _key_set()
    yield from _keys(clock.today())
    yield from _status_keys(clock.today())
    yield from _status_lists()


def _root() -> Iterator[Finding]:
    root = pinned.root()
    if root is None:
        yield Finding("warn", "The list of keys has no root yet.", "Run: lms keys publish")
    elif pinned.is_development():
        yield Finding(
            "warn",
            "The list of keys is signed by a development root, which lies on this machine.",
            "Before real certificates hold a ceremony with three custodians: lms keys ceremony FOLDER",
        )
    else:
        yield Finding("ok", f"The list of keys is signed by an offline root: {root.fingerprint}")


def _key_set() -> Iterator[Finding]:
    keyset.refresh()
    book = keyset.book()
    if book.distrust:
        yield Finding(
            "bad",
            f"The list of keys is not believed ({book.distrust}): no certificate can be checked.",
            "Compare root.json of the instance and LMS_ROOT_KEY with the printed fingerprint; then lms keys publish.",
        )
    elif book.document:
        left = book.document.next_update - clock.now()
        until = f"{book.document.next_update:%d/%m/%Y}"
        if left < timedelta(0):
            yield Finding(
                "bad", f"The list of keys ended on {until}; readers no longer confirm papers.", _SIGN_AGAIN
            )
        elif left < EARLY and not pinned.is_development():
            yield Finding("warn", f"The list of keys ends on {until}.", _SIGN_AGAIN)
        else:
            yield Finding("ok", f"List of keys, version {book.document.version}, good until {until}.")


def _keys(today: date) -> Iterator[Finding]:
    waiting = [row.kid for row in Key.select().where(Key.published_at.is_null())]
    if waiting:
        yield Finding("warn", f"Keys that wait for the root: {', '.join(waiting)}.", _SIGN_AGAIN)
    names = {row.number: row.name for row in Issuer.select().where(Issuer.valid_to.is_null())}
    for number, name in sorted(names.items()):
        last = _last_day(number)
        if last is None or last < today:
            yield Finding("warn", f"{name} has no key that signs today.", _ROTATE)
        elif last < today + EARLY:
            yield Finding("warn", f"The key of {name} ends on {last:%d/%m/%Y}.", _ROTATE)
        else:
            yield Finding("ok", f"{name} signs until {last:%d/%m/%Y}.")


def _status_keys(today: date) -> Iterator[Finding]:
    """A development root makes the status key of a year by itself; an offline one must have signed it before."""
    if pinned.is_development() or not places.lists_in_use():
        return
    rows = Key.select(Key.not_after).where(Key.purpose == "status", Key.status == "active")
    last = max((row.not_after for row in rows), default=None)
    if last is None or last < today:
        yield Finding(
            "bad", "No key signs status lists today: offline checks confirm nothing.", _ROTATE_STATUS
        )
    elif last < today + EARLY:
        yield Finding("warn", f"The key of the status lists ends on {last:%d/%m/%Y}.", _ROTATE_STATUS)


def _status_lists() -> Iterator[Finding]:
    for number in places.lists_in_use():
        row = places.newest(number)
        try:
            statuslists.must_be_consistent(number)
        except statuslists.StatusCleared as alarm:
            yield Finding(
                "bad",
                f"Status list {number} would take back what was published: {alarm}",
                "Run lms certificates audit, and compare with the last archive and the public log.",
            )
            continue
        if row is None or row.next_update < clock.now():
            yield Finding(
                "bad",
                f"Status list {number} is not published or past its time: offline checks confirm nothing.",
                "Is a worker running? With an offline root also: lms keys rotate status --year YEAR, then lms keys publish",
            )
        else:
            yield Finding(
                "ok",
                f"Status list {number}, sequence {row.sequence}, good until {row.next_update:%d/%m/%Y %H:%M} UTC.",
            )


def _last_day(issuer: int) -> date | None:
    """Until when an issuer can sign with the keys there are."""
    days = [row.not_after for row in Key.select().where(Key.issuer_number == issuer, Key.status == "active")]
    return max(days, default=None)


_SIGN_AGAIN = "Let two custodians sign it: lms keys publish --share A --share B"
_ROTATE = "Make next year's key at least 30 days before it is needed: lms keys rotate CODE --year YEAR"
_ROTATE_STATUS = "Make it, then let the root sign: lms keys rotate status --year YEAR"
