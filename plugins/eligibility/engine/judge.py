"""The judgement: one post, one day, one day of knowledge; any number of people.

Every leaf gets a level (blocks < unknown < obligation < met). A group takes the worst of its parts (all_of),
the best (any_of) or the n-th best (n_of), so better evidence can only ever raise the answer.
"""

from __future__ import annotations

from datetime import date

from plugins.eligibility.engine.evidence import FILE_REVIEWED, Certificate, Fact, Person
from plugins.eligibility.engine.outcomes import Level, Mode, Standing, State
from plugins.eligibility.engine.rules import (
    Condition,
    Cover,
    Exemption,
    Group,
    ModeRule,
    Need,
    Post,
    Provenance,
    Rulebook,
    leaves,
)
from plugins.eligibility.engine.verdict import Finding, Note, Use, Verdict


class Judge:
    """The rules for one post on one day, prepared once and applied to many people."""

    def __init__(self, rulebook: Rulebook, post: Post, on: date, known_on: date) -> None:
        self.rulebook = rulebook
        self.post = post
        self.on = on
        self.known_on = known_on
        self.standard = rulebook.standard(post.code, on)
        require = self.standard.require if self.standard else None
        wanted = {need.programme for need in leaves(require) if need.programme} if require else set()
        self._covers = {code: rulebook.covers(code, on) for code in sorted(wanted)}
        self._exemptions = {
            code: [each for each in rulebook.exemptions if code in each.programmes and each.rule.in_force(on)]
            for code in wanted
        }
        self._modes: dict[tuple[str, str], ModeRule | None] = {}

    def verdict(self, person: Person) -> Verdict:
        """The answer for one person."""
        case = _Case(self, person, self._kind(person))
        return Verdict(
            official_id=person.official_id,
            post=self.post,
            on=self.on,
            known_on=self.known_on,
            kind=case.kind,
            recorded_kind=person.kind,
            rules_version=self.rulebook.version,
            standard=self.standard.rule if self.standard else None,
            root=case.root(),
        )

    def mode(self, kind: str, topic: str) -> ModeRule | None:
        key = (kind, topic)
        if key not in self._modes:
            self._modes[key] = self.rulebook.mode(kind, topic, self.on)
        return self._modes[key]

    def covers(self, programme: str) -> list[Cover]:
        return self._covers[programme]

    def exemptions(self, programme: str) -> list[Exemption]:
        return self._exemptions[programme]

    def _kind(self, person: Person) -> str:
        """The kind whose rules apply: the person's own where the post is open to it, else the post's first."""
        if person.kind in self.post.kinds or not self.post.kinds:
            return person.kind
        return self.post.kinds[0]


