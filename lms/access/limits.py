"""Slow down guessing: so many tries an address and minute, counted with the `limits` library.

Counts live in the memory of each process; with N web processes the true limit is up to N times as high, which
is still far below what guessing needs. Several machines share counts through Redis (a later setting).
"""

from __future__ import annotations

import functools
import ipaddress
import math
import time

from flask import current_app, request
from flask_babel import gettext as _
from limits import RateLimitItemPerSecond
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from lms.errors import LmsError


class TooOften(LmsError):
    """Too many tries in a short time."""

    status = 429
    code = "too_often"


@functools.cache
def _limiter() -> MovingWindowRateLimiter:
    return MovingWindowRateLimiter(MemoryStorage())


def asker() -> str:
    """Whose tries count together: an address, of IPv6 the first 64 bits, because one line has as many of those as it likes."""
    told = request.remote_addr or ""
    try:
        address = ipaddress.ip_address(told)
    except ValueError:
        return told
    if isinstance(address, ipaddress.IPv4Address):
        return told
    return str(address.ipv4_mapped or ipaddress.ip_network((int(address), 64), strict=False))


def forget() -> None:
    """Start counting anew, as a process that was just started."""
    _limiter.cache_clear()


def slow_down(what: str, *, most: int, seconds: int, who: str | None = None) -> None:
    """Count a try of `what`; raises TooOften past `most` in `seconds` for one address (or `who`)."""
    if not current_app.config.get("RATELIMIT_ENABLED", True):
        return
    item, names = RateLimitItemPerSecond(most, seconds), (what, who or asker())
    if not _limiter().hit(item, *names):
        free_at = _limiter().get_window_stats(item, *names).reset_time
        wait = min(seconds, max(1, math.ceil(free_at - time.time())))
        raise _too_often(wait)


def refuse_guesser(what: str, *, most: int, seconds: int) -> None:
    """Raise TooOften for an address with `most` wrong guesses of `what` in `seconds`; the visit itself is not counted.

    For doors that a whole class opens from one address: only what `count_wrong_guess` saw counts.
    """
    if not current_app.config.get("RATELIMIT_ENABLED", True):
        return
    if not _limiter().test(RateLimitItemPerSecond(most, seconds), what, asker()):
        raise _too_often(seconds)


def count_wrong_guess(what: str, *, most: int, seconds: int) -> None:
    """Count a wrong guess of `what` against the address it came from."""
    if not current_app.config.get("RATELIMIT_ENABLED", True):
        return
    _limiter().hit(RateLimitItemPerSecond(most, seconds), what, asker())


def _too_often(seconds: int) -> TooOften:
    if seconds <= 60:
        return TooOften(_("Too many tries. Please wait a minute and try again."), retry_after=seconds)
    minutes = math.ceil(seconds / 60)
    return TooOften(
        _("Too many tries. Please try again in %(minutes)s minutes.", minutes=minutes), retry_after=seconds
    )
