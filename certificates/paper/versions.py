"""Which template a paper has: the version it names, and the one in force for new papers."""

from __future__ import annotations

from functools import lru_cache

from certificates.paper.design import Design, read
from certificates.paper.models import PaperTemplate
from lms.errors import NotFound

#: The layout that is part of the program.
FIRST = 1


def design(number: int) -> Design | None:
    """The design of a version; None for the program's own. Raises NotFound for a version that is not there."""
    return None if number == FIRST else _kept(number)


def in_force(kind: str) -> int:
    """The version for new papers of a kind."""
    row = (
        PaperTemplate.select(PaperTemplate.number)
        .where(PaperTemplate.kind == kind, PaperTemplate.state == "in_force")
        .order_by(PaperTemplate.number.desc())
        .first()
    )
    return int(row.number) if row else FIRST


@lru_cache(maxsize=32)
def _kept(number: int) -> Design:
    """Only versions that were in force are asked for by number, and those never change."""
    row = PaperTemplate.get_or_none(PaperTemplate.number == number, PaperTemplate.state.in_(("in_force", "retired")))  # fmt: skip
    if row is None:
        raise NotFound(f"There is no template of papers with version {number}.")
    return read(row.design)
