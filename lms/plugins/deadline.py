"""A time limit on a plugin's code.

In the main thread (gunicorn's sync workers, the worker's processes, the command line) the alarm signal
interrupts it wherever it is, sleeping or counting. In another thread it is interrupted between two steps of
Python. What neither stops (a library's own loop that hears no signal) is told to the watchdog after
`GRACE` more seconds: it reports the code, and ends the process when a supervisor will start it anew.
"""

from __future__ import annotations

import ctypes
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from lms.plugins.reloading import supervised

#: Seconds between the deadline and the watchdog's step.
GRACE = 5.0


class DidNotAnswer(KeyboardInterrupt):
    """The time is over. As a keyboard interrupt it passes ``except Exception``, and drivers end their query cleanly."""

    def __init__(self, seconds: float = 0.0) -> None:
        super().__init__(f"did not answer in {seconds:g} s")
        self.seconds = seconds


@dataclass(eq=False)
class _Watch:
    seconds: float
    told: Callable[[str], None] | None
    late: DidNotAnswer
    began: float = field(default_factory=time.monotonic)
    thread: int = field(default_factory=threading.get_ident)
    #: The time runs anew from every sign of life.
    silence: bool = False
    armed: bool = True
    rung: bool = False

    @property
    def over(self) -> float:
        """Seconds past the deadline; negative before it."""
        return time.monotonic() - self.began - self.seconds


_watched: set[_Watch] = set()
_dog: threading.Thread | None = None
_dog_of = 0


@contextmanager
def deadline(
    seconds: float, told: Callable[[str], None] | None = None, *, silence: bool = False
) -> Iterator[DidNotAnswer | None]:
    """Raise DidNotAnswer in the block after `seconds`; 0 = no limit. `told` hears of code that cannot be interrupted.

    With `silence` the time runs anew from every `sign_of_life`. May be nested: the sooner deadline wins. Yields what it would raise, so that a caller knows its own.
    """
    if seconds <= 0:
        yield None
        return
    _start_dog()
    watch = _Watch(seconds, told, DidNotAnswer(seconds), silence=silence)
    _watched.add(watch)
    try:
        if threading.current_thread() is threading.main_thread():
            with _alarm(watch):
                yield watch.late
        else:
            yield watch.late
            watch.armed = False
    except DidNotAnswer as late:
        if late is not watch.late and late.seconds:
            raise
        raise watch.late from None
    finally:
        watch.armed = False
        _watched.discard(watch)


def sign_of_life() -> None:
    """Let the deadlines of silence in this thread run anew."""
    here = threading.get_ident()
    for watch in list(_watched):
        if watch.silence and watch.thread == here:
            watch.began = time.monotonic()


@contextmanager
def _alarm(watch: _Watch) -> Iterator[None]:
    def ring(_number: int, _frame: object) -> None:
        if watch.silence and watch.over < 0:
            signal.setitimer(signal.ITIMER_REAL, max(0.001, -watch.over), 1.0)  # there was a sign of life
        elif watch.armed:
            raise watch.late

    left, again = signal.getitimer(signal.ITIMER_REAL)
    if left and left <= watch.seconds:
        yield  # the outer deadline comes first
        return
    before = signal.signal(signal.SIGALRM, ring)
    # Rings again each second: code that swallowed the first must hear the next.
    signal.setitimer(signal.ITIMER_REAL, watch.seconds, 1.0)
    try:
        try:
            yield
        finally:
            watch.armed = False
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        if left:
            passed = time.monotonic() - watch.began
            signal.setitimer(signal.ITIMER_REAL, max(0.001, left - passed), again)


def _start_dog() -> None:
    """One watchdog a process; a forked child has none and starts its own."""
    global _dog, _dog_of
    if _dog is None or _dog_of != os.getpid():
        _dog_of = os.getpid()
        _watched.clear()
        _dog = threading.Thread(target=_watch_over, name="deadlines", daemon=True)
        _dog.start()


def _watch_over() -> None:
    while True:
        time.sleep(0.25)
        for watch in list(_watched):
            if watch.armed and watch.over > 0:
                _step_in(watch)


def _step_in(watch: _Watch) -> None:
    if watch.thread != threading.main_thread().ident:
        _interrupt(watch.thread)
    if watch.over < GRACE or watch.rung:
        return
    watch.rung = True
    if watch.told is not None:
        with suppress(Exception):
            watch.told(str(watch.late))
    if supervised():
        os.kill(os.getpid(), signal.SIGKILL)


def _interrupt(thread: int) -> None:
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(DidNotAnswer))
