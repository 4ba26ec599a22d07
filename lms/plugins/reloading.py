"""Start this process anew when an administrator asks to load a broken plugin again.

Pages cannot be added to a serving Flask application, so a plugin that failed to load needs a fresh process.
gunicorn replaces a web process that ends, the runner of ``lms run`` replaces a worker: both lose nothing.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterable
from datetime import datetime

from lms import clock

_born = clock.now()


def obey(asked: Iterable[datetime]) -> None:
    """End this process gracefully when somebody asked after it was born; in a shell or a test nothing happens."""
    if any(moment > _born for moment in asked):
        process = supervised()
        if process:
            os.kill(process, signal.SIGTERM)


def supervised() -> int | None:
    """The process to end: this one under gunicorn, the consumer's main process in a worker."""
    if "gunicorn.arbiter" in sys.modules:
        return os.getpid()
    return int(os.environ["LMS_WORKER_PID"]) if "LMS_WORKER_PID" in os.environ else None
