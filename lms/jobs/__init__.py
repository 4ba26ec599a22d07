"""Background work: huey runs it, our tables remember it.

Two kinds of work share one queue on our own database. A *delivery* (see `lms.events`) is short and runs in a
transaction. A *job* is long, runs outside any transaction, commits item by item and can be started again
with the same arguments after a crash. Enqueueing happens in the caller's transaction, so work that was
never committed is never run; what a killed worker left is found again by the sweeper, and what gives no sign of life
for too long is ended with a sentence.

`storage` is the queue, `models` what is remembered, `rows` what became of each item, `declared` what modules declare, `runs` one piece of work from
start to end, `timetable` the sweeper's round, `worker` the processes. Others import from here.
"""

from lms.jobs.declared import Every, Job, _jobs, every, forget_plugin, job, known
from lms.jobs.models import HOLD, JobRow, JobRun, Stopped, Timer, held
from lms.jobs.runs import can_go_on, perform, retry, start, stop, wake
from lms.jobs.runs import deliver_task as _deliver
from lms.jobs.storage import QueueSchedule, QueueTask, huey
from lms.jobs.timetable import drain, sweep
from lms.jobs.worker import run_worker

__all__ = [
    "HOLD",
    "Every",
    "Job",
    "JobRow",
    "JobRun",
    "QueueSchedule",
    "QueueTask",
    "Stopped",
    "Timer",
    "_deliver",
    "_jobs",
    "can_go_on",
    "drain",
    "every",
    "forget_plugin",
    "held",
    "huey",
    "job",
    "known",
    "perform",
    "retry",
    "run_worker",
    "start",
    "stop",
    "sweep",
    "wake",
]
