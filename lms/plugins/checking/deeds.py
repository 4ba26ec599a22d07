"""Check that whatever a plugin writes into the audit record can be told to people."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from lms.audit.words import words
from lms.plugins.checking import sources
from lms.plugins.checking.problem import Problem
from lms.plugins.registry import Found

CALLS = {"audit.record", "record"}


def are_told(found: Found) -> Iterator[Problem]:
    said = set(words().deeds)
    for path, text in sources.texts(found).items():
        for deed in sorted(_recorded(ast.parse(text))):
            if not any(re.fullmatch(deed, known) for known in said):
                yield Problem(
                    f"{sources.short(found, path)} records {deed.replace(chr(92), '')}, which has no sentence.",
                    'Add it to DEEDS in deeds.py: "%(who)s locked the roll of %(thing)s".',
                )


def _recorded(tree: ast.Module) -> set[str]:
    """Patterns of the deeds a file records: literal names, both sides of a choice, names with a changing part."""
    constants = {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name) and isinstance(node.value.value, str)
    }
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return {
        deed
        for call in calls
        if len(call.args) >= 2 and ast.unparse(call.func) in CALLS
        for deed in _patterns(call.args[1], constants)
    }


def _patterns(node: ast.expr, constants: dict[str, str]) -> set[str]:
    if isinstance(node, ast.IfExp):
        return _patterns(node.body, constants) | _patterns(node.orelse, constants)
    if isinstance(node, ast.Name):
        return {re.escape(constants[node.id])} if node.id in constants else set()
    if isinstance(node, ast.JoinedStr):
        parts = [
            re.escape(str(part.value)) if isinstance(part, ast.Constant) else r"\w+" for part in node.values
        ]
        return {"".join(parts)}
    return {re.escape(str(node.value))} if isinstance(node, ast.Constant) else set()
