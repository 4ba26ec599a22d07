"""When a letter goes out: at once, after the quiet hours, or with the morning's digest. Pure functions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from lms import clock

QUIET = ("21:00", "07:00")


@dataclass(frozen=True)
class Due:
    """When (naive UTC), and whether the letter is shared by everything that is due then."""

    at: datetime
    shared: bool


def due(mode: str, now: datetime, begin: str = QUIET[0], end: str = QUIET[1]) -> Due:
    """When something that happened `now` (naive UTC) is mailed: `mode` "now" or "daily", quiet from `begin` to `end`.

    A digest goes out when the quiet hours end; what waits for their end goes with it.
    """
    here = clock.local(now).replace(tzinfo=None)
    if mode == "daily" or is_quiet(here.time(), begin, end):
        return Due(clock.from_local(_next(here, _time(end))), shared=True)
    return Due(now, shared=False)


def is_quiet(moment: time, begin: str, end: str) -> bool:
    """Whether a local time of day lies in the quiet hours, which may pass midnight."""
    first, last = _time(begin), _time(end)
    if first == last:
        return False
    if first < last:
        return first <= moment < last
    return moment >= first or moment < last


def _next(here: datetime, at: time) -> datetime:
    today = datetime.combine(here.date(), at)
    return today if today > here else today + timedelta(days=1)


def _time(text: str) -> time:
    return time.fromisoformat(text)
