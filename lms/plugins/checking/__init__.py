"""Whether a plugin keeps the contract: one list of checks, for `lms plugins doctor` and for the test kit.

A check looks at one plugin in the running application and yields a `Problem` for everything that does not hold.
Whatever a check writes is rolled back by its caller.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from lms.plugins.checking import answers, deeds, manifest, pages, switching, tables, wiring, words
from lms.plugins.checking.problem import Problem
from lms.plugins.registry import Found

__all__ = ["CHECKS", "Check", "Problem", "look"]


@dataclass(frozen=True)
class Check:
    """One thing every plugin keeps to: a short code, the sentence that must hold, and how it is looked at."""

    code: str
    holds: str
    look: Callable[[Found], Iterator[Problem]]


CHECKS = (
    Check("loaded", "It is loaded", manifest.is_loaded),
    Check("manifest", "Its manifest imports nothing of the rest", manifest.imports_nothing),
    Check("settings", "Its settings have fitting defaults", manifest.settings_fit),
    Check("readme", "It says in half a page what it is", manifest.half_a_page),
    Check("tables", "Its tables are declared and carry its name", tables.are_declared),
    Check("shape", "Its migrations made what its models say", tables.have_the_shape),
    Check("install", "It installs and upgrades step by step on an empty database", tables.install),
    Check("guards", "Every route says who may open it", pages.are_guarded),
    Check("transactions", "Pages leave writing to services", pages.do_not_write),
    Check("permissions", "Permissions are declared and used", pages.permissions_fit),
    Check("templates", "Templates stand under its own name", pages.templates_in_place),
    Check("hooks", "Its answers fit the questions", answers.fit),
    Check("privacy", "It answers for the people in its tables", answers.for_people),
    Check("deeds", "Every deed on record has a sentence for people", deeds.are_told),
    Check("events", "Facts are plain, and none leads back to itself", wiring.facts_end),
    Check("jobs", "Its jobs and timetable carry its name", wiring.jobs_are_named),
    Check("words", "Every text is there in Vietnamese", words.are_complete),
    Check("switching", "Off means gone, and on again changes nothing", switching.off_and_on),
)


def look(found: Found) -> Iterator[tuple[Check, list[Problem]]]:
    """Every check with what it found; of a plugin that is not loaded only the first, with its reason."""
    for check in CHECKS:
        problems = list(check.look(found))
        yield check, problems
        if check.code == "loaded" and problems:
            return
