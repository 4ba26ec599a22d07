"""What is remembered of long work: each run with its progress, and when the timetable runs next."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from peewee import CharField, DateTimeField, ForeignKeyField, IntegerField, TextField

from lms import clock
from lms.access.models import User
from lms.config import settings
from lms.db import BaseModel, JSONText
from lms.errors import LmsError
from lms.plugins.deadline import sign_of_life

#: What became of one item of long work.
Fate = Literal["done", "skipped", "failed"]
#: Items that are told before they are written down together.
_TOGETHER = 400


class Stopped(LmsError):
    """Somebody called the work off."""


class JobRun(BaseModel):
    """One piece of long work: its arguments, progress, result and who asked for it."""

    kind = CharField(80)
    title = CharField(200)
    args = JSONText()
    state = CharField(8, default="queued", index=True)  # queued | running | done | failed | stopped
    done = IntegerField(default=0)
    count = IntegerField(default=0)
    note = CharField(300, default="")
    result = JSONText(null=True)
    error = TextField(default="")
    by = ForeignKeyField(User, null=True, on_delete="SET NULL")
    created_at = DateTimeField(default=clock.now)
    heartbeat_at = DateTimeField(null=True)
    finished_at = DateTimeField(null=True)
    #: Somebody called it off; it ends at its next sign of life.
    stop_at = DateTimeField(null=True)

    class Meta:
        table_name = "lms_job"

    _written = 0.0

    @property
    def finished(self) -> bool:
        return self.state in {"done", "failed", "stopped"}

    def total(self, count: int) -> None:
        """Say how many items there are; progress counts from 0 again (a restarted job recounts)."""
        sign_of_life()
        self.count, self.done = count, 0
        self._write(force=True)

    def advance(self, items: int = 1, note: str = "") -> None:
        """Say that items are done; also the sign of life without which the work is ended as failed after a while (`LMS_JOB_SECONDS`).

        Raises Stopped (let it pass through) when somebody called the work off; what is done stays.
        """
        sign_of_life()
        self.done += items
        self.note = note[:300]
        self._write(force=self.done >= self.count)

    def tell(self, label: str, fate: Fate, message: str = "", *, key: str = "") -> None:
        """Say what became of one item: done, skipped (nothing to do, or not meant) or failed, and why.

        The work's page lists failures first, and all go into a spreadsheet. A later word on the same item replaces the
        earlier one; `key` tells items apart whose label may be the same.
        """
        told: dict[str, dict[str, Any]] = self.__dict__.setdefault("_told", {})
        key = str(key or label)[:200]
        told[key] = {
            "run": self.id,
            "key": key,
            "label": str(label)[:300],
            "fate": fate,
            "message": str(message)[:500],
        }
        if len(told) >= _TOGETHER:
            self.write_told()

    @contextmanager
    def item(
        self,
        label: str,
        done: str = "",
        *,
        key: str = "",
        fails_on: tuple[type[Exception], ...] = (LmsError,),
    ) -> Iterator[None]:
        """Do one item in the block: it is told as done or, when it raises one of `fails_on`, as failed with the reason.

        One that fails holds nobody else up; any other error ends the work. Either way progress goes one on.
        """
        try:
            yield
        except Stopped:
            raise
        except fails_on as problem:
            self.tell(label, "failed", str(problem), key=key)
        else:
            self.tell(label, "done", done, key=key)
        self.advance(note=label)

    def write_told(self) -> None:
        """Write down what was told since the last time."""
        rows = list(self.__dict__.pop("_told", {}).values())
        if rows:
            written = JobRow.insert_many(rows).on_conflict(
                conflict_target=[JobRow.run, JobRow.key],
                preserve=[JobRow.label, JobRow.fate, JobRow.message],
            )
            written.execute()

    def file_path(self, name: str) -> Path:
        """A place for a produced file, `jobs/<id>/<name>` under the instance's files."""
        folder = settings().files / "jobs" / str(self.id)
        folder.mkdir(parents=True, exist_ok=True)
        return folder / name

    def _write(self, *, force: bool) -> None:
        if not force and time.monotonic() - self._written < 0.3:
            return
        self._written = time.monotonic()
        self.write_told()
        going_on = (
            JobRun.update(done=self.done, count=self.count, note=self.note, heartbeat_at=clock.now())
            .where(JobRun.id == self.id, JobRun.stop_at.is_null())
            .execute()
        )
        if not going_on and not (self.count and self.done >= self.count):
            raise Stopped


class JobRow(BaseModel):
    """What became of one item of a run."""

    run = ForeignKeyField(JobRun, backref="+", on_delete="CASCADE")
    key = CharField(200)
    label = CharField(300)
    fate = CharField(8)
    message = CharField(500, default="")

    class Meta:
        table_name = "lms_job_row"
        indexes = ((("run", "key"), True), (("run", "fate"), False))


class Timer(BaseModel):
    """When a timetable entry (`@every`) runs next."""

    name = CharField(120, unique=True)
    next_at = DateTimeField(default=clock.now)

    class Meta:
        table_name = "lms_timer"


#: The timer that stands while an upgrade is not finished (see `lms.holding`).
HOLD = "lms.upgrade"


def held() -> bool:
    """Whether deliveries and work wait for the end of an upgrade; the sweeper finds them again afterwards."""
    return Timer.select().where(Timer.name == HOLD).exists()
