"""Checks of a plugin's facts, handlers, jobs and timetable."""

from __future__ import annotations

import ast
import dataclasses
import functools
import inspect
import sys
import textwrap
from collections.abc import Iterator
from typing import Any

from lms import events, jobs
from lms.plugins.checking.problem import Problem
from lms.plugins.registry import Found, registry

PLAIN = {"int", "str", "float", "bool", "date", "datetime", "None"}


def facts_end(found: Found) -> Iterator[Problem]:
    for fact in _below(events.Event):
        if fact.__module__.startswith(f"{found.module}."):
            yield from _plain(fact)
    for subscription in events.subscriptions():
        if subscription.plugin == found.name and (way := _way_back(subscription.event)):
            yield Problem(
                f"The fact {way[0]} comes back to itself: {' → '.join(way)}.",
                "A handler recomputes; let it publish only when something really changed, by another fact.",
            )


def _below(kind: type[Any]) -> list[type[Any]]:
    return [one for child in kind.__subclasses__() for one in [child, *_below(child)]]


def _plain(fact: type[Any]) -> Iterator[Problem]:
    for field in dataclasses.fields(fact):
        written = field.type if isinstance(field.type, str) else inspect.formatannotation(field.type)
        if {word.split(".")[-1] for word in written.replace("|", " ").split()} - PLAIN:
            yield Problem(
                f"{fact.event_name()}.{field.name} is {written}, which is no plain value.",
                "A fact carries ids, texts, numbers and days; whoever hears it loads the rest.",
            )


def _way_back(start: type[events.Event]) -> list[str]:
    """The circle of facts through `start`, as names; [] when following handlers ends."""
    front: list[tuple[type[Any], list[str]]] = [(start, [start.event_name()])]
    seen: set[type[Any]] = set()
    while front:
        fact, way = front.pop()
        for handler in [one.handler for one in events.subscriptions() if one.event is fact]:
            for after in published_by(handler):
                if after is start:
                    return [*way, start.event_name()]
                if after not in seen:
                    seen.add(after)
                    front.append((after, [*way, after.event_name()]))
    return []


def published_by(handler: Any) -> set[type[Any]]:
    """The facts a handler may publish: those named in it and in whatever functions of plugins it calls."""
    found: set[type[Any]] = set()
    seen: set[Any] = set()
    front = [inspect.unwrap(handler)]
    while front:
        function = front.pop()
        if function in seen:
            continue
        seen.add(function)
        for thing in _called(function):
            if inspect.isclass(thing) and issubclass(thing, events.Event):
                found.add(thing)
            elif inspect.isfunction(thing) and _ours(thing):
                front.append(inspect.unwrap(thing))
    return found


@functools.cache
def _called(function: Any) -> tuple[Any, ...]:
    """What the calls in a function lead to, as far as names tell."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    except (OSError, SyntaxError):
        return ()
    calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return tuple(thing for thing in (_resolve(call, function) for call in calls) if thing is not None)


def _resolve(node: ast.AST, function: Any) -> Any:
    if isinstance(node, ast.Name):
        return function.__globals__.get(node.id)
    if isinstance(node, ast.Attribute):
        owner = _resolve(node.value, function)
        return getattr(owner, node.attr, None) if inspect.ismodule(owner) else None
    return None


def _ours(function: Any) -> bool:
    module = function.__module__ or ""
    return module in sys.modules and any(
        module == one.module or module.startswith(f"{one.module}.")
        for one in registry.in_order()
        if one.name != "lms"
    )


def jobs_are_named(found: Found) -> Iterator[Problem]:
    work, timetable = jobs.known()
    entries: list[jobs.Job | jobs.Every] = [*work, *timetable]
    for entry in entries:
        if entry.function.__module__.startswith(f"{found.module}.") and entry.plugin != found.name:
            name = entry.kind if isinstance(entry, jobs.Job) else entry.name
            yield Problem(
                f"The job {name} carries the name of another plugin.",
                f"Name it {found.name}.<what>, and keep timetable entries in {found.name}/jobs.py.",
            )
