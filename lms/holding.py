"""While an upgrade is not finished nothing is delivered and no work begins, in any process, on any machine.

`lms migrate` holds the outbox before its first step and lets it go after its last. When a step of the core fails the
hold stays: a repaired `lms migrate` ends it, or an administrator who has looked does so on the page *Wiring*.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from lms import audit
from lms.db import atomic
from lms.jobs import HOLD, Timer, held

#: A hold has no end of its own.
NEVER = datetime(9999, 1, 1)


@contextmanager
def held_back() -> Iterator[None]:
    """Hold deliveries and work for the block, and beyond it when it fails. Harmless on an empty database."""
    if Timer.table_exists():
        Timer.insert(name=HOLD, next_at=NEVER).on_conflict_ignore().execute()
    yield
    let_go()


def let_go() -> bool:
    """End a hold; returns whether there was one. What was owed is taken up within seconds."""
    return bool(Timer.delete().where(Timer.name == HOLD).execute())


@atomic
def release(*, by: Any) -> bool:
    """An administrator ends the hold of an upgrade that did not finish; returns whether there was one."""
    ended = let_go()
    if ended:
        audit.record(by, "upgrade.released", None)
    return ended


__all__ = ["held", "held_back", "let_go", "release"]
