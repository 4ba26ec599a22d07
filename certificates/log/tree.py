"""The tree of RFC 6962 over the entries of the log: hashing, growing, and which subtrees a proof is made of.

Nothing here knows a database. A *perfect* subtree of level L and place P holds the leaves P·2^L … (P+1)·2^L − 1.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field

#: A perfect subtree: level and place.
Node = tuple[int, int]
#: Leaves from the first number up to, not including, the second.
Range = tuple[int, int]

EMPTY_ROOT = hashlib.sha256(b"").digest()
HASH_BYTES = 32


def leaf_hash(entry: bytes) -> bytes:
    """The hash of a leaf."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two neighbours together."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def fold(hashes: list[bytes]) -> bytes:
    """The root over perfect subtrees of falling size, the largest first."""
    if not hashes:
        return EMPTY_ROOT
    root = hashes[-1]
    for left in reversed(hashes[:-1]):
        root = node_hash(left, root)
    return root


@dataclass
class Growing:
    """A tree that only grows: its size and the roots of its perfect subtrees, the largest first."""

    size: int = 0
    peaks: list[bytes] = field(default_factory=list)

    @classmethod
    def read(cls, size: int, packed: bytes) -> Growing:
        """A tree as `packed` kept it."""
        steps = range(0, len(packed), HASH_BYTES)
        return cls(size, [packed[start : start + HASH_BYTES] for start in steps])

    @property
    def packed(self) -> bytes:
        return b"".join(self.peaks)

    @property
    def root(self) -> bytes:
        return fold(self.peaks)

    def add(self, leaf: bytes) -> Iterator[tuple[Node, bytes]]:
        """Add a leaf by its hash; yields each perfect subtree (of level 1 and more) that it completes."""
        self.peaks.append(leaf)
        level, place = 0, self.size
        self.size += 1
        while place % 2:
            right, left = self.peaks.pop(), self.peaks.pop()
            level, place = level + 1, place // 2
            self.peaks.append(node_hash(left, right))
            yield (level, place), self.peaks[-1]


def parts(leaves: Range) -> list[Node]:
    """The perfect subtrees that make up a range as RFC 6962 splits it, the largest first."""
    first, end = leaves
    found = []
    while first < end:
        level = (end - first).bit_length() - 1
        found.append((level, first >> level))
        first += 1 << level
    return found


def inclusion(index: int, size: int) -> list[Range]:
    """The ranges whose roots prove that leaf `index` is in the tree of `size`, in the order of the proof."""
    first, end, found = 0, size, []
    while end - first > 1:
        middle = first + _split(end - first)
        if index < middle:
            found.append((middle, end))
            end = middle
        else:
            found.append((first, middle))
            first = middle
    return found[::-1]


def consistency(size: int, later: int) -> list[Range]:
    """The ranges whose roots prove that the tree of `later` is a continuation of the tree of `size`."""
    if size in {0, later}:
        return []
    first, end, whole, found = 0, later, True, []
    while size != end:
        middle = first + _split(end - first)
        if size <= middle:
            found.append((middle, end))
            end = middle
        else:
            found.append((first, middle))
            first, whole = middle, False
    if not whole:
        found.append((first, end))
    return found[::-1]


def _split(count: int) -> int:
    """The largest power of two below a count."""
    return 1 << ((count - 1).bit_length() - 1)