class _Case:
    """One person before one standard."""

    def __init__(self, judge: Judge, person: Person, kind: str) -> None:
        self.judge = judge
        self.kind = kind
        self.on = judge.on
        self.known_on = judge.known_on
        self.certificates: dict[str, list[Certificate]] = {}
        for each in person.all_certificates(self.known_on):
            self.certificates.setdefault(each.programme, []).append(each)
        self.facts: dict[str, list[Fact]] = {}
        for fact in person.facts:
            if fact.visible(self.known_on):
                self.facts.setdefault(fact.kind, []).append(fact)
        reviews = [fact for fact in self.facts.get(FILE_REVIEWED, ()) if fact.held_from or fact.recorded_on]
        self.review = max(
            reviews, key=lambda fact: fact.held_from or fact.recorded_on or date.min, default=None
        )

    def root(self) -> Finding:
        post, standard = self.judge.post, self.judge.standard
        if not post.exists(self.on):
            return self._nothing_known("post", post.rule, "post_not_in_force")
        if standard is None:
            missing = Provenance(
                rule_id=f"standard:{post.code}", title=post.title, confidence="UNKNOWN", valid_from=self.on
            )
            return self._nothing_known("standard", missing, "no_standard")
        if standard.rule.unknown:
            return self._nothing_known("standard", standard.rule, "rule_unknown")
        return self.find(standard.require)

    def find(self, node: Group | Need) -> Finding:
        return self._leaf(node) if isinstance(node, Need) else self._group(node)

    def _group(self, group: Group) -> Finding:
        children = tuple(self.find(item) for item in group.items)
        levels = sorted((child.level for child in children), reverse=True)
        level = levels[group.n - 1]
        return Finding(
            id=group.id,
            kind=group.kind,
            title=group.title,
            title_en=group.title_en,
            level=level,
            state=_state_of(level),
            needed=group.n,
            children=children,
        )

    def _leaf(self, need: Need) -> Finding:
        if need.rule.unknown:
            return self._finding(
                need, "unknown", State.UNKNOWN, notes=(Note("rule_unknown"),), rule_unknown=True
            )
        if need.programme:
            return self._programme(need)
        return self._fact(need)

    # ---------------------------------------------------------------- programmes

    def _programme(self, need: Need) -> Finding:
        uses = self._uses(need.programme)
        counting = tuple(use for use in uses if use.standing is Standing.COUNTS)
        certain = [use for use in counting if not any(edge.rule.unknown for edge in use.path)]
        if certain:
            rest = tuple(use for use in uses if use not in certain and not use.path)
            return self._finding(
                need, "programme", State.MET, uses=(certain[0], *rest), notes=self._met_notes(certain[0])
            )
        exemption, holds, facts = self._exempt(need.programme)
        if holds and exemption and not exemption.rule.unknown:
            return self._finding(need, "programme", State.WAIVED, exemption=exemption, facts=facts, uses=uses)
        if counting:
            return self._finding(
                need, "programme", State.UNKNOWN, uses=counting, notes=(Note("edge_unknown"),)
            )
        if holds and exemption:
            return self._finding(
                need,
                "programme",
                State.UNKNOWN,
                exemption=exemption,
                facts=facts,
                notes=(Note("exemption_unknown"),),
            )
        undated = tuple(use for use in uses if use.standing is Standing.UNDATED)
        if undated:
            return self._finding(
                need, "programme", State.UNKNOWN, uses=undated, notes=(Note("not_recorded_date"),)
            )
        if uses:
            return self._finding(need, "programme", State.UNMET, uses=uses, notes=(Note("evidence_fails"),))
        if holds is None and exemption and facts:
            return self._finding(
                need,
                "programme",
                State.UNKNOWN,
                exemption=exemption,
                facts=facts,
                notes=(Note("not_recorded_exemption_date"),),
            )
        return self._absent(need, "programme")

    def _uses(self, programme: str) -> tuple[Use, ...]:
        """All visible evidence for a programme, the best first."""
        found = [
            Use(certificate, certificate.standing(self.on, self.known_on), cover.path)
            for cover in self.judge.covers(programme)
            for certificate in self.certificates.get(cover.programme, ())
        ]
        return tuple(sorted(found, key=_preference))

    def _met_notes(self, use: Use) -> tuple[Note, ...]:
        """What the reader should know about evidence that counts."""
        each, notes = use.certificate, []
        if each.recorded:
            notes.append(Note("recorded_from_paper", {"source": each.source}))
        if each.known_from and each.known_from > self.on and not each.recorded:
            notes.append(Note("issued_after", {"issued": each.known_from}))
        if each.status != "issued":
            notes.append(Note("status_changed_later", {"status": each.status, "date": each.status_from}))
        return tuple(notes)

    def _exempt(self, programme: str) -> tuple[Exemption | None, bool | None, tuple[Fact, ...]]:
        """The exemption nearest to holding: does it hold (None: a date is missing), on which facts."""
        nearest: tuple[Exemption | None, bool | None, tuple[Fact, ...]] = (None, False, ())
        for exemption in self.judge.exemptions(programme):
            holds, facts = self._conditions(exemption.when)
            if holds and not exemption.rule.unknown:
                return exemption, True, facts
            if holds or (holds is None and nearest[1] is False):
                nearest = (exemption, holds, facts)
        return nearest

    def _conditions(self, when: tuple[Condition, ...]) -> tuple[bool | None, tuple[Fact, ...]]:
        result: bool | None = True
        used: list[Fact] = []
        for condition in when:
            holds, fact = self._condition(condition)
            if holds is False:
                return False, ()
            result = result and holds if holds else None
            if fact:
                used.append(fact)
        return result, tuple(used)

    def _condition(self, condition: Condition) -> tuple[bool | None, Fact | None]:
        maybe: Fact | None = None
        for fact in self.facts.get(condition.fact, ()):
            if fact.value not in condition.values:
                continue
            # "Appointed before a day" looks at the first day alone: a later promotion takes nothing away.
            holds = fact.held_before(condition.before) if condition.before else fact.holds(self.on)
            if holds:
                return True, fact
            if holds is None:
                maybe = fact
        return (None, maybe) if maybe else (False, None)

    # ---------------------------------------------------------------- facts

    def _fact(self, need: Need) -> Finding:
        recorded = self.facts.get(need.fact, ())
        fitting = [fact for fact in recorded if fact.value in need.values]
        holding = [fact for fact in fitting if fact.holds(self.on)]
        if holding:
            return self._finding(need, "fact", State.MET, facts=tuple(holding[:1]))
        undated = tuple(fact for fact in fitting if fact.holds(self.on) is None)
        if undated:
            return self._finding(
                need, "fact", State.UNKNOWN, facts=undated, notes=(Note("not_recorded_date"),)
            )
        if recorded and self._ordered(need.fact):
            return self._finding(
                need, "fact", State.UNMET, facts=tuple(recorded), notes=(Note("fact_below"),)
            )
        return self._absent(need, "fact")

    def _ordered(self, kind: str) -> bool:
        """On a ladder (rank, degree) a recorded step answers for the steps above it."""
        found = self.judge.rulebook.fact_kinds.get(kind)
        return bool(found and found.ordered)

    # ---------------------------------------------------------------- shared

    def _absent(self, need: Need, kind: str) -> Finding:
        """Nothing on record: not done if somebody has gone through the paper file, else only not recorded."""
        if self.review is None:
            return self._finding(need, kind, State.UNKNOWN, notes=(Note("not_recorded"),))
        reviewed = self.review.held_from or self.review.recorded_on
        return self._finding(need, kind, State.UNMET, notes=(Note("not_done", {"reviewed": reviewed}),))

    def _finding(
        self,
        need: Need,
        kind: str,
        state: State,
        *,
        uses: tuple[Use, ...] = (),
        facts: tuple[Fact, ...] = (),
        exemption: Exemption | None = None,
        notes: tuple[Note, ...] = (),
        rule_unknown: bool = False,
    ) -> Finding:
        mode = self.judge.mode(self.kind, need.topic)
        open_leaf = state in (State.UNMET, State.UNKNOWN)
        if open_leaf and not rule_unknown and _mode(mode) is Mode.UNKNOWN:
            notes = (*notes, Note("mode_unknown" if mode else "no_mode", {"kind": self.kind}))
        return Finding(
            id=need.id,
            kind=kind,
            title=need.title,
            title_en=need.title_en,
            level=Level.UNKNOWN if rule_unknown else _level(state, _mode(mode)),
            state=state,
            rule=need.rule,
            topic=need.topic,
            programme=need.programme,
            mode=mode if open_leaf and not rule_unknown else None,
            uses=uses,
            facts=facts,
            exemption=exemption,
            notes=notes,
        )

    def _nothing_known(self, id_: str, rule: Provenance, note: str) -> Finding:
        return Finding(
            id=id_,
            kind="unknown",
            title=rule.title,
            title_en="",
            level=Level.UNKNOWN,
            state=State.UNKNOWN,
            rule=rule,
            notes=(Note(note),),
        )


