"""The catalogue of programmes, from dated data into tables."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from courses.models import Programme, ProgrammeVersion
from lms.db import atomic

DATA = Path(__file__).parent / "data" / "programmes.toml"


@atomic
def load_catalogue() -> dict[str, Programme]:
    """Add every programme and version that is not on record yet; what is there stays as it is. Code → programme."""
    return {
        row["code"]: _programme(row) for row in tomllib.loads(DATA.read_text(encoding="utf-8"))["programme"]
    }


def _programme(row: dict[str, Any]) -> Programme:
    values = {name: value for name, value in row.items() if name != "version"}
    programme, _made = Programme.get_or_create(code=values.pop("code"), defaults=values)
    for version in row["version"]:
        facts = dict(version)
        ProgrammeVersion.get_or_create(programme=programme, version=facts.pop("version", 1), defaults=facts)
    return programme  # type: ignore[no-any-return]
