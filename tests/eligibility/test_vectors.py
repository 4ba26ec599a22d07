"""The engine against the shared vectors: `tests/vectors/eligibility.json`."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from plugins.eligibility.engine.evidence import Certificate, Fact, Person
from plugins.eligibility.engine.judge import Judge
from plugins.eligibility.engine.parsing import rulebook

VECTORS = json.loads(
    (Path(__file__).parent.parent / "vectors" / "eligibility.json").read_text(encoding="utf-8")
)
DATES = {
    "from",
    "to",
    "before",
    "awarded_on",
    "known_from",
    "valid_until",
    "status_from",
    "held_from",
    "recorded_on",
    "withdrawn_on",
}


def dated(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            name: date.fromisoformat(part) if name in DATES and isinstance(part, str) else dated(part)
            for name, part in value.items()
        }
    return [dated(part) for part in value] if isinstance(value, list) else value


BOOK = rulebook(dated(VECTORS["rules"]))


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["name"])
def test_vector(case):
    on, known_on = date.fromisoformat(case["on"]), date.fromisoformat(case["known_on"])
    person = Person(
        1,
        case["kind"],
        tuple(Certificate(**dated(each)) for each in case["certificates"]),
        tuple(Fact(**dated(each)) for each in case["facts"]),
    )
    verdict = Judge(BOOK, BOOK.posts[case["post"]], on, known_on).verdict(person)
    expect = case["expect"]
    found = {leaf.id.split("/")[-1]: leaf for leaf in verdict.root.leaves()}
    assert str(verdict.outcome) == expect["outcome"]
    if expect["leaves"]:
        assert {name: str(leaf.state) for name, leaf in found.items()} == expect["leaves"]
    for name, path in expect.get("covered", {}).items():
        assert [edge.rule.rule_id for edge in found[name].uses[0].path] == path
    answers = {
        "one_course_short": verdict.one_course_short,
        "short": len(verdict.short),
        "obligations": sorted(leaf.id.split("/")[-1] for leaf in verdict.obligations),
        "to_fill_in": [rule.rule_id for rule in verdict.to_fill_in],
        "warnings": [rule.rule_id for rule in verdict.warnings],
    }
    assert {name: answers[name] for name in answers if name in expect} == {
        name: expect[name] for name in answers if name in expect
    }
