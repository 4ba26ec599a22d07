"""Indexes of the status lists: drawn at random, so that neighbours tell nothing, and each given once for ever."""

from __future__ import annotations

import secrets

from certificates.status.encoding import SIZE
from certificates.status.models import StatusListVersion, StatusPlace
from lms.db import insert_many


def take(count: int) -> list[int]:
    """That many indexes, in no order, inside the caller's transaction.

    A list is used up to half, so that a draw finds a free place soon.
    """
    given = StatusPlace.select().count()
    start = (given // (SIZE // 2)) * SIZE
    drawn: set[int] = set()
    while len(drawn) < count:
        wanted = {start + secrets.randbelow(SIZE) for _ in range(count - len(drawn))} - drawn
        used = (
            StatusPlace.select(StatusPlace.status_index)
            .where(StatusPlace.status_index.in_(list(wanted)))
            .tuples()
        )
        drawn |= wanted - {row[0] for row in used}
    indexes = list(drawn)
    secrets.SystemRandom().shuffle(indexes)
    insert_many(StatusPlace, [{"status_index": index} for index in indexes])
    return indexes


def lists_in_use() -> list[int]:
    """Numbers of the lists in which an index was given."""
    numbers = StatusPlace.select((StatusPlace.status_index / SIZE).cast("integer")).distinct().tuples()
    return sorted({int(row[0]) for row in numbers})


def newest(number: int) -> StatusListVersion | None:
    """A list as it was published last."""
    found: StatusListVersion | None = (
        StatusListVersion.select()
        .where(StatusListVersion.number == number)
        .order_by(StatusListVersion.sequence.desc())
        .first()
    )
    return found
