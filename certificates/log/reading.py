"""Read the log: roots and proofs in a handful of queries whatever its size, entries by the page."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Sequence
from functools import reduce
from typing import Any

from certificates.log import tree
from certificates.log.appending import KEPT_LEVELS
from certificates.log.models import LogEntry, LogHead, LogNode

#: Entries of a page, the same as the leaves of a kept subtree.
PAGE = 256


def size() -> int:
    """How many entries there are, published or not."""
    return int(LogHead.select(LogHead.size).scalar() or 0)


def root(of_size: int) -> bytes:
    """The root of the tree as it was at a size."""
    return roots([(0, of_size)])[0]


def inclusion_proofs(places: Sequence[int], of_size: int) -> list[list[bytes]]:
    """For each place the hashes that prove its entry to be in the tree of a size (RFC 6962, 2.1.1)."""
    ranges = [tree.inclusion(place, of_size) for place in places]
    hashes = iter(roots([one for proof in ranges for one in proof]))
    return [[next(hashes) for _one in proof] for proof in ranges]


def consistency_proof(first: int, second: int) -> list[bytes]:
    """Hashes that prove the tree of `second` to continue the tree of `first` (RFC 6962, 2.1.2)."""
    return roots(tree.consistency(first, second))


def entries_page(number: int, published: int) -> list[str]:
    """The entries of a page, as they were written, up to the published size."""
    first = number * PAGE
    query = (
        LogEntry.select(LogEntry.entry)
        .where(LogEntry.seq >= first, LogEntry.seq < min(first + PAGE, published))
        .order_by(LogEntry.seq)
    )
    return [row[0] for row in query.tuples()]


def entries_of(ref: str, published: int) -> list[tuple[int, str]]:
    """The published entries on one certificate: (place, entry), oldest first."""
    query = (
        LogEntry.select(LogEntry.seq, LogEntry.entry)
        .where(LogEntry.ref == ref, LogEntry.seq < published)
        .order_by(LogEntry.seq)
        .limit(100)
    )
    return list(query.tuples())


def roots(ranges: Sequence[tree.Range]) -> list[bytes]:
    """The roots of ranges of leaves, each as RFC 6962 splits it."""
    wanted = [tree.parts(one) for one in ranges]
    known = _subtrees({node for parts in wanted for node in parts})
    return [tree.fold([known[node] for node in parts]) for parts in wanted]


def _subtrees(nodes: set[tree.Node]) -> dict[tree.Node, bytes]:
    """The roots of perfect subtrees, worked out from the kept ones just below: one query a kept level."""
    found: dict[tree.Node, bytes] = {}
    for base in sorted({level - level % KEPT_LEVELS for level, _place in nodes}):
        mine = [node for node in nodes if base <= node[0] < base + KEPT_LEVELS]
        spans = {(level, place): _span(level - base, place) for level, place in mine}
        hashes = _kept(base, spans.values())
        for node, (first, end) in spans.items():
            found[node] = _climb([hashes[place] for place in range(first, end)])
    return found


def _span(height: int, place: int) -> tuple[int, int]:
    return place << height, (place + 1) << height


def _kept(level: int, spans: Iterable[tuple[int, int]]) -> dict[int, bytes]:
    model: Any = LogEntry if level == 0 else LogNode
    column, content = (LogEntry.seq, LogEntry.leaf) if level == 0 else (LogNode.place, LogNode.hash)
    inside = reduce(operator.or_, [(column >= first) & (column < end) for first, end in spans])
    query = model.select(column, content).where(inside)
    if level:
        query = query.where(LogNode.level == level)
    return {place: bytes(content) for place, content in query.tuples()}


def _climb(hashes: list[bytes]) -> bytes:
    while len(hashes) > 1:
        hashes = [tree.node_hash(left, right) for left, right in zip(hashes[::2], hashes[1::2], strict=True)]
    return hashes[0]
