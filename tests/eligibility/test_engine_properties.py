"""What must hold whatever the rules and the evidence are."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugins.eligibility.engine.evidence import FILE_REVIEWED, Certificate, Fact, Person
from plugins.eligibility.engine.judge import Judge
from plugins.eligibility.engine.outcomes import Level, Mode, Outcome, State
from plugins.eligibility.engine.rules import (
    Edge,
    FactKind,
    Group,
    ModeRule,
    Need,
    Post,
    Programme,
    Provenance,
    Rulebook,
    Standard,
)

pytestmark = pytest.mark.once

TODAY = date(2026, 11, 24)
CODES = ("P1", "P2", "P3", "P4")
TOPICS = ("leadership", "political_theory")
RANKS = FactKind("rank", "Rank", {"low": "Low", "mid": "Mid", "high": "High"}, ordered=True)

days = st.dates(date(2015, 1, 1), date(2030, 1, 1))
confidences = st.sampled_from(("S", "V", "R", "UNKNOWN"))


def rule(
    rule_id: str, confidence: str = "V", start: date | None = None, end: date | None = None
) -> Provenance:
    return Provenance(rule_id, 1, rule_id, start, end, "source", confidence, "what is it?")


@st.composite
def needs(draw, number):
    kind = draw(st.sampled_from(("programme", "programme", "fact", "unknown")))
    name = f"leaf{next(number)}"
    topic = draw(st.sampled_from(TOPICS))
    if kind == "programme":
        return Need(name, name, rule(name), topic, programme=draw(st.sampled_from(CODES)))
    if kind == "fact":
        return Need(
            name,
            name,
            rule(name),
            topic,
            fact="rank",
            values=RANKS.at_least(draw(st.sampled_from(list(RANKS.values)))),
        )
    return Need(name, name, rule(name, "UNKNOWN"), topic)


@st.composite
def trees(draw):
    number = iter(range(1000))

    def node(depth: int):
        if depth == 0 or draw(st.booleans()):
            return draw(needs(number))
        items = tuple(node(depth - 1) for _ in range(draw(st.integers(1, 3))))
        kind = draw(st.sampled_from(("all_of", "any_of", "n_of")))
        wanted = {"all_of": len(items), "any_of": 1}.get(kind) or draw(st.integers(1, len(items)))
        return Group(f"group{next(number)}", kind, items, wanted)

    return node(3)


@st.composite
def rulebooks(draw):
    # Edges may run in circles here: the loader refuses that, the engine must still end.
    pairs = draw(
        st.lists(st.tuples(st.sampled_from(CODES), st.sampled_from(CODES), confidences, days), max_size=6)
    )
    edges = tuple(
        Edge(rule(f"edge{place}", tag, start), one, other)
        for place, (one, other, tag, start) in enumerate(pairs)
    )
    modes = tuple(
        ModeRule(rule(topic, draw(confidences)), ("cong_chuc",), (topic,), draw(st.sampled_from(tuple(Mode))))
        for topic in TOPICS
    )
    tree = draw(trees())
    return Rulebook(
        version="test",
        programmes={code: Programme(code, "leadership", 1, code) for code in CODES},
        fact_kinds={"rank": RANKS},
        edges=edges,
        modes=modes,
        standards=(Standard(rule("standard"), ("X",), tree),),
        posts={"X": Post(rule("X"), "X", 1, "X", "so", ("cong_chuc",))},
    )


@st.composite
def certificates(draw):
    awarded = draw(days)
    return Certificate(
        programme=draw(st.sampled_from(CODES)),
        number=str(draw(st.integers(1, 99))),
        awarded_on=awarded,
        known_from=awarded + timedelta(days=draw(st.integers(0, 60))),
        valid_until=draw(st.none() | st.just(awarded + timedelta(days=400))),
        status=draw(st.sampled_from(("issued", "issued", "revoked", "superseded", "suspended"))),
        status_from=awarded + timedelta(days=draw(st.integers(0, 900))),
    )


facts = st.builds(
    Fact,
    kind=st.just("rank"),
    value=st.sampled_from(list(RANKS.values)),
    held_from=st.none() | days,
    recorded_on=days,
)
reviews = st.builds(Fact, kind=st.just(FILE_REVIEWED), value=st.just("all"), held_from=days, recorded_on=days)
people = st.builds(
    Person,
    official_id=st.just(1),
    kind=st.just("cong_chuc"),
    certificates=st.lists(certificates(), max_size=5).map(tuple),
    facts=st.lists(facts | reviews, max_size=3).map(tuple),
)


def judge(book: Rulebook, person: Person, on: date, known_on: date = TODAY):
    return Judge(book, book.posts["X"], on, known_on).verdict(person)


@given(rulebooks(), people, days, days)
@settings(max_examples=150, deadline=None)
def test_valid_evidence_never_makes_the_answer_worse(book, person, on, known_on):
    before = judge(book, person, on, known_on)
    for code in CODES:
        valid = Certificate(code, "new", date(2014, 1, 1), date(2014, 1, 1))
        after = judge(book, replace(person, certificates=(*person.certificates, valid)), on, known_on)
        assert after.root.level >= before.root.level
        for old, new in zip(before.root.leaves(), after.root.leaves(), strict=True):
            assert new.level >= old.level
    highest = Fact("rank", "high", date(2014, 1, 1), recorded_on=date(2014, 1, 1))
    assert (
        judge(book, replace(person, facts=(*person.facts, highest)), on, known_on).root.level
        >= before.root.level
    )


@given(rulebooks(), people, days, days)
@settings(max_examples=150, deadline=None)
def test_nothing_is_met_without_evidence_that_counts_over_known_rules(book, person, on, known_on):
    for leaf in judge(book, person, on, known_on).root.leaves():
        if leaf.state is not State.MET:
            continue
        assert leaf.rule is not None
        assert not leaf.rule.unknown
        if leaf.kind == "programme":
            best = leaf.uses[0]
            each = best.certificate
            assert each.awarded_on <= on
            assert each.valid_until is None or on <= each.valid_until
            assert each.known_from <= known_on
            assert not (each.status in ("revoked", "superseded") and each.status_from <= known_on)
            assert all(not edge.rule.unknown and edge.rule.in_force(on) for edge in best.path)
            assert [edge.covered for edge in best.path][-1:] == ([leaf.programme] if best.path else [])
        else:
            assert leaf.facts[0].holds(on)


@given(rulebooks(), people, days, days)
@settings(max_examples=100, deadline=None)
def test_the_order_of_the_evidence_changes_nothing(book, person, on, known_on):
    turned = replace(person, certificates=person.certificates[::-1], facts=person.facts[::-1])
    first, second = judge(book, person, on, known_on), judge(book, turned, on, known_on)
    assert first == judge(book, person, on, known_on)
    assert [leaf.level for leaf in first.root.leaves()] == [leaf.level for leaf in second.root.leaves()]
    assert first.outcome is second.outcome


@given(rulebooks(), people, days, days)
@settings(max_examples=150, deadline=None)
def test_an_unknown_mode_never_blocks_and_never_lets_pass(book, person, on, known_on):
    unknown = replace(
        book, modes=tuple(replace(mode, rule=replace(mode.rule, confidence="UNKNOWN")) for mode in book.modes)
    )
    for leaf in judge(unknown, person, on, known_on).root.leaves():
        assert leaf.level in (Level.MET, Level.UNKNOWN)


@given(rulebooks(), people, days, days)
@settings(max_examples=150, deadline=None)
def test_whatever_keeps_the_answer_open_is_named(book, person, on, known_on):
    verdict = judge(book, person, on, known_on)
    pressing = list(verdict.root.pressing())
    if verdict.outcome is Outcome.ELIGIBLE:
        assert pressing == []
        assert verdict.to_fill_in == ()
    else:
        assert pressing
    if verdict.outcome is Outcome.CANNOT_SAY:
        assert any(leaf.level is Level.UNKNOWN for leaf in pressing)
        assert verdict.to_fill_in or verdict.not_recorded or any(leaf.notes for leaf in pressing)
    if verdict.outcome in (Outcome.NOT_YET, Outcome.CANNOT_SAY):
        assert 1 <= len(verdict.short) <= len(list(verdict.root.leaves()))
    else:
        assert verdict.short == ()


@given(rulebooks(), people, days)
@settings(max_examples=100, deadline=None)
def test_a_revocation_after_the_day_shows_only_now(book, person, on):
    """What was known on the day does not change when something is revoked later."""
    later = on + timedelta(days=1)
    revoked = tuple(replace(each, status="revoked", status_from=later) for each in person.certificates)
    issued = tuple(replace(each, status="issued") for each in person.certificates)
    then_revoked = judge(book, replace(person, certificates=revoked), on, on)
    then_issued = judge(book, replace(person, certificates=issued), on, on)
    assert then_revoked.root.level == then_issued.root.level
    bare = replace(person, facts=())
    known_later = judge(book, replace(bare, certificates=revoked), on, later)
    assert known_later.root.level <= judge(book, replace(bare, certificates=issued), on, on).root.level