def _mode(rule: ModeRule | None) -> Mode:
    return Mode.UNKNOWN if rule is None or rule.rule.unknown else rule.mode


def _level(state: State, mode: Mode) -> Level:
    """What a leaf does to the appointment.

    Where the duty may be fulfilled afterwards, a silent record does not stand in the way either: the official
    may be appointed in both cases, with the duty named. Where the mode is UNKNOWN nothing is concluded.
    """
    if state in (State.MET, State.WAIVED):
        return Level.MET
    if mode is Mode.OBLIGE:
        return Level.OBLIGATION
    if mode is Mode.UNKNOWN or state is State.UNKNOWN:
        return Level.UNKNOWN
    return Level.BLOCKS


def _state_of(level: Level) -> State:
    if level is Level.MET:
        return State.MET
    return State.UNKNOWN if level is Level.UNKNOWN else State.UNMET


_ORDER = {
    standing: place for place, standing in enumerate((Standing.COUNTS, Standing.UNDATED, Standing.LATER))
}


def _preference(use: Use) -> tuple[object, ...]:
    """The certificate itself before a covering one, the register before paper, the latest before older ones."""
    unknown = any(edge.rule.unknown for edge in use.path)
    awarded = use.certificate.awarded_on or date.min
    return (
        _ORDER.get(use.standing, len(_ORDER)),
        unknown,
        len(use.path),
        use.certificate.recorded,
        -awarded.toordinal(),
        use.certificate.number,
    )
