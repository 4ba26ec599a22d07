"""Who asks, who answers, who publishes, who hears: read from what is registered, never typed by hand."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lms import events, jobs
from lms.events import Event
from lms.plugins.registry import registry


@dataclass(frozen=True)
class Question:
    """A question, the plugin that asks it, and the plugins that answer it, in loading order."""

    name: str
    arguments: tuple[str, ...]
    words: str
    asker: str
    answerers: tuple[str, ...]


@dataclass(frozen=True)
class Fact:
    """A fact, the plugin that publishes it, and who hears it as (plugin, handler)."""

    name: str
    words: str
    publisher: str
    hearers: tuple[tuple[str, str], ...]


def questions() -> list[Question]:
    """Every question of the platform, the kernel's first."""
    found = [
        Question(
            name,
            tuple(hook.spec.argnames),
            _first_line(hook.spec.function),
            _owner(hook.spec.function.__module__),
            tuple(plugin for plugin, _ in registry.answerers(name)),
        )
        for name, hook in vars(registry.manager.hook).items()
        if getattr(hook, "spec", None) is not None
    ]
    return sorted(found, key=lambda one: (_place(one.asker), one.name))


def facts() -> list[Fact]:
    """Every fact a loaded plugin can publish."""
    found = [
        Fact(
            event.event_name(),
            _first_line(event),
            _owner(event.__module__),
            tuple(
                (one.plugin, one.handler.__name__)
                for one in events.subscriptions()
                if one.event.event_name() == event.event_name()
            ),
        )
        for event in _below(Event)
        if _owner(event.__module__) in registry.found
    ]
    return sorted(found, key=lambda one: (_place(one.publisher), one.name))


def work_of(plugin: str) -> tuple[list[jobs.Job], list[jobs.Every]]:
    """The jobs and the timetable of a plugin."""
    work, timetable = jobs.known()
    return [one for one in work if one.plugin == plugin], [one for one in timetable if one.plugin == plugin]


def _below(kind: type[Event]) -> Iterator[type[Event]]:
    for child in kind.__subclasses__():
        yield child
        yield from _below(child)


def _owner(module: str) -> str:
    """The plugin a module belongs to, by the longest name that begins it."""
    fitting = [
        found
        for found in registry.in_order()
        if module == found.module or module.startswith(f"{found.module}.")
    ]
    return max(fitting, key=lambda found: len(found.module)).name if fitting else module


def _place(plugin: str) -> int:
    order = list(registry.found)
    return order.index(plugin) if plugin in order else len(order)


def _first_line(thing: Any) -> str:
    # A dataclass without words of its own describes itself by its fields; that is no sentence.
    words = (inspect.getdoc(thing) or "").split("\n\n")[0].replace("\n", " ")
    return "" if words.startswith(f"{getattr(thing, '__name__', '')}(") else words
