"""An upgrade changes the shape of the data and nothing else: it never mails, issues or renumbers.

While a database step runs, publishing a fact or starting work is refused, and a step that writes rows into the
outbox or the queue by hand is rolled back. So is one that touches records of legal value (`lms.db.legal`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from typing import Any

from playhouse.migrations import Runner

#: What leaves the platform begins as a row in one of these.
OUTWARD = (
    "lms_event",
    "lms_delivery",
    "lms_job",
    "lms_queue_task",
    "lms_queue_schedule",
    "lms_mail",
    "lms_notice",
)

_running: ContextVar[bool] = ContextVar("lms_upgrading", default=False)


class OutwardEffect(RuntimeError):
    """A database step tried to do more than change the database."""


@contextmanager
def upgrading() -> Iterator[None]:
    """For the block, whatever would leave the platform is refused."""
    token = _running.set(True)
    try:
        yield
    finally:
        _running.reset(token)


def refuse_while_upgrading(what: str) -> None:
    """Call it where something leaves the platform. Raises OutwardEffect inside a database step."""
    if _running.get():
        raise OutwardEffect(f"A database step may not {what}: upgrades have no outward effect.")


#: What surrounds a step, inside its transaction: given the database, it may raise at the end to have it taken back.
Watch = Callable[[Any], AbstractContextManager[None]]


class QuietRunner(Runner):
    """The runner of database steps, whose steps have no outward effect and are watched by `watch`."""

    def __init__(self, *args: Any, watch: Watch = nullcontext, **options: Any) -> None:
        super().__init__(*args, **options)
        self._watch = watch

    def _run(self, name: str, module: Any, direction: str, fake: bool = False) -> None:
        super()._run(name, _Quiet(module, self._watch), direction, fake=fake)


class _Quiet:
    """A step that is watched: the check stands inside its transaction, so a loud step leaves nothing behind."""

    #: Whatever a step says: outside of a transaction nothing could be taken back.
    atomic = True

    def __init__(self, module: Any, watch: Watch) -> None:
        self._module = module
        self._watch = watch

    def up(self, migrator: Any, database: Any) -> None:
        self._watched(self._module.up, migrator, database)

    def down(self, migrator: Any, database: Any) -> None:
        self._watched(self._module.down, migrator, database)

    def _watched(self, step: Any, migrator: Any, database: Any) -> None:
        before = _highest(database)
        with upgrading(), self._watch(database):
            step(migrator, database)
        after = _highest(database)
        grown = [table for table, number in after.items() if table in before and number > before[table]]
        if grown:
            raise OutwardEffect(
                f"A database step wrote into {', '.join(grown)}: upgrades have no outward effect."
            )


def _highest(database: Any) -> dict[str, int]:
    """The latest row of each outward table that is there."""
    present = set(database.get_tables()) & set(OUTWARD)
    return {
        table: database.execute_sql(f'select coalesce(max(id), 0) from "{table}"').fetchone()[0]
        for table in present
    }
