"""What the holder of a lost or damaged certificate receives: dated rules of ``data/lost_paper.toml``, no rule in code."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

DATA = Path(__file__).parent.parent / "data" / "lost_paper.toml"
COMPLETION_PAPER, DUPLICATE = "completion_paper", "duplicate"


@dataclass(frozen=True)
class LostRule:
    """One instrument: what is given for a lost paper, with its source and how far it was verified."""

    id: str
    instrument: str
    regimes: tuple[str, ...]
    #: completion_paper | duplicate
    way: str
    valid_from: date
    valid_to: date | None
    #: verified | reported | recalled
    confidence: str
    source: str
    doubt: str = ""

    def covers(self, regime: str, on: date) -> bool:
        """Whether it is in force for programmes of that regime on that day."""
        if regime not in self.regimes or on < self.valid_from:
            return False
        return self.valid_to is None or on <= self.valid_to


def rule_for(regime: str, on: date) -> LostRule | None:
    """The rule in force for a regime on a day; None when none is known, and nobody should guess one."""
    return next((one for one in all_rules() if one.covers(regime, on)), None)


@cache
def all_rules() -> tuple[LostRule, ...]:
    """Every rule on record, the newest first."""
    rows = tomllib.loads(DATA.read_text(encoding="utf-8"))["rule"]
    made = [LostRule(**{"valid_to": None, **row, "regimes": tuple(row["regimes"])}) for row in rows]
    return tuple(sorted(made, key=lambda one: one.valid_from, reverse=True))
