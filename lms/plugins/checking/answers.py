"""Checks of what a plugin answers: the questions it knows, and the people it keeps."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

from peewee import ForeignKeyField

from lms.plugins.checking.problem import Problem
from lms.plugins.checking.tables import models
from lms.plugins.registry import Found, registry

OFFICIALS = {"lms_official"}
PEOPLE = OFFICIALS | {"courses_membership"}
PRIVACY = ("privacy_export", "privacy_erase")
#: What happens to its rows when two records of one person become one.
MERGING = ("merge_officials",)


def fit(found: Found) -> Iterator[Problem]:
    hooks = found.rooms.get("hooks")
    if hooks is None:
        return
    for name, function in vars(hooks).items():
        if not inspect.isfunction(function):
            continue
        question = getattr(registry.manager.hook, name, None)
        spec = getattr(question, "spec", None)
        if not hasattr(function, "kimbang_impl"):
            if spec is not None and function.__module__ == hooks.__name__:
                yield Problem(f"hooks.py has {name} without @hookimpl.", "Put @hookimpl above it.")
            continue
        if spec is None:
            yield Problem(f"Nobody asks the question {name}.", "See docs/hooks.md for those that are asked.")
            continue
        for extra in sorted(set(inspect.signature(function).parameters) - set(spec.argnames)):
            yield Problem(
                f"{name} takes the argument {extra}, which the question does not give.",
                f"It may take any of: {', '.join(spec.argnames)}.",
            )


def for_people(found: Found) -> Iterator[Problem]:
    if found.name == "lms":
        return
    wanted = [
        *(PRIVACY if _points_to(found, PEOPLE) else ()),
        *(MERGING if _points_to(found, OFFICIALS) else ()),
    ]
    for question in wanted:
        if all(name != found.name for name, _ in registry.answerers(question)):
            yield Problem(
                f"Its tables point to people and {question} is not answered.",
                f"Answer {question} in hooks.py (docs/hooks.md has an example).",
            )


def _points_to(found: Found, tables: set[str]) -> bool:
    """Whether one of its tables points to one of these."""
    return any(
        isinstance(field, ForeignKeyField) and field.rel_model._meta.table_name in tables
        for model in models(found)
        for field in model._meta.sorted_fields
    )
