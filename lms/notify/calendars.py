"""Personal calendars: their secret addresses, what stands in them, and what has changed in an entry."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from lms import audit, clock, crypto
from lms.access.models import User
from lms.answers import CalendarEntry
from lms.config import settings
from lms.db import atomic
from lms.notify.ical import numbered, written
from lms.notify.models import CalendarAddress, CalendarMark
from lms.plugins import ask

#: What of an entry makes a change that calendars must hear of.
_TOLD = ("starts_at", "ends_at", "title", "place", "text", "cancelled", "who")


@dataclass(frozen=True)
class Change:
    """An entry that is not what was last told; `before` None for a new one."""

    entry: CalendarEntry
    before: CalendarEntry | None


@atomic
def track(entries: Iterable[CalendarEntry]) -> list[Change]:
    """Note what entries say now; returns those that changed, each with what was told before. Three queries and one per change."""
    from lms.notify.ical import read  # noqa: PLC0415  beside `numbered`, used here alone

    entries = list(entries)
    marks = _marks(entries)
    changes = []
    for entry in entries:
        mark = marks.get(entry.uid)
        if mark is not None and _said(written(entry)) == _said(mark.shown):
            continue
        now = clock.now()
        sequence = mark.sequence + 1 if mark else 0
        shown = written(entry)
        CalendarMark.insert(uid=entry.uid, sequence=sequence, shown=shown, changed_at=now).on_conflict(
            conflict_target=[CalendarMark.uid],
            update={"sequence": sequence, "shown": shown, "changed_at": now},
        ).execute()
        changes.append(Change(numbered(entry, sequence, now), read(mark.shown) if mark else None))
    return changes


def entries_for(user: User, part: str = "") -> list[CalendarEntry]:
    """What stands in a person's calendar, or in a `part` of it ("class-12"), with the count of changes of each entry."""
    found: list[CalendarEntry] = ask("calendar_entries", user=user, part=part)
    marks = _marks(found)
    known = [
        numbered(entry, marks[entry.uid].sequence, marks[entry.uid].changed_at)
        if entry.uid in marks
        else entry
        for entry in found
    ]
    return sorted(known, key=lambda entry: (entry.starts_at, entry.uid))


@atomic
def make_address(user: User) -> str:
    """A new secret address for a person's calendar; the old one stops working. Returns the token."""
    CalendarAddress.delete().where(CalendarAddress.user == user.id).execute()
    token = secrets.token_urlsafe(24)
    CalendarAddress.create(user=user.id, token_hash=_hash(token), token_sealed=crypto.seal(token))
    audit.record(user, "notify.calendar_made", user)
    return token


@atomic
def revoke_address(user: User) -> None:
    """Close a person's calendar address."""
    if CalendarAddress.delete().where(CalendarAddress.user == user.id).execute():
        audit.record(user, "notify.calendar_revoked", user)


def address_of(user: User, part: str = "") -> str | None:
    """The whole address to subscribe to, None when there is none yet."""
    row = CalendarAddress.get_or_none(CalendarAddress.user == user.id)
    if row is None:
        return None
    tail = f"/{part}" if part else ""
    return f"{settings().base_url}/calendar/{crypto.unseal(row.token_sealed)}{tail}.ics"


def owner_of(token: str) -> User | None:
    """Whose calendar the token opens; None for an unknown one and for a closed account."""
    query = CalendarAddress.select(CalendarAddress, User).join(User)
    row = query.where(CalendarAddress.token_hash == _hash(token), User.active).first()
    return row.user if row else None


def _marks(entries: list[CalendarEntry]) -> dict[str, Any]:
    uids = [entry.uid for entry in entries]
    found: dict[str, Any] = {}
    for start in range(0, len(uids), 5000):
        for row in CalendarMark.select().where(CalendarMark.uid.in_(uids[start : start + 5000])):
            found[row.uid] = row
    return found


def _said(values: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(values.get(name) for name in _TOLD)


def _hash(token: str) -> str:
    return crypto.keyed_hash(token, "calendar")
