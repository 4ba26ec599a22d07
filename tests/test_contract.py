"""What every plugin must keep to, ours and anybody's."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from peewee import ForeignKeyField
from playhouse.schema_diff import diff_models

from lms import events, jobs
from lms.audit.words import words as deed_words
from lms.db import BaseModel, db
from lms.plugins import services
from lms.plugins.registry import ROOT, Registry, registry
from lms.plugins.switch import is_on

_manifests = Registry()
_manifests.discover()
NAMES = [name for name, found in _manifests.found.items() if found.built_in]
OPTIONAL = [name for name in NAMES if not _manifests.found[name].plugin.required]
every_plugin = pytest.mark.parametrize("name", NAMES)


def folder(name: str) -> Path:
    return _manifests.found[name].folder


def sources(name: str) -> dict[Path, str]:
    return {
        path: path.read_text() for path in sorted(folder(name).rglob("*.py")) if "scaffold" not in path.parts
    }


def models(name: str) -> list[type[BaseModel]]:
    found = _all_models(BaseModel)
    return [one for one in found if one._meta.table_name.startswith(f"{name}_")]


def _all_models(base: type) -> list[type[BaseModel]]:
    below = [one for child in base.__subclasses__() for one in [child, *_all_models(child)]]
    return [one for one in below if getattr(one._meta, "table_name", None)]


@every_plugin
def test_it_is_loaded(app, name):
    assert registry.found[name].problem == ""
    assert registry.found[name].loaded


@every_plugin
def test_its_manifest_imports_nothing_of_its_module(name):
    module = _manifests.found[name].module
    tree = ast.parse((folder(name) / "plugin.py").read_text())
    imported = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    imported += [
        alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names
    ]
    own = [one for one in imported if one == module or one.startswith(f"{module}.")]
    assert own == [] or name == "lms"


@every_plugin
def test_its_tables_are_declared_and_carry_its_name(app, name):
    plugin = registry.found[name].plugin
    history = {"lms_migration_stamp"}
    assert {one._meta.table_name for one in models(name)} - history == set(plugin.tables)


@every_plugin
def test_its_migrations_make_what_its_models_say(app, name):
    difference = diff_models(db.obj, models(name))
    left = {
        "missing tables": [str(one) for one in difference.create_tables],
        "missing columns": difference.add_columns,
        "surplus columns": difference.drop_columns,
        "missing indexes": difference.add_indexes,
    }
    assert {what: found for what, found in left.items() if found} == {}


@every_plugin
def test_every_permission_is_used_and_every_used_one_is_declared(app, name):
    declared = {permission.name for permission in registry.found[name].plugin.permissions}
    text = "\n".join(
        path.read_text()
        for other in NAMES
        for path in folder(other).rglob("*")
        if path.suffix in {".py", ".html"} and path.name != "plugin.py" and "scaffold" not in path.parts
    )
    assert {one for one in declared if f'"{one}"' not in text and f"'{one}'" not in text} == set()


@every_plugin
def test_every_permission_asked_for_exists(app, name):
    asked = set()
    for text in sources(name).values():
        asked |= set(re.findall(r"""(?:@requires|can)\((?:\w+, )?["']([a-z_]+\.[a-z_]+)["']""", text))
    assert asked - set(registry.permissions) == set()


@every_plugin
def test_every_deed_has_a_sentence_for_people(app, name):
    """Add the deed to DEEDS in the module's ``deeds.py``: "%(who)s locked the roll of %(thing)s"."""
    said = set(deed_words().deeds)
    silent = {
        f"{path.relative_to(ROOT)}: {deed}"
        for path, text in sources(name).items()
        for deed in _deeds(ast.parse(text))
        if not any(re.fullmatch(deed, known) for known in said)
    }
    assert silent == set()


def _deeds(tree: ast.Module) -> set[str]:
    """Patterns of the deeds a file records: literal names, both sides of a choice, names with a changing part."""
    constants = {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name) and isinstance(node.value.value, str)
    }

    def patterns(node: ast.expr) -> set[str]:
        if isinstance(node, ast.IfExp):
            return patterns(node.body) | patterns(node.orelse)
        if isinstance(node, ast.Name):
            return {re.escape(constants[node.id])} if node.id in constants else set()
        if isinstance(node, ast.JoinedStr):
            parts = [
                re.escape(part.value) if isinstance(part, ast.Constant) else r"\w+" for part in node.values
            ]
            return {"".join(parts)}
        return {re.escape(node.value)} if isinstance(node, ast.Constant) else set()

    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return {
        deed
        for call in calls
        if len(call.args) >= 2 and ast.unparse(call.func) in {"audit.record", "record"}
        for deed in patterns(call.args[1])
    }


@every_plugin
def test_its_templates_stand_under_its_own_name(name):
    templates = folder(name) / "templates"
    if name == "lms" or not templates.is_dir():
        return
    assert {one.name for one in templates.iterdir()} == {name}


@every_plugin
def test_it_answers_for_the_people_in_its_tables(app, name):
    keeps_people = any(
        isinstance(field, ForeignKeyField)
        and field.rel_model._meta.table_name in {"lms_official", "courses_membership"}
        for model in models(name)
        for field in model._meta.sorted_fields
    )
    if keeps_people and name != "lms":
        answered = {
            question for question in ("privacy_export", "privacy_erase") if name in _answerers(question)
        }
        assert answered == {"privacy_export", "privacy_erase"}


@every_plugin
def test_whoever_points_to_an_official_answers_when_two_records_are_merged(app, name):
    points = any(
        isinstance(field, ForeignKeyField) and field.rel_model._meta.table_name == "lms_official"
        for model in models(name)
        for field in model._meta.sorted_fields
    )
    if points and name != "lms":
        assert name in _answerers("merge_officials")


def _answerers(question: str) -> set[str]:
    return {plugin for plugin, _ in registry.answerers(question)}


@every_plugin
def test_it_has_half_a_page_about_itself(name):
    readme = ROOT / "lms" / "README.md" if name == "lms" else folder(name) / "README.md"
    assert 5 <= len(readme.read_text().splitlines()) <= 80


@every_plugin
def test_no_page_opens_a_transaction_or_writes(name):
    routes = [path for path in sources(name) if path.name == "routes.py" or "routes" in path.parts]
    for path in routes:
        text = path.read_text()
        assert re.findall(r"@?\batomic\b|\.execute\(\)|\.create\(|\.save\(", text) == [], path


@pytest.mark.parametrize("name", OPTIONAL)
def test_off_means_gone_and_on_again_changes_nothing(app, client, name):
    pages = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if registry.blueprints.get(rule.endpoint.split(".")[0]) == name
        and not rule.arguments
        and "GET" in rule.methods
        and not rule.endpoint.endswith(".static")
    ]
    needing = [other for other in OPTIONAL if name in registry.found[other].plugin.requires]
    for other in needing:
        services.switch(other, False, by=None)
    before = {page: client.get(page).status_code for page in pages}
    assert 404 not in before.values()
    services.switch(name, False, by=None)
    assert {page: client.get(page).status_code for page in pages} == dict.fromkeys(pages, 404)
    services.switch(name, True, by=None)
    assert {page: client.get(page).status_code for page in pages} == before
    assert is_on(name)


def test_no_fact_leads_back_to_itself(app):
    """A handler may publish; following handler → fact → handler must end."""
    arrows: dict[str, set[str]] = {}
    for subscription in events.subscriptions():
        services_text = "\n".join(
            text for path, text in sources(subscription.plugin).items() if "tests" not in path.parts
        )
        published = set(re.findall(r"publish\(\s*(?:events\.)?([A-Z]\w+)\(", services_text))
        handled = subscription.event.__name__
        foreign = {one.event.__name__ for one in events.subscriptions() if one.plugin == subscription.plugin}
        arrows.setdefault(handled, set()).update(published - foreign)
    for start in arrows:
        seen, front = set(), arrows[start]
        while front:
            assert start not in front, f"{start} comes back to itself"
            seen |= front
            front = {after for one in front for after in arrows.get(one, ())} - seen


def test_jobs_and_timetable_belong_to_loaded_plugins(app):
    work, timetable = jobs.known()
    owners = {one.plugin for one in work} | {one.plugin for one in timetable}
    assert owners <= {name for name, found in registry.found.items() if found.loaded}
