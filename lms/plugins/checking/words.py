"""Check of a plugin's Vietnamese."""

from __future__ import annotations

from collections.abc import Iterator

from lms import translating
from lms.plugins.checking.problem import Problem
from lms.plugins.registry import Found


def are_complete(found: Found) -> Iterator[Problem]:
    module = translating.Module(found.name, found.folder)
    for line in translating.problems(module, found.folder.parent):
        yield Problem(
            f"{line[0].upper()}{line[1:]}.",
            f"Run `lms plugins words {found.name}`, then fill {module.catalogue_file.name}.",
        )
