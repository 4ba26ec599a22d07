"""The fence around a plugin's code: a time limit, every kind of crash caught, no transaction left behind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from lms.config import settings
from lms.context import somebody_waits
from lms.db.footing import TransactionEnded, kept_footing
from lms.errors import LmsError
from lms.plugins.deadline import DidNotAnswer, deadline

#: Work in the background has this many times the seconds that a page has.
PATIENCE = 6

#: Servers end a process by raising SystemExit from a signal handler of theirs, wherever the process is.
_SERVERS = ("gunicorn.", "huey.")


class PluginFault(Exception):
    """A plugin's code crashed or did not answer; the text is the reason shown to administrators."""


@contextmanager
def fenced(
    seconds: float | None = None,
    told: Callable[[str], None] | None = None,
    *,
    savepoint: bool = True,
    silence: bool = False,
) -> Iterator[None]:
    """Run a plugin's code. An LmsError passes as it is; any other end but a good one becomes PluginFault.

    `seconds`: time limit, 0 = none; default: what the settings say; with `silence`, since the last `sign_of_life`. Within a transaction, what the code wrote
    before it failed is taken back (unless it wants no savepoint). Raises TransactionEnded when it ended its caller's transaction.
    """
    mine: DidNotAnswer | None = None
    try:
        with (
            kept_footing(savepoint=savepoint),
            deadline(_limit() if seconds is None else seconds, told, silence=silence) as mine,
        ):
            yield
    except (LmsError, TransactionEnded, GeneratorExit):
        raise
    except DidNotAnswer as late:
        if late is not mine:
            raise  # the deadline of somebody around us
        raise PluginFault(str(late)) from late
    except KeyboardInterrupt:
        raise
    except SystemExit as gone:
        if _by_a_server(gone):
            raise
        raise PluginFault(f"SystemExit: it tried to end the process ({gone.code})") from gone
    except BaseException as problem:
        raise PluginFault(f"{type(problem).__name__}: {problem}") from problem


def _limit() -> float:
    return settings().hook_seconds * (1 if somebody_waits() else PATIENCE)


def _by_a_server(gone: SystemExit) -> bool:
    frame = gone.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    module = frame.tb_frame.f_globals.get("__name__", "") if frame is not None else ""
    return str(module).startswith(_SERVERS)
