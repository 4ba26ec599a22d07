"""Which rule says what a learner must do for the certificate, on which day.

The rules are dated rows of ``data/certificate_rules.toml``; no number of theirs stands in code.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Protocol

DATA = Path(__file__).parent / "data" / "certificate_rules.toml"


class HasRegime(Protocol):
    """Anything that says which authority's rules it is under: a Programme."""

    regime: Any


@dataclass(frozen=True)
class CertificateRule:
    """The conditions of one instrument, with its source and how far it was verified."""

    id: str
    #: The instrument and article, as cited: "Thông tư 03/2023/TT-BNV, Điều 6".
    legal_source: str
    valid_from: date
    valid_to: date | None
    regimes: tuple[str, ...]
    #: Share of the required periods to attend, 0..1; 1.0 = all of them.
    attendance_min: float
    #: Share of the marking scale every required test must reach, 0..1.
    every_test_min: float
    #: How often a failed test may be taken again; None = the instrument does not say.
    retakes: int | None
    #: Days from the recognition of results to the certificate; None = not found.
    issue_within_days: int | None
    #: Whether obeying the institution's rules and the law is a condition.
    conduct: bool
    #: verified | reported | recalled
    confidence: str
    source: str
    doubt_from: date | None = None
    doubt: str = ""

    @property
    def full_attendance(self) -> bool:
        return self.attendance_min >= 1.0

    def covers(self, regime: str, on: date) -> bool:
        """Whether the rule is in force for programmes of that regime on that day."""
        if regime not in self.regimes or on < self.valid_from:
            return False
        return self.valid_to is None or on <= self.valid_to

    def warning(self, on: date) -> str:
        """What stands against applying the rule to that day, in words; empty when nothing does."""
        return self.doubt if self.doubt_from and on >= self.doubt_from else ""


def rule_for(programme: HasRegime, on: date) -> CertificateRule | None:
    """The rule in force for the programme on that day; None when none is known, and nobody should guess one."""
    return next((rule for rule in all_rules() if rule.covers(programme.regime, on)), None)


def rule(rule_id: str) -> CertificateRule | None:
    """The rule of that id, whatever its dates."""
    return next((each for each in all_rules() if each.id == rule_id), None)


@cache
def all_rules() -> tuple[CertificateRule, ...]:
    """Every rule on record, the newest first."""
    rows = tomllib.loads(DATA.read_text(encoding="utf-8"))["rule"]
    return tuple(sorted((_rule(row) for row in rows), key=lambda each: each.valid_from, reverse=True))


def rules_in_force(on: date) -> list[CertificateRule]:
    """The rules in force on a day, for programmes of any regime."""
    return [one for one in all_rules() if any(one.covers(regime, on) for regime in one.regimes)]


def _rule(row: dict[str, Any]) -> CertificateRule:
    cited = ", ".join(part for part in (row["instrument"], row.get("article", "")) if part)
    return CertificateRule(
        id=row["id"],
        legal_source=cited,
        valid_from=row["valid_from"],
        valid_to=row.get("valid_to"),
        regimes=tuple(row["regimes"]),
        attendance_min=1.0 if row["attendance"] == "full" else row["attendance_min"],
        every_test_min=row["every_test_min"],
        retakes=row.get("retakes"),
        issue_within_days=row.get("issue_within_days"),
        conduct=row["conduct"],
        confidence=row["confidence"],
        source=row["source"],
        doubt_from=row.get("doubt_from"),
        doubt=row.get("doubt", ""),
    )
