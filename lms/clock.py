"""The one clock of the platform: UTC inside, Asia/Ho_Chi_Minh for people.

Everything that needs "now" asks here, so that tests and demonstrations can move time
(`frozen`, or the environment variable ``LMS_CLOCK``) without touching anything else.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

TIME_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")

_offset = timedelta(0)
_frozen: datetime | None = None


def now() -> datetime:
    """The present moment as naive UTC, the form in which every time is stored."""
    if _frozen is not None:
        return _frozen
    return datetime.now(UTC).replace(tzinfo=None) + _offset


def today() -> date:
    """Today's date where the users are; legal dates are dates of this zone."""
    return local(now()).date()


def local(moment: datetime) -> datetime:
    """A stored naive UTC time as an aware local time."""
    return moment.replace(tzinfo=UTC).astimezone(TIME_ZONE)


def from_local(moment: datetime) -> datetime:
    """A naive local time (as people write it) as naive UTC, the stored form."""
    return moment.replace(tzinfo=TIME_ZONE).astimezone(UTC).replace(tzinfo=None)


def monotonic() -> float:
    """Seconds that only ever grow, for measuring durations."""
    return time.monotonic()


@contextmanager
def frozen(moment: datetime | date) -> Iterator[None]:
    """Stop the clock at a local date or naive local time while the block runs."""
    global _frozen
    before = _frozen
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, datetime.min.time()).replace(hour=9)
    _frozen = from_local(moment)
    try:
        yield
    finally:
        _frozen = before


def start_from_environment() -> None:
    """Let the clock start at ``LMS_CLOCK`` (local ISO time) and run on from there; for demonstrations and tests."""
    global _offset
    wanted = os.environ.get("LMS_CLOCK")
    _offset = timedelta(0)
    if wanted:
        _offset = from_local(datetime.fromisoformat(wanted)) - datetime.now(UTC).replace(tzinfo=None)


start_from_environment()
