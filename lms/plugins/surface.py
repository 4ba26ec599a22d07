"""What a plugin contributes, read from its manifest and its source without running it: the same before and after an upgrade."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from lms.plugins.checking import sources
from lms.plugins.registry import Found

#: What people are shown, in this order.
PARTS = ("permissions", "settings", "tables", "topics", "routes", "answers", "hears", "jobs")
#: Where operations of the interface for programs begin (`api = Api(…)` in a module's ``api.py``).
API = "/api/v1"
_METHODS = {"get", "post", "put", "patch", "delete", "route"}
#: Files without any of these contribute nothing and need not be parsed: three of four.
_TELLS = re.compile(
    r"url_prefix|^\s*@.*\b(?:hookimpl|on|job|every|get|post|put|patch|delete|route)\b", re.MULTILINE
)

Surface = dict[str, list[str]]


@dataclass(frozen=True)
class Difference:
    """One part of the surface: what is new, what is gone."""

    part: str
    added: list[str]
    gone: list[str]


def of(found: Found) -> Surface:
    """Permissions, settings, tables, topics, routes, answers to questions, facts it hears, and jobs."""
    plugin = found.plugin
    surface: Surface = {
        "permissions": [one.name for one in plugin.permissions],
        "settings": [one.name for one in plugin.settings],
        "tables": list(plugin.tables),
        "topics": [one.name for one in plugin.topics],
        "routes": [],
        "answers": [],
        "hears": [],
        "jobs": [],
    }
    trees = []
    for text in sources.texts(found).values():
        if not _TELLS.search(text):
            continue
        try:
            trees.append(ast.parse(text))
        except SyntaxError:
            continue  # why it cannot be loaded is said elsewhere
    prefixes = {"api": API} | dict(pair for tree in trees for pair in _prefixes(tree))
    for tree in trees:
        for part, name in _contributions(tree, prefixes):
            surface[part].append(name)
    return {part: sorted(set(names)) for part, names in surface.items()}


def differences(before: Surface, after: Surface) -> list[Difference]:
    """What an upgrade adds and takes away, part by part; nothing when nothing is known of before."""
    if not before:
        return []
    found = []
    for part in PARTS:
        was, now = set(before.get(part, [])), set(after.get(part, []))
        if was != now:
            found.append(Difference(part, sorted(now - was), sorted(was - now)))
    return found


def _prefixes(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Names of blueprints with the beginning of their addresses."""
    for node in _statements(tree):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            prefix = next((one.value for one in node.value.keywords if one.arg == "url_prefix"), None)
            if isinstance(prefix, ast.Constant) and isinstance(node.targets[0], ast.Name):
                yield node.targets[0].id, str(prefix.value)


def _contributions(tree: ast.Module, prefixes: dict[str, str]) -> Iterator[tuple[str, str]]:
    for function in _statements(tree):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        for decorator in function.decorator_list:
            call = decorator if isinstance(decorator, ast.Call) else None
            name = ast.unparse(call.func if call else decorator)
            owner, _dot, deed = name.rpartition(".")
            if deed == "hookimpl":
                yield "answers", function.name
            elif call is None:
                continue
            elif deed in _METHODS and (path := _text(call)) is not None:
                method = "" if deed == "route" else f"{deed.upper()} "
                yield "routes", f"{method}{prefixes.get(owner, '')}{path}"
            elif deed == "on":
                yield from (("hears", ast.unparse(one).rpartition(".")[2]) for one in call.args)
            elif deed == "job" and (kind := _text(call)) is not None:
                yield "jobs", kind
            elif deed == "every":
                yield "jobs", function.name


def _statements(node: ast.AST) -> Iterator[ast.stmt]:
    """Every statement at any depth; expressions, which are most of a tree, are not looked into."""
    for part in ("body", "orelse", "handlers", "finalbody"):
        for one in getattr(node, part, ()):
            if isinstance(one, ast.stmt):
                yield one
            yield from _statements(one)


def _text(call: ast.Call) -> str | None:
    """The text that stands first between the brackets; None when something else does."""
    first = call.args[0] if call.args else None
    return first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else None
