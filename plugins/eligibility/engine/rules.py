"""Rules as data: every one with its id, version, dates, legal source and how sure it is."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from datetime import date
from functools import cached_property

from plugins.eligibility.engine.outcomes import Mode

#: S seed document, V verified text or digest, V2 second-hand note, R recalled, I inferred; + and - grade a recollection.
CONFIDENCES = ("S", "V", "V2", "R+", "R", "R-", "I", "UNKNOWN")
SURE = frozenset({"S", "V"})
UNKNOWN = "UNKNOWN"


@dataclass(frozen=True)
class Provenance:
    """Where a rule comes from and when it is in force (both days inclusive; None = open)."""

    rule_id: str
    version: int = 1
    title: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    source: str = ""
    confidence: str = "R"
    #: What a person must still check, or fill in when the rule is UNKNOWN.
    confirm: str = ""

    def in_force(self, on: date) -> bool:
        if self.valid_from is not None and on < self.valid_from:
            return False
        return self.valid_to is None or on <= self.valid_to

    @property
    def unknown(self) -> bool:
        """Nothing may be computed with it."""
        return self.confidence == UNKNOWN

    @property
    def uncertain(self) -> bool:
        """It is computed with, under a visible warning."""
        return not self.unknown and (self.confidence not in SURE or bool(self.confirm))


@dataclass(frozen=True)
class Programme:
    """A programme as the rules see it: its topic (what kind of standard it serves) and level."""

    code: str
    topic: str
    level: int
    title: str
    title_en: str = ""


@dataclass(frozen=True)
class FactKind:
    """A kind of recorded fact; `values` run from the lowest to the highest when `ordered`."""

    code: str
    title: str
    values: Mapping[str, str] = dataclass_field(default_factory=dict)
    ordered: bool = False
    title_en: str = ""

    def at_least(self, value: str) -> frozenset[str]:
        names = list(self.values)
        return frozenset(names[names.index(value) :])


@dataclass(frozen=True)
class Edge:
    """A certificate of `covering` also stands for `covered`."""

    rule: Provenance
    covering: str
    covered: str


@dataclass(frozen=True)
class ModeRule:
    """What an unmet requirement of these topics does, for these kinds of official."""

    rule: Provenance
    kinds: tuple[str, ...]
    topics: tuple[str, ...]
    mode: Mode
    #: Words of the instrument, or UNKNOWN; never computed.
    deadline: str = ""


@dataclass(frozen=True)
class Condition:
    """A recorded fact an exemption asks for; `before`: held on a day strictly before that date."""

    fact: str
    values: frozenset[str]
    before: date | None = None


@dataclass(frozen=True)
class Exemption:
    """Whoever meets every condition need not prove these programmes."""

    rule: Provenance
    programmes: tuple[str, ...]
    when: tuple[Condition, ...]


@dataclass(frozen=True)
class Need:
    """A leaf of a standard. Exactly one of `programme` and `fact` is set, or neither when the rule itself is UNKNOWN."""

    id: str
    title: str
    rule: Provenance
    topic: str
    programme: str = ""
    fact: str = ""
    values: frozenset[str] = frozenset()
    title_en: str = ""


@dataclass(frozen=True)
class Group:
    """all_of, any_of or n_of over needs and groups."""

    id: str
    kind: str
    items: tuple[Need | Group, ...]
    n: int
    title: str = ""
    title_en: str = ""


@dataclass(frozen=True)
class Standard:
    """What a post asks for, from one day to another."""

    rule: Provenance
    posts: tuple[str, ...]
    require: Group | Need


@dataclass(frozen=True)
class Post:
    """A leadership post. `number` stands for it in a signed certificate and is never reused."""

    rule: Provenance
    code: str
    number: int
    title: str
    level: str
    kinds: tuple[str, ...]
    organisation_kinds: tuple[str, ...] = ()
    successor: str = ""
    title_en: str = ""

    def exists(self, on: date) -> bool:
        return self.rule.in_force(on)


def leaves(node: Group | Need) -> Iterator[Need]:
    """The leaves of a requirement, in order."""
    if isinstance(node, Need):
        yield node
        return
    for item in node.items:
        yield from leaves(item)


@dataclass(frozen=True)
class Cover:
    """A way a programme stands for another: the edges walked, none for the programme itself."""

    programme: str
    path: tuple[Edge, ...] = ()

    @property
    def uncertain(self) -> int:
        return sum(edge.rule.uncertain for edge in self.path)

    @property
    def unknown(self) -> bool:
        return any(edge.rule.unknown for edge in self.path)


@dataclass(frozen=True)
class Rulebook:
    """All rules as known on one day. `version` names the set."""

    version: str = ""
    programmes: Mapping[str, Programme] = dataclass_field(default_factory=dict)
    fact_kinds: Mapping[str, FactKind] = dataclass_field(default_factory=dict)
    edges: tuple[Edge, ...] = ()
    modes: tuple[ModeRule, ...] = ()
    exemptions: tuple[Exemption, ...] = ()
    standards: tuple[Standard, ...] = ()
    posts: Mapping[str, Post] = dataclass_field(default_factory=dict)

    def posts_on(self, on: date) -> list[Post]:
        """Posts one may be appointed to on that day, in the order of the catalogue."""
        return [post for post in self.posts.values() if post.exists(on)]

    def successor(self, post: Post, on: date) -> Post | None:
        """The post that took the place of one that has ended, as far as one exists on that day."""
        seen = {post.code}
        heir = self.posts.get(post.successor)
        while heir and heir.code not in seen:
            if heir.exists(on):
                return heir
            seen.add(heir.code)
            heir = self.posts.get(heir.successor)
        return None

    def standard(self, post: str, on: date) -> Standard | None:
        """The standard in force for a post; None when none is on record."""
        found = (each for each in self.standards if post in each.posts and each.rule.in_force(on))
        return next(found, None)

    def mode(self, kind: str, topic: str, on: date) -> ModeRule | None:
        for each in self.modes:
            if kind in each.kinds and topic in each.topics and each.rule.in_force(on):
                return each
        return None

    def covers(self, programme: str, on: date) -> list[Cover]:
        """Every programme that stands for this one on that day, itself first; each by its surest, shortest way.

        Ways over UNKNOWN edges come only for programmes that no other way reaches. Cycles end by themselves.
        """
        reached: dict[str, Cover] = {}
        queue: list[tuple[tuple[int, int, int, tuple[str, ...]], str, tuple[Edge, ...]]] = []
        heapq.heappush(queue, ((0, 0, 0, ()), programme, ()))
        while queue:
            _cost, code, path = heapq.heappop(queue)
            if code in reached:
                continue
            reached[code] = Cover(code, path)
            for edge in self._edges_to.get(code, ()):
                if edge.rule.in_force(on) and edge.covering not in reached:
                    longer = (edge, *path)
                    heapq.heappush(queue, (_path_cost(longer), edge.covering, longer))
        return list(reached.values())

    @cached_property
    def _edges_to(self) -> dict[str, list[Edge]]:
        result: dict[str, list[Edge]] = {}
        for edge in self.edges:
            result.setdefault(edge.covered, []).append(edge)
        return result


def _path_cost(path: tuple[Edge, ...]) -> tuple[int, int, int, tuple[str, ...]]:
    unknown = sum(edge.rule.unknown for edge in path)
    uncertain = sum(edge.rule.uncertain for edge in path)
    return unknown, len(path), uncertain, tuple(edge.rule.rule_id for edge in path)
