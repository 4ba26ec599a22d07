"""Long work and timetable entries that modules declare."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lms.plugins.contract import owner


@dataclass(frozen=True)
class Job:
    kind: str
    function: Callable[..., Any]
    plugin: str
    #: Work that is done may be run once more for its items that failed.
    again: bool = False


@dataclass(frozen=True)
class Every:
    name: str
    function: Callable[[], Any]
    plugin: str
    seconds: int


_jobs: dict[str, Job] = {}
_timetable: dict[str, Every] = {}


def job(kind: str, *, again: bool = False) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare long work of a module's ``jobs.py``; `kind` is "<plugin>.<what>".

    `again`: when some of its items failed it can be run once more with the same arguments, and then does these alone.
    """

    def declare(function: Callable[..., Any]) -> Callable[..., Any]:
        _jobs[kind] = Job(kind, function, kind.split(".")[0], again)
        return function

    return declare


def every(*, minutes: int = 0, hours: int = 0) -> Callable[[Callable[[], Any]], Callable[[], Any]]:
    """Declare a timetable entry; it runs on one worker only and is silent while its plugin is off."""

    def declare(function: Callable[[], Any]) -> Callable[[], Any]:
        plugin = owner(function.__module__)
        name = f"{plugin}.{function.__name__}"
        _timetable[name] = Every(name, function, plugin, minutes * 60 + hours * 3600)
        return function

    return declare


def forget_plugin(plugin: str) -> None:
    """Drop a plugin's jobs and timetable (its loading failed half-way)."""
    for table in (_jobs, _timetable):
        for name in [name for name, entry in table.items() if entry.plugin == plugin]:  # type: ignore[attr-defined]
            del table[name]


def known() -> tuple[list[Job], list[Every]]:
    """Every job and timetable entry of this process."""
    return list(_jobs.values()), list(_timetable.values())
