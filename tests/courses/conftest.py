"""A school, and a plugin whose answers a test chooses."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from courses.models import Klass
from lms.importing import drafts, services
from lms.importing.kinds import kind_or_404
from lms.importing.preview import Preview, Result
from lms.plugins import hookimpl
from lms.plugins.contract import Plugin
from lms.plugins.registry import Found, registry
from lms.plugins.switch import refresh

KIND = "courses.timetable"
LICH_HOC = Path(__file__).parent.parent / "fixtures" / "lich-hoc.xlsx"


@pytest.fixture
def officer(make):
    return make.user("academic_officer")


@pytest.fixture
def page(app) -> Iterator[None]:
    """Services and queries that make addresses or sentences, as inside a request."""
    with app.test_request_context():
        yield


@pytest.fixture
def alone(app, turn_off) -> None:
    """Courses without any plugin that can be switched off."""
    for name, found in registry.found.items():
        if found.loaded and not found.plugin.required:
            turn_off(name)


@pytest.fixture
def answers(alone) -> Iterator[Callable[..., None]]:
    """``answers(closing_checks=lambda klass: [...])``: one plugin, answering what the test says, and no other."""
    manifest = type("Stranger", (Plugin,), {"name": "stranger", "title": "Stranger"})
    registry.found["stranger"] = Found("stranger", "lms", manifest, built_in=True, loaded=True)
    given = []

    def answer(**functions: Any) -> None:
        if given:
            registry.remove_answers("stranger")
        registry.add_answers(
            "stranger", SimpleNamespace(**{name: hookimpl(one) for name, one in functions.items()})
        )
        given.append(functions)

    silent = _silence({"certificates", "evaluation"})
    yield answer
    _unsilence(silent)
    if given:
        registry.remove_answers("stranger")
    del registry.found["stranger"]
    refresh()


def _silence(names: set[str]) -> list[Found]:
    """Let core modules above courses say nothing for one test."""
    known = [registry.found[name] for name in names if name in registry.found and registry.found[name].loaded]
    for found in known:
        found.loaded = False
    return known


def _unsilence(known: list[Found]) -> None:
    for found in known:
        found.loaded = True


def local(text: str) -> datetime:
    """ "2025-03-03 07:30" of the wall clock as a naive time."""
    return datetime.fromisoformat(text)


def preview_of(
    klass: Klass, content: bytes | str, by: Any, filename: str = "lich-hoc.xlsx"
) -> tuple[Any, Preview]:
    """Send a timetable as a file (or as pasted text) and see it judged."""
    data, name = (content.encode(), "dan.txt") if isinstance(content, str) else (content, filename)
    draft = services.take_in(kind_or_404(KIND), data, name, by=by, target=klass.id)
    return draft, drafts.preview(draft)


def take_in(klass: Klass, content: bytes | str, by: Any, *options: str) -> Result:
    """Send, take the options for the whole list, and apply."""
    draft, _preview = preview_of(klass, content, by)
    for option in options:
        services.decide(draft, option, True, by=by)
    return services.apply(drafts.by_key(draft.key, by=by), by=by)
