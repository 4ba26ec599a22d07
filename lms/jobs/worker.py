"""The worker: processes that take work from the queue, and a sweeper beside them."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import time
from typing import Any

from huey.consumer import Consumer

from lms.config import settings
from lms.db import connection, db
from lms.jobs.storage import huey
from lms.jobs.timetable import sweep

log = logging.getLogger(__name__)

#: Seconds between two looks whether every process is alive.
LOOKS = 2


class _Consumer(Consumer):  # type: ignore[misc]
    """huey's own, which starts a killed sweeper again as it does a killed worker."""

    sweeper: Any = None

    def check_worker_health(self) -> bool:
        """Start again whoever has died."""
        if self.sweeper is not None and not self.sweeper.is_alive():
            log.warning("the sweeper died (%s), starting it again", self.sweeper.exitcode)
            self.sweeper = _start_sweeper()
        return bool(super().check_worker_health())


def run_worker() -> None:
    """Work until told to stop: `settings().workers` processes and a sweeper; SIGINT and SIGTERM end them cleanly."""
    os.environ["LMS_WORKER_PID"] = str(os.getpid())
    db.obj.close_all()
    consumer = _Consumer(
        huey,
        workers=settings().workers,
        worker_type="process",
        periodic=False,
        initial_delay=0.05,
        max_delay=0.5,
        backoff=1.3,
        check_worker_health=True,
        health_check_interval=LOOKS,
    )
    consumer.sweeper = _start_sweeper()
    consumer.run()
    consumer.sweeper.terminate()


def _start_sweeper() -> Any:
    sweeper = multiprocessing.get_context("fork").Process(target=_sweep_for_ever, name="sweeper", daemon=True)
    sweeper.start()
    return sweeper


def _sweep_for_ever() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    parent = os.getppid()
    while os.getppid() == parent:
        try:
            with connection():
                sweep()
        except Exception:
            log.exception("sweep failed")
        time.sleep(2)
