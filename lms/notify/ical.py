"""Calendar entries as iCalendar (RFC 5545, RFC 5546): stable UID, growing SEQUENCE, CANCELLED for what was called off."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from lms import clock
from lms.answers import CalendarEntry
from lms.config import settings
from lms.notify.models import Notice

if TYPE_CHECKING:
    from icalendar import Calendar, Event

#: How often calendar programs should ask again.
REFRESH = timedelta(hours=1)
PRODID = "-//Kim Bang//Training//VI"


def written(entry: CalendarEntry) -> dict[str, Any]:
    """An entry as plain values, for keeping."""
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in asdict(entry).items()
    }


def read(values: dict[str, Any]) -> CalendarEntry:
    """What `written` kept."""
    times = {
        name: datetime.fromisoformat(values[name])
        for name in ("starts_at", "ends_at", "changed_at")
        if values.get(name)
    }
    return CalendarEntry(**values | times)


def feed(entries: Iterable[CalendarEntry], name: str) -> bytes:
    """A calendar to subscribe to, with its time zone; lines folded as the standard wants."""
    from icalendar import Calendar  # noqa: PLC0415  eighty modules, for those who subscribe

    calendar = Calendar.new(
        name=name, uid=f"kim-bang@{_host()}", prodid=PRODID, method="PUBLISH", refresh_interval=REFRESH
    )
    calendar.add("X-WR-CALNAME", name)
    calendar.add("X-PUBLISHED-TTL", "PT1H")
    return _finished(calendar, [(entry, _event(entry)) for entry in entries])


def parts(notices: Iterable[Notice], address: str) -> list[tuple[str, bytes]]:
    """The calendar parts of a letter: (method, content). A calendar has one method, so changes and cancellations are two."""
    from icalendar import Calendar  # noqa: PLC0415  eighty modules, for letters with an invitation

    latest: dict[str, CalendarEntry] = {}
    for notice in notices:
        for values in notice.calendar:
            entry = read(values)
            if entry.uid not in latest or latest[entry.uid].sequence <= entry.sequence:
                latest[entry.uid] = entry
    found = []
    for method, cancelled in (("REQUEST", False), ("CANCEL", True)):
        mine = [entry for entry in latest.values() if entry.cancelled is cancelled]
        if mine:
            calendar = Calendar.new(prodid=PRODID, method=method)
            found.append(
                (method, _finished(calendar, [(entry, _invitation(entry, address)) for entry in mine]))
            )
    return found


def _finished(calendar: Calendar, events: list[tuple[CalendarEntry, Event]]) -> bytes:
    for _, event in events:
        calendar.add_component(event)
    if events:
        first = min(entry.starts_at for entry, _ in events).date() - timedelta(days=366)
        last = max(entry.ends_at for entry, _ in events).date() + timedelta(days=366)
        calendar.add_missing_timezones(first_date=first, last_date=last)
    return bytes(calendar.to_ical())


def _event(entry: CalendarEntry) -> Event:
    from icalendar import Event  # noqa: PLC0415  as above
    from icalendar.enums import STATUS  # noqa: PLC0415

    event = Event.new(
        uid=f"{entry.uid}@{_host()}",
        summary=entry.title,
        start=clock.local(entry.starts_at),
        end=clock.local(entry.ends_at),
        location=entry.place or None,
        description=entry.text or None,
        url=f"{settings().base_url}{entry.link}" if entry.link else None,
        sequence=entry.sequence,
        status=STATUS.CANCELLED if entry.cancelled else STATUS.CONFIRMED,
        stamp=clock.local(entry.changed_at or entry.starts_at),
        last_modified=clock.local(entry.changed_at) if entry.changed_at else None,
    )
    return event


def _invitation(entry: CalendarEntry, address: str) -> Event:
    from icalendar import vCalAddress  # noqa: PLC0415  as above

    event = _event(entry)
    event.organizer = vCalAddress(f"mailto:{settings().sender}")
    attendee = vCalAddress(f"mailto:{address}")
    attendee.params["RSVP"] = "FALSE"
    event.add("attendee", attendee)
    return event


def _host() -> str:
    return urlsplit(settings().base_url).hostname or "localhost"


def numbered(entry: CalendarEntry, sequence: int, changed_at: datetime) -> CalendarEntry:
    """The entry with the number of its changes so far."""
    return replace(entry, sequence=sequence, changed_at=changed_at)
