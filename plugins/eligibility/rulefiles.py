"""The rules shipped with the plugin: `data/*.toml`, read as plain rows."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from plugins.eligibility.engine.parsing import rulebook
from plugins.eligibility.engine.rules import Rulebook

DATA = Path(__file__).parent / "data"
KINDS = ("programme", "fact_kind", "post", "covers", "mode", "exemption", "standard")


@dataclass(frozen=True)
class RuleSet:
    """A named set of rule rows, each with its `kind`."""

    version: str
    title: str
    rows: tuple[dict[str, Any], ...]


def read(folder: Path = DATA) -> RuleSet:
    """Read every rule file of a folder. Raises tomllib.TOMLDecodeError on a broken file, RuleProblem on a bad row."""
    name = tomllib.loads((folder / "set.toml").read_text(encoding="utf-8"))
    rows: dict[str, list[dict[str, Any]]] = {kind: [] for kind in KINDS}
    for path in sorted(folder.glob("*.toml")):
        if path.name == "set.toml":
            continue
        for kind, found in tomllib.loads(path.read_text(encoding="utf-8")).items():
            rows[kind].extend({"kind": kind, "version": 1, **_ordered(row)} for row in found)
    flat = tuple(row for kind in KINDS for row in rows[kind])
    rulebook(flat)
    return RuleSet(name["version"], name["title"], flat)


def _ordered(row: dict[str, Any]) -> dict[str, Any]:
    """The values of a kind of fact as pairs: their order means something, and stored JSON keeps none in an object."""
    return {**row, "values": [list(pair) for pair in row["values"].items()]} if "values" in row else row


@cache
def shipped() -> Rulebook:
    """The shipped rules as a rulebook, without any database."""
    found = read()
    return rulebook(found.rows, version=found.version)
