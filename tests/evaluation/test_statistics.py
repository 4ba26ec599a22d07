"""The figures against an oracle that shares no code with them."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation import statistics
from evaluation.reference import _from_file
from evaluation.schemes import ValueUnknown, shipped
from evaluation.statistics import Answered, Item, compute, reason_invalid, shown

pytestmark = pytest.mark.once

SCHEMES = {row["code"]: _from_file(row) for row in shipped("schemes")["scheme"]}
TT10 = SCHEMES["TT10-2017"]


def lines(*sizes: int) -> list[Item]:
    """Items for criteria of the given sizes, two criteria to an object."""
    made: list[Item] = []
    for number, size in enumerate(sizes):
        for place in range(size):
            key = len(made) + 1
            made.append(Item(key, f"c{number}.{place}", f"c{number}", f"o{number // 2}"))
    return made


def full(items: list[Item], mark: int) -> dict[int, int]:
    return {item.key: mark for item in items}


# Valid or not ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("indicators", "allowed"), [(1, 0), (19, 0), (20, 1), (21, 1), (39, 1), (40, 2), (41, 2), (60, 3)]
)
def test_exactly_five_percent_blank_is_valid_and_one_more_is_not(indicators: int, allowed: int) -> None:
    items = lines(indicators)
    ballot = full(items, 7)
    for item in items[:allowed]:
        del ballot[item.key]
    assert reason_invalid(ballot, items, TT10) is None

    del ballot[items[allowed].key]
    assert reason_invalid(ballot, items, TT10) == "too_many_blanks"


def test_a_blank_may_be_a_missing_key_or_none() -> None:
    items = lines(20)
    ballot: dict[int, int | None] = {**full(items, 5), 1: None}
    assert reason_invalid(ballot, items, TT10) is None
    ballot[2] = None
    assert reason_invalid(ballot, items, TT10) == "too_many_blanks"


@pytest.mark.parametrize("mark", [0, 11, -1])
def test_a_mark_off_the_scale_makes_the_ballot_invalid(mark: int) -> None:
    items = lines(20)
    assert reason_invalid({**full(items, 5), 3: mark}, items, TT10) == "off_scale"


def test_a_mark_for_another_form_makes_the_ballot_invalid() -> None:
    items = lines(20)
    assert reason_invalid({**full(items, 5), 99: 5}, items, TT10) == "foreign_indicator"


# Levels ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("index", "label"),
    [
        ("0", "Kém"),
        ("1.9999", "Kém"),
        ("2", "Yếu"),
        ("3.9999", "Yếu"),
        ("4", "Trung bình"),
        ("6", "Khá"),
        ("7.96", "Khá"),
        ("7.99999999", "Khá"),
        ("8", "Tốt"),
        ("10", "Tốt"),
    ],
)
def test_the_level_is_given_on_the_unrounded_index(index: str, label: str) -> None:
    assert TT10.classify(Fraction(index)).label == label


@pytest.mark.parametrize("index", ["-0.01", "10.01"])
def test_an_index_outside_the_scale_has_no_level(index: str) -> None:
    with pytest.raises(ValueError, match="outside"):
        TT10.classify(Fraction(index))


@pytest.mark.parametrize(
    ("index", "text"),
    [
        ("7.96", "7.96"),
        ("7.996", "7.99"),
        ("8", "8.00"),
        ("8.04", "8.04"),
        ("7.2", "7.2"),
        ("7.25", "7.3"),
        ("1.999", "1.99"),
    ],
)
def test_an_index_is_shown_with_two_decimals_near_a_cut(index: str, text: str) -> None:
    assert str(shown(Fraction(index), TT10)) == text


@given(st.fractions(min_value=0, max_value=10, max_denominator=100_000))
def test_no_index_is_shown_as_a_figure_of_another_level(index: Fraction) -> None:
    assert TT10.classify(Fraction(shown(index, TT10))) == TT10.classify(index)


# Unknown schemes -------------------------------------------------------------------------------------------


def test_a_scheme_with_an_unknown_scale_refuses_to_compute() -> None:
    items = lines(20)
    with pytest.raises(ValueUnknown) as refused:
        compute([Answered("hoc_vien", 30, items, [full(items, 7)] * 6)], SCHEMES["TT03-2023"])
    assert refused.value.details == {"scheme": "TT03-2023", "value": "formula"}
    with pytest.raises(ValueUnknown):
        _ = SCHEMES["TT03-2023"].scale


def test_every_known_value_names_its_source() -> None:
    for scheme in SCHEMES.values():
        assert scheme.legal_basis
        for value in scheme.values.values():
            assert value.source, (scheme.code, value.name)
            assert value.known == (value.value is not None)


# The figures -----------------------------------------------------------------------------------------------


def oracle(groups: list[tuple[list[Item], list[dict[int, int]]]], smallest: int) -> dict[str, Fraction]:
    """General index of every object, written as nested loops over the definition."""
    indices: dict[str, list[Fraction]] = {}
    for items, ballots in groups:
        kept = [b for b in ballots if sum(i.key not in b for i in items) * 20 <= len(items)]
        if len(kept) < smallest:
            continue
        for name in {i.object for i in items}:
            criteria = []
            for criterion in {i.criterion for i in items if i.object == name}:
                means = []
                for item in items:
                    if item.object == name and item.criterion == criterion:
                        marks = [b[item.key] for b in kept if item.key in b]
                        if marks:
                            means.append(Fraction(sum(marks), len(marks)))
                if means:
                    criteria.append(sum(means) / len(means))
            if criteria:
                indices.setdefault(name, []).append(sum(criteria) / len(criteria))
    return {name: sum(values) / len(values) for name, values in indices.items()}


@st.composite
def campaigns(draw: st.DrawFn) -> list[tuple[list[Item], list[dict[int, int]]]]:
    groups = []
    for _ in range(draw(st.integers(1, 2))):
        items = lines(*draw(st.lists(st.integers(1, 6), min_size=1, max_size=7)))
        keys = [item.key for item in items]
        ballots = draw(
            st.lists(
                st.fixed_dictionaries({}, optional={key: st.integers(1, 10) for key in keys})
                | st.fixed_dictionaries({key: st.integers(1, 10) for key in keys}),
                max_size=12,
            )
        )
        groups.append((items, ballots))
    return groups


@given(campaigns(), st.integers(1, 6))
def test_indices_equal_an_independent_computation(groups: list, smallest: int) -> None:
    figures = compute(
        [Answered(f"g{n}", 40, items, ballots) for n, (items, ballots) in enumerate(groups)],
        TT10,
        smallest=smallest,
    )
    assert {one.object: one.value for one in figures.general} == oracle(groups, smallest)
    for one in figures.general:
        assert one.band == TT10.classify(one.value)
    for (_, ballots), group in zip(groups, figures.groups, strict=True):
        assert group.valid + sum(group.invalid.values()) == group.returned == len(ballots)
        assert group.suppressed == (group.valid < smallest)
        assert group.suppressed == (group.objects == ())


def test_invalid_ballots_are_counted_with_their_reason_and_kept_out() -> None:
    items = lines(20)
    sloppy = {1: 1}
    figures = compute([Answered("hoc_vien", 30, items, [full(items, 8)] * 6 + [sloppy] * 3)], TT10)
    group = figures.groups[0]
    assert (group.returned, group.valid, dict(group.invalid)) == (9, 6, {"too_many_blanks": 3})
    assert figures.general[0].value == 8


def test_a_criterion_weighs_the_same_however_many_indicators_it_has() -> None:
    items = lines(1, 3)
    ballot = {1: 10, 2: 4, 3: 4, 4: 4}
    figures = compute([Answered("hoc_vien", 30, items, [ballot] * 5)], TT10)
    assert figures.general[0].value == 7
    assert figures.formula == "mean-of-means v1"


def test_four_valid_ballots_show_nothing_and_five_do() -> None:
    items = lines(20)
    four = compute([Answered("hoc_vien", 30, items, [full(items, 9)] * 4 + [{}] * 9)], TT10)
    assert four.groups[0].suppressed
    assert (four.groups[0].objects, four.general, four.suppressed_groups) == ((), (), ("hoc_vien",))

    five = compute([Answered("hoc_vien", 30, items, [full(items, 9)] * 5)], TT10)
    assert not five.groups[0].suppressed
    assert five.general[0].value == 9


def test_a_small_group_is_left_out_of_the_general_index_so_it_cannot_be_computed_back() -> None:
    items = lines(20)
    figures = compute(
        [
            Answered("hoc_vien", 30, items, [full(items, 9)] * 6),
            Answered("giang_vien", 3, items, [full(items, 1)] * 3),
        ],
        TT10,
    )
    assert figures.general[0].value == 9
    assert figures.general[0].groups == ("hoc_vien",)


def test_distribution_mean_and_deviation_of_an_indicator() -> None:
    items = lines(1)
    figures = compute([Answered("hoc_vien", 6, items, [{1: mark} for mark in (2, 4, 4, 4, 5, 7)])], TT10)
    indicator = figures.groups[0].objects[0].criteria[0].indicators[0]
    assert (indicator.n, indicator.blank, indicator.counts) == (6, 0, (0, 1, 0, 3, 1, 0, 1, 0, 0, 0))
    assert indicator.mean == Fraction(13, 3)
    assert indicator.deviation is not None
    assert statistics.plain(indicator.deviation) == Decimal("1.63")


def test_an_unknown_formula_is_never_guessed() -> None:
    other = replace(
        TT10, values={**TT10.values, "formula": replace(TT10.values["formula"], value="pooled v9")}
    )
    with pytest.raises(ValueError, match="pooled v9"):
        compute([], other)
