"""Deeds on rolls: one function a deed, one transaction."""

from plugins.attendance.services.amending import (
    amend,
    count_old_notes,
    erase_notes,
    erase_old_notes,
    record_make_up,
    withdraw_make_up,
)
from plugins.attendance.services.locking import LockResult, lock_past_days, lock_roll, lock_rolls
from plugins.attendance.services.marking import Confirmed, Given, confirm_roll, mark, undo_confirm

__all__ = [
    "Confirmed",
    "Given",
    "LockResult",
    "amend",
    "confirm_roll",
    "count_old_notes",
    "erase_notes",
    "erase_old_notes",
    "lock_past_days",
    "lock_roll",
    "lock_rolls",
    "mark",
    "record_make_up",
    "undo_confirm",
    "withdraw_make_up",
]
