"""Checks of what a plugin remembers: its models, its migrations, and both against a database."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from peewee import SqliteDatabase
from playhouse.migrations import Runner
from playhouse.schema_diff import diff_models

from lms.db import BaseModel, db
from lms.plugins.checking.problem import Problem
from lms.plugins.registry import Found, registry

#: A table of the kernel that is made by code, because it remembers the steps.
HISTORY = {"lms_migration_stamp"}
STEP = re.compile(r"\d{4}_[a-z0-9_]+\.py")


def models(found: Found) -> list[type[BaseModel]]:
    """The models of a plugin, without what others merely inherit from."""
    own = [one for one in _below(BaseModel) if one.__module__.startswith(f"{found.module}.")]
    declared = set(found.plugin.tables)
    return [
        one
        for one in own
        if one._meta.table_name not in HISTORY
        and (one._meta.table_name in declared or not one.__subclasses__())
    ]


def _below(base: type[Any]) -> list[type[Any]]:
    below = [one for child in base.__subclasses__() for one in [child, *_below(child)]]
    return [one for one in below if getattr(one._meta, "table_name", None)]


def are_declared(found: Found) -> Iterator[Problem]:
    kept = {one._meta.table_name for one in models(found)}
    declared = set(found.plugin.tables)
    for table in sorted(kept - declared):
        yield Problem(
            f"The table {table} has a model and is not declared.",
            f"Name it in `tables` of plugin.py; it must start with {found.name}_.",
        )
    for table in sorted(declared - kept):
        yield Problem(f"The table {table} is declared and has no model.", "Remove it from `tables`.")


def have_the_shape(found: Found) -> Iterator[Problem]:
    for difference in _differences(db.obj, models(found)):
        yield Problem(
            difference, "Run `lms migrate`; when that changes nothing, a migration step is missing or wrong."
        )


def install(found: Found) -> Iterator[Problem]:
    if not models(found):
        return
    if not found.migrations.is_dir():
        yield Problem("It has tables and no migrations folder.", "Add migrations/0001_initial.py.")
        return
    names = [path.name for path in found.migrations.glob("*.py") if path.name != "__init__.py"]
    for name in sorted(names):
        if not STEP.fullmatch(name):
            yield Problem(f"{name} is no step.", "Name steps like 0002_what_it_does.py.")
    yield from _frozen(found)
    with tempfile.TemporaryDirectory(prefix="kimbang-check-") as folder:
        scratch = SqliteDatabase(str(Path(folder) / "scratch.db"), pragmas={"foreign_keys": 1})
        try:
            yield from _built_anew(found, scratch)
        finally:
            scratch.close()


def _frozen(found: Found) -> Iterator[Problem]:
    """A step that imports the models changes whenever they do."""
    for path in sorted(found.migrations.glob("*.py")):
        if re.search(rf"^\s*(from|import) {re.escape(found.module)}\b", path.read_text(), re.M):
            yield Problem(
                f"The step {path.name} imports the plugin.",
                "Declare copies of the models inside the step, so that it stays what it was when it was released.",
            )


def _built_anew(found: Found, scratch: Any) -> Iterator[Problem]:
    for one in needs(found):
        if not one.migrations.is_dir():
            continue
        runner = Runner(scratch, str(one.migrations), table_name=f"{one.name}_migration")
        for step in runner.status():
            try:
                runner.up(step.name)
            except Exception as problem:
                yield Problem(
                    f"The step {one.name}/{step.name} failed on an empty database: {problem}",
                    "A step may use tables of its own plugin and of those in `requires`, and nothing else.",
                )
                return
    for difference in _differences(scratch, models(found)):
        yield Problem(
            f"After all steps: {difference}", "Add a migration step that makes what the models say."
        )


def needs(found: Found) -> list[Found]:
    """The kernel, whatever the plugin needs, and itself, in the order of installing."""
    wanted, front = {"lms"}, {found.name}
    while front:
        wanted |= front
        front = {need for name in front for need in registry.found[name].plugin.requires} - wanted
    return [one for one in registry.in_order() if one.name in wanted]


def _differences(database: Any, kept: list[type[BaseModel]]) -> Iterator[str]:
    found = diff_models(database, kept)
    yield from (f"The table {one._meta.table_name} is missing." for one in found.create_tables)
    yield from (
        f"The column {one.model._meta.table_name}.{one.column_name} is missing." for one in found.add_columns
    )
    yield from (f"The column {table}.{name} is not in the model." for table, name in found.drop_columns)
    yield from (f"An index is missing: {one}." for one in found.add_indexes)
