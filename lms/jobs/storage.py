"""The queue: huey on our own database and migrations."""

from __future__ import annotations

from typing import Any

from huey import Huey
from huey.constants import EmptyData
from huey.contrib.sql_huey import SqlStorage
from huey.storage import BaseStorage
from peewee import BlobField, CharField, DateTimeField, FloatField

from lms.db import BaseModel, db, is_postgresql


class QueueTask(BaseModel):
    queue = CharField(40)
    data = BlobField()
    priority = FloatField(default=0.0)

    class Meta:
        table_name = "lms_queue_task"
        indexes = ((("priority", "id"), False),)


class QueueSchedule(BaseModel):
    queue = CharField(40)
    data = BlobField()
    timestamp = DateTimeField()

    class Meta:
        table_name = "lms_queue_schedule"


class _Storage(SqlStorage):
    """huey's queue on our own database and migrations, polled without a write lock while it is empty."""

    def __init__(self, name: str = "kimbang", **_: Any) -> None:
        BaseStorage.__init__(self, name)
        self.database = db
        self.Task = QueueTask
        self.Schedule = QueueSchedule
        self.atomic = db.atomic

    @property
    def for_update(self) -> str | None:
        return "FOR UPDATE SKIP LOCKED" if is_postgresql() else None

    def check_conn(self) -> None:
        if db.is_closed():
            db.connect()

    def dequeue(self) -> Any:
        self.check_conn()
        if not QueueTask.select(QueueTask.id).where(QueueTask.queue == self.name).exists():
            return None
        data = super().dequeue()
        return None if data is None else bytes(data)

    def read_schedule(self, timestamp: Any) -> list[Any]:
        return []  # what is due later stands in our own tables; the sweeper queues it in time

    # huey also keeps results, locks and revocations; we use none of them, our tables say what became of work.

    def put_data(self, key: str, value: Any, is_result: bool = False) -> None:
        """Keep nothing."""

    def peek_data(self, key: str) -> Any:
        return EmptyData

    def peek_many(self, keys: Any) -> dict[str, Any]:
        return {}

    def pop_data(self, key: str) -> Any:
        return EmptyData

    def has_data_for_key(self, key: str) -> bool:
        return False


huey = Huey("kimbang", storage_class=_Storage, results=False, utc=True)
