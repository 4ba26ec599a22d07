"""A verdict as plain values, for JSON and the command line."""

from __future__ import annotations

from datetime import date
from typing import Any

from lms.people.models import Official
from plugins.eligibility import words
from plugins.eligibility.engine.outcomes import State
from plugins.eligibility.engine.rules import Provenance
from plugins.eligibility.engine.verdict import Finding, Use, Verdict


def as_json(verdict: Verdict, official: Official) -> dict[str, Any]:
    """The whole answer: outcome, tree, evidence, rules with their sources, what is unknown or unconfirmed."""
    return {
        "official": {"code": official.code, "name": official.full_name, "kind": verdict.recorded_kind},
        "post": {
            "code": verdict.post.code,
            "number": verdict.post.number,
            "title": words.title(verdict.post),
        },
        "on": _day(verdict.on),
        "known_on": _day(verdict.known_on),
        "outcome": str(verdict.outcome),
        "outcome_text": str(words.OUTCOMES[verdict.outcome]),
        "summary": words.headline(verdict),
        "kind_applied": verdict.kind,
        "one_course_short": verdict.one_course_short,
        "requirements_total": len(verdict.requirements),
        "requirements_open": len(verdict.open),
        "tree": finding(verdict.root),
        "obligations": [leaf.id for leaf in verdict.obligations],
        "to_fill_in": [rule(each) for each in verdict.to_fill_in],
        "warnings": [rule(each) for each in verdict.warnings],
        "rules_version": verdict.rules_version,
        "standard": rule(verdict.standard) if verdict.standard else None,
    }


def finding(node: Finding) -> dict[str, Any]:
    """One node of the tree."""
    found: dict[str, Any] = {
        "id": node.id,
        "kind": node.kind,
        "title": words.title(node),
        "state": str(node.state),
        "level": node.level.name.lower(),
    }
    if node.children:
        return {**found, "needed": node.needed, "items": [finding(child) for child in node.children]}
    return {
        **found,
        "programme": node.programme or None,
        "rule": rule(node.rule) if node.rule else None,
        "mode": {
            "mode": str(node.mode.mode),
            "deadline": node.mode.deadline or None,
            "rule": rule(node.mode.rule),
        }
        if node.mode
        else None,
        "evidence": [use(each) for each in node.uses],
        "facts": [
            {"kind": each.kind, "value": each.value, "held_from": _day(each.held_from), "source": each.source}
            for each in node.facts
        ],
        "exemption": rule(node.exemption.rule) if node.exemption and node.state is State.WAIVED else None,
        "notes": [{"code": each.code, "text": words.note(each)} for each in node.notes],
    }


def use(each: Use) -> dict[str, Any]:
    """One certificate looked at."""
    certificate = each.certificate
    return {
        "programme": certificate.programme,
        "number": certificate.number,
        "awarded_on": _day(certificate.awarded_on),
        "valid_until": _day(certificate.valid_until),
        "status": certificate.status,
        "status_from": _day(certificate.status_from),
        "standing": str(each.standing),
        "recorded_from_paper": certificate.recorded,
        "url": certificate.url or None,
        "covered_by": [rule(edge.rule) for edge in each.path],
    }


def rule(each: Provenance) -> dict[str, Any]:
    """Where a rule comes from."""
    return {
        "id": each.rule_id,
        "version": each.version,
        "title": each.title,
        "from": _day(each.valid_from),
        "to": _day(each.valid_to),
        "source": each.source,
        "confidence": each.confidence,
        "confirm": each.confirm or None,
    }


def lines(node: Finding, depth: int = 0) -> list[str]:
    """The tree as text."""
    _tone, _icon, word = words.mark(node)
    found = [
        f"{'  ' * depth}{_SIGNS[node.level.name]} {words.title(node) or words.GROUPS.get(node.kind, '')} — {word}"
    ]
    inner = "  " * (depth + 1)
    for each in node.uses:
        covered = f" [{words.covered_by(each)}]" if each.path else ""
        found.append(
            f"{inner}· {each.certificate.programme} {each.certificate.number}{covered}: {words.standing(each)}"
        )
    found.extend(f"{inner}· {words.note(each)}" for each in node.notes)
    for child in node.children:
        found.extend(lines(child, depth + 1))
    return found


_SIGNS = {"MET": "✔", "OBLIGATION": "▲", "UNKNOWN": "?", "BLOCKS": "✖"}


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
