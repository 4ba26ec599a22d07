"""Load rules: from the shipped files, or from any folder of the same shape."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from flask_babel import gettext as _

from lms import clock
from lms.access.models import User
from lms.audit import record
from lms.db import atomic, insert_many
from plugins.eligibility import rulefiles, words
from plugins.eligibility.engine.parsing import RuleProblem, rulebook
from plugins.eligibility.errors import RuleChanged, RulesRefused
from plugins.eligibility.models import Post, Rule, RuleRow, RuleSet, Standard
from plugins.eligibility.queries import rules as rule_queries

#: What has a column of its own; the rest of a row is its body.
COLUMNS = ("kind", "id", "version", "title", "from", "to", "source", "confidence", "confirm", "entered_on")


@dataclass(frozen=True)
class Loading:
    """What a loading did."""

    version: str
    added: int
    unchanged: int
    ruleset: RuleSet | None


@atomic
def load_rules(*, by: User | None, folder: Path = rulefiles.DATA, entered_on: date | None = None) -> Loading:
    """Add the rows of a folder that are not known yet; a second run adds nothing.

    `entered_on` is the day the rules came to be known (default today).
    Raises RulesRefused when the rules contradict themselves or those known already, RuleChanged when a row
    was edited without a higher version. Nothing is half loaded.
    """
    try:
        found = rulefiles.read(folder)
    except RuleProblem as problem:
        raise RulesRefused(words.problem(problem)) from problem
    known = {(row["kind"], row["id"], row["version"]): _digest(row) for row in rule_queries.all_rows()}
    fresh = [row for row in found.rows if _is_new(row, known)]
    if not fresh:
        return Loading(found.version, 0, len(found.rows), rule_queries.latest())
    _insert(fresh, entered_on or clock.today())
    rows = rule_queries.all_rows()
    try:
        rulebook(rows)
    except RuleProblem as problem:
        raise RulesRefused(words.problem(problem)) from problem
    ruleset = RuleSet.create(
        version=found.version,
        title=found.title,
        digest=_digest_of(rows),
        added=len(fresh),
        loaded_by=by.id if by else None,
    )
    record(by, "eligibility.load_rules", ruleset, version=found.version, added=len(fresh))
    return Loading(found.version, len(fresh), len(found.rows) - len(fresh), ruleset)


def _is_new(row: dict[str, Any], known: dict[tuple[str, str, int], str]) -> bool:
    digest = known.get((row["kind"], row["id"], row["version"]))
    if digest is None:
        return True
    if digest != _digest(row):
        raise RuleChanged(
            _(
                "Rule %(id)s differs from version %(version)s already in force. Give it a higher version number.",
                id=row["id"],
                version=row["version"],
            )
        )
    return False


def _insert(rows: Iterable[dict[str, Any]], entered_on: date) -> None:
    tables: dict[type[RuleRow], list[dict[str, Any]]] = {Post: [], Standard: [], Rule: []}
    for row in rows:
        values = {
            "rule_id": row["id"],
            "version": row["version"],
            "title": row.get("title", ""),
            "valid_from": row.get("from"),
            "valid_to": row.get("to"),
            "source": row.get("source", ""),
            "confidence": row.get("confidence", ""),
            "confirm": row.get("confirm", ""),
            "body": rule_queries.plain({name: value for name, value in row.items() if name not in COLUMNS}),
            "digest": _digest(row),
            "entered_on": entered_on,
        }
        if row["kind"] == "post":
            tables[Post].append({**values, "number": row["number"], "level": row["level"]})
        elif row["kind"] == "standard":
            tables[Standard].append(values)
        else:
            tables[Rule].append({**values, "kind": row["kind"]})
    for table, waiting in tables.items():
        if waiting:
            insert_many(table, waiting)


def _digest(row: dict[str, Any]) -> str:
    """Digest of what a row says; empty and missing values are the same."""
    said = {name: value for name, value in row.items() if name != "entered_on" and value not in (None, "")}
    text = json.dumps(rule_queries.plain(said), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _digest_of(rows: list[dict[str, Any]]) -> str:
    return hashlib.sha256("\n".join(sorted(_digest(row) for row in rows)).encode()).hexdigest()
