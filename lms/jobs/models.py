"""What is remembered of long work: each run with its progress, and when the timetable runs next."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from peewee import CharField, DateTimeField, ForeignKeyField, IntegerField, TextField

from lms import clock
from lms.access.models import User
from lms.config import settings
from lms.db import BaseModel, JSONText
from lms.errors import LmsError
from lms.plugins.deadline import sign_of_life


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

    def tell(self, label: str, ok: bool, message: str = "") -> None:
        """Say what became of one item; the page lists failures first, and all go into a spreadsheet."""
        self.told.append({"label": str(label), "ok": ok, "message": str(message)})

    @property
    def told(self) -> list[dict[str, Any]]:
        """What `tell` said in this run."""
        rows: list[dict[str, Any]] = self.__dict__.setdefault("_told", [])
        return rows

    def file_path(self, name: str) -> Path:
        """A place for a produced file, `jobs/<id>/<name>` under the instance's files."""
        folder = settings().files / "jobs" / str(self.id)
        folder.mkdir(parents=True, exist_ok=True)
        return folder / name

    def _write(self, *, force: bool) -> None:
        if not force and time.monotonic() - self._written < 0.3:
            return
        self._written = time.monotonic()
        going_on = (
            JobRun.update(done=self.done, count=self.count, note=self.note, heartbeat_at=clock.now())
            .where(JobRun.id == self.id, JobRun.stop_at.is_null())
            .execute()
        )
        if not going_on and not (self.count and self.done >= self.count):
            raise Stopped


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
