"""The documentation for authors of plugins says what the code does: every question, every fact, every example runs."""

from __future__ import annotations

import dataclasses
import re
from types import SimpleNamespace

from lms import events as kernel_events
from lms.plugins.registry import ROOT, registry

HOOKS = (ROOT / "docs" / "hooks.md").read_text()
EVENTS = (ROOT / "docs" / "events.md").read_text()
SECTION = re.compile(r"^### `(\w+)\((.*?)\)`\n(.*?)(?=^##|\Z)", re.M | re.S)
BLOCK = re.compile(r"```python\n(.*?)```", re.S)


def sections() -> dict[str, tuple[str, str]]:
    return {name: (arguments, body) for name, arguments, body in SECTION.findall(HOOKS)}


def questions() -> dict[str, tuple[str, ...]]:
    hooks = registry.manager.hook.__dict__
    return {name: tuple(hook.spec.argnames) for name, hook in hooks.items() if getattr(hook, "spec", None)}


def announced() -> dict[str, tuple[str, ...]]:
    def below(kind):
        return [one for child in kind.__subclasses__() for one in [child, *below(child)]]

    return {
        one.event_name(): tuple(field.name for field in dataclasses.fields(one))
        for one in below(kernel_events.Event)
        if not one.__module__.startswith("tests")
    }


def test_every_question_is_described_with_its_exact_arguments(app):
    described = {
        name: tuple(filter(None, arguments.split(", "))) for name, (arguments, _) in sections().items()
    }
    assert described == questions()


def test_every_example_of_an_answer_can_be_registered(app):
    for name, (_, body) in sections().items():
        source = BLOCK.search(body)
        assert source, f"{name} has no example"
        scope: dict = {}
        exec(compile(source.group(1), f"docs/hooks.md {name}", "exec"), scope)
        module = SimpleNamespace(**{name: scope[name]})
        registry.add_answers("documentation", module)
        try:
            registry.manager.check_pending()
        finally:
            registry.remove_answers("documentation")


def test_every_fact_is_listed_with_its_exact_fields(app):
    rows = dict(re.findall(r"^\| `([\w.]+)` \| (.*?) \|", EVENTS, re.M))
    listed = {name: tuple(re.findall(r"`(\w+)`", fields)) for name, fields in rows.items()}
    assert listed == announced()


def test_the_example_handler_hears_the_fact(app):
    from courses.events import ClassClosed

    scope: dict = {"__name__": "lms.handlers"}
    before = list(kernel_events._subscriptions.get(ClassClosed.event_name(), ()))
    try:
        exec(BLOCK.search(EVENTS).group(1), scope)
        names = {one.handler.__name__ for one in kernel_events.subscriptions() if one.event is ClassClosed}
        assert "tidy_notes" in names
    finally:
        kernel_events._subscriptions[ClassClosed.event_name()] = before
