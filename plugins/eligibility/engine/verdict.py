"""The shape of an answer: a tree of findings and what follows from it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from plugins.eligibility.engine.evidence import Certificate, Fact
from plugins.eligibility.engine.outcomes import OUTCOME_OF, Level, Outcome, Standing, State
from plugins.eligibility.engine.rules import Edge, Exemption, ModeRule, Post, Provenance


@dataclass(frozen=True)
class Note:
    """A remark by code; the web, the API and the command line put it into words."""

    code: str
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Use:
    """One certificate looked at for a requirement: does it count, and over which edges."""

    certificate: Certificate
    standing: Standing
    path: tuple[Edge, ...] = ()


@dataclass(frozen=True)
class Finding:
    """One node of the tree."""

    id: str
    kind: str  # programme | fact | unknown | all_of | any_of | n_of
    title: str
    title_en: str
    level: Level
    state: State
    rule: Provenance | None = None
    topic: str = ""
    #: The programme a programme leaf asks for.
    programme: str = ""
    #: How an unmet leaf works; None for groups and where none is on record.
    mode: ModeRule | None = None
    #: Evidence looked at; the one that counts comes first.
    uses: tuple[Use, ...] = ()
    facts: tuple[Fact, ...] = ()
    exemption: Exemption | None = None
    notes: tuple[Note, ...] = ()
    needed: int = 0
    children: tuple[Finding, ...] = ()

    @property
    def is_leaf(self) -> bool:
        return not self.children

    @property
    def satisfied(self) -> bool:
        return self.level is Level.MET

    def leaves(self) -> Iterator[Finding]:
        if self.is_leaf:
            yield self
        for child in self.children:
            yield from child.leaves()

    def pressing(self) -> Iterator[Finding]:
        """The leaves that keep this node from being met: of alternatives only the nearest ones."""
        if self.satisfied:
            return
        if self.is_leaf:
            yield self
            return
        for child in self.children:
            if self.kind != "any_of" or child.level == self.level:
                yield from child.pressing()

    def shortest(self, wanted: Level = Level.OBLIGATION) -> tuple[Finding, ...]:
        """The fewest leaves to be met so that this node reaches the wanted level."""
        if self.level >= wanted:
            return ()
        if self.is_leaf:
            return (self,)
        ways = sorted((child.shortest(wanted) for child in self.children), key=len)
        return tuple(leaf for way in ways[: self.needed] for leaf in way)


@dataclass(frozen=True)
class Verdict:
    """May this official be appointed to this post on this day, and why. Computed when asked, never stored."""

    official_id: int
    post: Post
    on: date
    known_on: date
    #: The kind of official whose rules were applied, and the kind on record when it differs.
    kind: str
    recorded_kind: str
    rules_version: str
    standard: Provenance | None
    root: Finding

    @property
    def outcome(self) -> Outcome:
        return OUTCOME_OF[self.root.level]

    @property
    def requirements(self) -> tuple[Finding, ...]:
        """The lines a reader counts: the parts of the top group."""
        return self.root.children if self.root.kind == "all_of" else (self.root,)

    @property
    def open(self) -> tuple[Finding, ...]:
        """Requirements not met, whatever their consequence."""
        return tuple(each for each in self.requirements if not each.satisfied)

    @property
    def short(self) -> tuple[Finding, ...]:
        """The fewest requirements that still stand before the appointment."""
        return self.root.shortest()

    @property
    def one_course_short(self) -> bool:
        """Exactly one programme stands between the official and the post."""
        return (
            len(self.short) == 1 and self.short[0].kind == "programme" and self.short[0].state is State.UNMET
        )

    @property
    def obligations(self) -> tuple[Finding, ...]:
        return tuple(leaf for leaf in self.root.pressing() if leaf.level is Level.OBLIGATION)

    @property
    def to_fill_in(self) -> tuple[Provenance, ...]:
        """UNKNOWN rules the answer hangs on, each once: what an official must fill in first."""
        return _once(rule for leaf in self.root.pressing() for rule in _unknown_rules(leaf))

    @property
    def not_recorded(self) -> tuple[Finding, ...]:
        """Requirements on which the record is silent: not recorded is not the same as not done."""
        return tuple(
            leaf
            for leaf in self.root.pressing()
            if leaf.state is State.UNKNOWN
            and any(note.code.startswith("not_recorded") for note in leaf.notes)
        )

    @property
    def warnings(self) -> tuple[Provenance, ...]:
        """Rules the answer used though nobody has confirmed them yet, each once."""
        used = [self.standard] if self.standard else []
        for leaf in self.root.leaves():
            used.extend(_rules_used(leaf))
        return _once(rule for rule in used if rule.uncertain)


def _rules_used(leaf: Finding) -> Iterator[Provenance]:
    if leaf.rule:
        yield leaf.rule
    if leaf.exemption and leaf.state is State.WAIVED:
        yield leaf.exemption.rule
    if leaf.uses and leaf.uses[0].standing is Standing.COUNTS:
        yield from (edge.rule for edge in leaf.uses[0].path)
    if leaf.mode and not leaf.satisfied:
        yield leaf.mode.rule


def _unknown_rules(leaf: Finding) -> Iterator[Provenance]:
    if leaf.rule and leaf.rule.unknown:
        yield leaf.rule
    if leaf.exemption and leaf.exemption.rule.unknown:
        yield leaf.exemption.rule
    for use in leaf.uses:
        yield from (edge.rule for edge in use.path if edge.rule.unknown)
    if leaf.mode and (leaf.mode.rule.unknown or leaf.mode.deadline == "UNKNOWN"):
        yield leaf.mode.rule


def _once(rules: Iterator[Provenance]) -> tuple[Provenance, ...]:
    found: dict[str, Provenance] = {}
    for rule in rules:
        found.setdefault(rule.rule_id, rule)
    return tuple(found.values())
