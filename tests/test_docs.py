"""The documentation says what the platform does.

For authors of plugins every question, fact and example runs; for users every page is found, every link leads
somewhere, and every label and address is real.
"""

from __future__ import annotations

import dataclasses
import re
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import pytest
from babel.messages.pofile import read_po

from lms import events as kernel_events
from lms.access.roles import PRESETS
from lms.plugins.registry import ROOT, registry
from lms.web.language import CHOICES

HOOKS = (ROOT / "docs" / "hooks.md").read_text()
EVENTS = (ROOT / "docs" / "events.md").read_text()
SECTION = re.compile(r"^### `(\w+)\((.*?)\)`\n(.*?)(?=^##|\Z)", re.M | re.S)
BLOCK = re.compile(r"```python\n(.*?)```", re.S)

DOCS = ROOT / "docs"
PAGES = sorted(DOCS.rglob("*.md"))
ROLES = [preset.name for preset in PRESETS]
FOR_USERS = [DOCS / "index.md", *(DOCS / "roles" / f"{name}.md" for name in ROLES)]
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)(#[^)\s]*)?\)")
LABEL = re.compile(r"“([^”]+)”", re.S)
ADDRESS = re.compile(r"`(/[^`\s]*)`")
#: A number or a name that the page puts in: `…` in a label of the documentation.
PLACE = re.compile(r"%\(\w+\)[sd]|\{\w+\}")


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


def facts() -> dict[str, tuple[tuple[str, ...], str]]:
    """Every fact of docs/events.md: its fields and its example."""
    found = re.findall(r"^### `([\w.]+)\((.*?)\)`\n(.*?)(?=^#|\Z)", EVENTS, re.M | re.S)
    return {
        name: (tuple(fields.split(", ")) if fields else (), BLOCK.search(text).group(1))
        for name, fields, text in found
    }


def test_every_fact_is_listed_with_its_exact_fields(app):
    assert {name: fields for name, (fields, _example) in facts().items()} == announced()


@pytest.mark.parametrize("name", sorted(facts()))
def test_the_example_of_a_fact_hears_it(app, capsys, name):
    """The handler of the example is subscribed to that fact, and reads every field of it."""
    scope: dict = {"__name__": "lms.handlers"}
    before = {event: list(known) for event, known in kernel_events._subscriptions.items()}
    try:
        exec(facts()[name][1], scope)
        (mine,) = [one for one in kernel_events.subscriptions() if one.handler in scope.values()]
        assert mine.event.event_name() == name
        values = {field.name: f"<{field.name}>" for field in dataclasses.fields(mine.event)}
        mine.handler(mine.event(**values))
        printed = capsys.readouterr().out
        assert [value for value in values.values() if value not in printed] == []
    finally:
        kernel_events._subscriptions.clear()
        kernel_events._subscriptions.update(before)


def linked(page: Path) -> set[Path]:
    """Files of this repository that a page links to."""
    targets = [target for target, _place in LINK.findall(page.read_text()) if "://" not in target]
    return {(page.parent / target).resolve() for target in targets}


def labels(page: Path) -> set[str]:
    return {" ".join(label.split()) for label in LABEL.findall(page.read_text())}


@cache
def words() -> frozenset[str]:
    """Every Vietnamese text of every module, as the screen shows it."""
    found = {short for _code, short, _name in CHOICES}
    for source in ROOT.glob("*/**/translations/vi/LC_MESSAGES/*.po"):
        with source.open("rb") as text:
            for message in read_po(text, locale="vi"):
                said = message.string if isinstance(message.string, str) else message.string[0]
                found.add(PLACE.sub("…", " ".join(said.split())))
    return frozenset(found)


def test_every_page_is_linked_from_the_index():
    missing = set(PAGES) - linked(DOCS / "index.md") - {DOCS / "index.md"}
    assert {page.name for page in missing} == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_to_a_file(page):
    assert [target for target in linked(page) if not target.exists()] == []


def test_every_role_has_its_page_and_no_page_is_without_role():
    assert {page.stem for page in (DOCS / "roles").glob("*.md")} == set(ROLES)


@pytest.mark.parametrize("name", ROLES)
def test_the_page_of_a_role_says_its_name_on_the_screen(app, name):
    with app.test_request_context():
        title = str(next(preset.title for preset in PRESETS if preset.name == name))
    assert f"On the screen: “{title}”." in (DOCS / "roles" / f"{name}.md").read_text()


@pytest.mark.parametrize("page", FOR_USERS, ids=lambda page: page.stem)
def test_every_quoted_label_stands_on_a_screen(page):
    assert labels(page)
    assert labels(page) - words() == set()


@pytest.mark.parametrize("name", ROLES)
def test_every_address_on_the_page_of_a_role_opens_for_it(login, make, name):
    desk = login(make.user(name, official=make.official()))
    addresses = sorted(set(ADDRESS.findall((DOCS / "roles" / f"{name}.md").read_text())))
    answers = {path: desk.get(path, follow_redirects=True).status_code for path in addresses}
    assert answers
    assert {path: status for path, status in answers.items() if status != 200} == {}
