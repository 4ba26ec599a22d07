"""Rolls that nobody locked by the end of their day."""

from __future__ import annotations

from lms.jobs import every
from plugins.attendance import services


@every(minutes=15)
def lock_at_day_end() -> None:
    """Lock the confirmed rolls of the days before today."""
    services.lock_past_days()
