"""Public holidays, from dated data."""

from __future__ import annotations

import tomllib
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent.parent / "data" / "holidays.toml"


def holiday(day: date) -> str:
    """The name of the public holiday on that day, empty on other days."""
    known = _known()
    for fixed in known["fixed"]:
        if (day.month, day.day) == (fixed["month"], fixed["day"]):
            return str(fixed["name"])
    return next((str(row["name"]) for row in known["lunar"] if row["from"] <= day <= row["to"]), "")


@cache
def _known() -> dict[str, Any]:
    return tomllib.loads(DATA.read_text(encoding="utf-8"))
